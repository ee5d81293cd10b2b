import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startAwsTestServer } from '../events/aws-test-server.ts';
import { createSecretsManager } from './secrets-manager.ts';

let folder: string;
let server: Awaited<ReturnType<typeof startAwsTestServer>>;

/** What a Secrets Manager client sends: JSON 1.1 with the operation in a header. */
async function call(operation: string, input: object): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(server.url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `secretsmanager.${operation}` },
    body: JSON.stringify(input),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const start = async () => {
  server = await startAwsTestServer(createSecretsManager({ stateFile: join(folder, 'secrets.json'), accountId: '123456789012' }));
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'secrets-'));
  await start();
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const Name = 'signalbox/dev/model-keys/vllm';
const ARN = expect.stringMatching(/^arn:aws:secretsmanager:eu-west-1:123456789012:secret:signalbox\/dev\/model-keys\/vllm-[0-9a-f]{6}$/);
const VersionId = expect.stringMatching(/^[0-9a-f-]{36}$/);
const Token = '01234567-89ab-cdef-0123-456789abcdef';

describe('a secret', () => {
  it('is made, and read by its name and by its ARN with and without the suffix', async () => {
    const { status, body } = await call('CreateSecret', { Name, SecretString: 'sk-1', Tags: [{ Key: 'a', Value: 'b' }] });
    expect({ status, body }).toEqual({ status: 200, body: { ARN, Name, VersionId } });
    const arn = String(body.ARN);
    for (const SecretId of [Name, arn, arn.slice(0, -7)]) {
      expect((await call('GetSecretValue', { SecretId })).body).toEqual({
        ARN,
        Name,
        VersionId: body.VersionId,
        SecretString: 'sk-1',
        VersionStages: ['AWSCURRENT'],
        CreatedDate: expect.closeTo(Date.now() / 1000, -1),
      });
    }
  });

  it('changes: the value before is kept under its stage', async () => {
    const made = await call('CreateSecret', { Name, SecretString: 'sk-1', Description: 'of the server' });
    const changed = await call('PutSecretValue', { SecretId: Name, SecretString: 'sk-2', ClientRequestToken: Token });
    expect(changed.body).toEqual({ ARN, Name, VersionId: Token, VersionStages: ['AWSCURRENT'] });
    const read = async (input: object) => (await call('GetSecretValue', { SecretId: Name, ...input })).body.SecretString;
    expect(await read({})).toBe('sk-2');
    expect(await read({ VersionStage: 'AWSPREVIOUS' })).toBe('sk-1');
    expect(await read({ VersionId: made.body.VersionId })).toBe('sk-1');
    expect((await call('DescribeSecret', { SecretId: Name })).body).toMatchObject({
      ARN,
      Name,
      Description: 'of the server',
      VersionIdsToStages: { [Token]: ['AWSCURRENT'], [String(made.body.VersionId)]: ['AWSPREVIOUS'] },
    });
    // The same again is the same call, retried; another value under its token is not.
    expect((await call('PutSecretValue', { SecretId: Name, SecretString: 'sk-2', ClientRequestToken: Token })).status).toBe(200);
    expect(await read({ VersionStage: 'AWSPREVIOUS' })).toBe('sk-1');
    expect((await call('PutSecretValue', { SecretId: Name, SecretString: 'x', ClientRequestToken: Token })).body).toMatchObject({
      __type: 'ResourceExistsException',
    });
  });

  it('survives a restart, and may be bytes', async () => {
    await call('CreateSecret', { Name, SecretBinary: 'AAEC' });
    await server.close();
    await start();
    expect((await call('GetSecretValue', { SecretId: Name })).body).toMatchObject({ SecretBinary: 'AAEC' });
  });

  it('is gone when deleted', async () => {
    await call('CreateSecret', { Name, SecretString: 'sk-1' });
    expect((await call('DeleteSecret', { SecretId: Name, ForceDeleteWithoutRecovery: true })).body).toMatchObject({ ARN, Name });
    expect((await call('GetSecretValue', { SecretId: Name })).body).toMatchObject({ __type: 'ResourceNotFoundException' });
  });
});

it.each<[string, object, string]>([
  ['GetSecretValue', { SecretId: 'nothing' }, 'ResourceNotFoundException'],
  ['GetSecretValue', { SecretId: 'there', VersionStage: 'AWSPREVIOUS' }, 'ResourceNotFoundException'],
  ['GetSecretValue', { SecretId: 'there', VersionId: 'x' }, 'ResourceNotFoundException'],
  ['PutSecretValue', { SecretId: 'nothing', SecretString: 'x' }, 'ResourceNotFoundException'],
  ['CreateSecret', { Name: 'there', SecretString: 'x' }, 'ResourceExistsException'],
  ['CreateSecret', { Name: 'other' }, 'InvalidRequestException'],
  ['CreateSecret', { Name: 'other', SecretString: 'x'.repeat(65_537) }, 'InvalidRequestException'],
  ['CreateSecret', { Name: 'no spaces', SecretString: 'x' }, 'ValidationException'],
  ['ListSecrets', {}, 'NotImplementedException'],
])('%s of %j is %s', async (operation, input, code) => {
  await call('CreateSecret', { Name: 'there', SecretString: 'x' });
  expect((await call(operation, input)).body).toMatchObject({ __type: code });
});
