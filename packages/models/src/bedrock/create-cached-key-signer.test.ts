import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCachedKeySigner } from './create-cached-key-signer.ts';

type Credentials = { accessKeyId: string; secretAccessKey: string; sessionToken?: string };

const credentials: Credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const signingDate = new Date('2026-11-20T10:15:00.123Z');

function request({
  path = '/model/amazon.nova-lite-v1%3A0/converse',
  body = '{"messages":[]}',
  headers = {},
}: {
  path?: string;
  body?: string | Uint8Array;
  headers?: Record<string, string>;
} = {}) {
  return new HttpRequest({
    method: 'POST',
    protocol: 'https:',
    hostname: 'bedrock-runtime.us-east-1.amazonaws.com',
    path,
    headers: { host: 'bedrock-runtime.us-east-1.amazonaws.com', 'content-type': 'application/json', 'user-agent': 'anything', ...headers },
    body,
  });
}

async function expectSameSignature(change: Parameters<typeof request>[0], given: Credentials = credentials): Promise<void> {
  const scope = { region: 'us-east-1', service: 'bedrock' };
  const theirs = await new SignatureV4({ ...scope, credentials: given, sha256: Sha256 }).sign(request(change), { signingDate });
  const ours = await createCachedKeySigner({ ...scope, credentials: async () => given }).sign(request(change), { signingDate });
  expect(ours.headers).toEqual(theirs.headers);
}

describe('the signer signs as the SDK does', () => {
  it('a usual call', () => expectSameSignature({}));
  it('with a session token', () => expectSameSignature({}, { ...credentials, sessionToken: 'FwoGZXIvYXdzEBYaD+/==' }));
  it('with bytes for a body', () => expectSameSignature({ body: new TextEncoder().encode('{"text":"héllo"}') }));
  it('with an ARN in the path', () =>
    expectSameSignature({
      path: `/model/${encodeURIComponent("arn:aws:bedrock:us-east-1:1:inference-profile/a_b(c)*'d!")}/converse-stream`,
    }));
  it('with headers that it must not cover, and space to fold', () =>
    expectSameSignature({
      headers: { 'X-Amzn-Trace-Id': 'Root=1-2', 'X-Custom': '  two   words ', 'content-length': '15', connection: 'keep-alive' },
    }));

  it('with any text, key and date', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), fc.string({ minLength: 1 }), async (body, secretAccessKey) => {
        await expectSameSignature({ body }, { ...credentials, secretAccessKey });
      }),
      { numRuns: 50 },
    );
  });
});

describe('the cached key', () => {
  it('follows the date, the region and the credentials', async () => {
    let current = credentials;
    const signer = createCachedKeySigner({ credentials: async () => current, region: 'us-east-1', service: 'bedrock' });
    const sign = async (options: object) => (await signer.sign(request(), { signingDate, ...options })).headers.authorization;
    const check = async (options: { signingDate?: Date; signingRegion?: string }) => {
      const theirs = new SignatureV4({ credentials: current, region: 'us-east-1', service: 'bedrock', sha256: Sha256 });
      expect(await sign(options)).toBe((await theirs.sign(request(), { signingDate, ...options })).headers.authorization);
    };
    await check({});
    await check({ signingDate: new Date('2026-11-21T00:00:00Z') });
    await check({ signingRegion: 'eu-west-1' });
    current = { ...credentials, accessKeyId: 'AKIDOTHER', secretAccessKey: 'other' };
    await check({});
  });
});

it('refuses what it cannot sign, and says which', async () => {
  const signer = createCachedKeySigner({ credentials: async () => credentials, region: 'us-east-1', service: 'bedrock' });
  const withQuery = request();
  withQuery.query = { page: '1' };
  await expect(signer.sign(withQuery)).rejects.toThrow(/without a query/);
  const withStream = request();
  withStream.body = new ReadableStream();
  await expect(signer.sign(withStream)).rejects.toThrow(/bodies in memory/);
});
