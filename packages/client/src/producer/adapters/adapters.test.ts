import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testPrepared, testResult } from '../testing/test-ports.ts';
import { createListBatch } from './list-batch.ts';
import { createReadResult } from './read-result.ts';
import { createSendBatch } from './send-batch.ts';

/** An SQS client that gives one answer, or throws it. */
function clientOf(answer: unknown) {
  const inputs: unknown[] = [];
  const client = {
    send: async ({ input }: { input: unknown }) => {
      inputs.push(input);
      if (answer instanceof Error) throw answer;
      return answer;
    },
  } as unknown as Pick<SQSClient, 'send'>;
  return { client, inputs };
}

const batch = [testPrepared('a', { groupId: 'acme' }), testPrepared('b'), testPrepared('c')];

describe('createSendBatch', () => {
  it('tells what was taken from what was not, and what is worth another try', async () => {
    const { client, inputs } = clientOf({
      Successful: [{ Id: '0' }],
      Failed: [
        { Id: '2', Code: 'InternalError', Message: 'try again', SenderFault: false },
        { Id: '1', Code: 'InvalidMessageContents', SenderFault: true },
      ],
    });
    expect(await createSendBatch(client)('https://q', batch)).toMatchObject([
      undefined,
      { isTransient: false, reason: 'InvalidMessageContents: no reason given' },
      { isTransient: true, reason: 'InternalError: try again' },
    ]);
    expect(inputs[0]).toMatchObject({ QueueUrl: 'https://q', Entries: [{ MessageGroupId: 'acme' }, { MessageBody: '{"id":"b"}' }, {}] });
  });

  it('takes silence about a message for a failure', async () => {
    const { client } = clientOf({ Successful: [{ Id: '0' }] });
    expect(await createSendBatch(client)('https://q', batch)).toMatchObject([undefined, { isTransient: true }, { isTransient: true }]);
  });

  it.each<[string, string, boolean]>([
    ['QueueDoesNotExist', 'The specified queue does not exist.', false],
    ['AccessDeniedException', 'no', false],
    ['Error', 'Region is missing', false],
    ['ThrottlingException', 'slow down', true],
    ['TimeoutError', 'socket hang up', true],
  ])('takes %s of the whole call as one of each message', async (name, text, isTransient) => {
    const { client } = clientOf(Object.assign(new Error(text), { name }));
    const failure = { reason: text, isTransient };
    expect(await createSendBatch(client)('https://q', batch)).toMatchObject([failure, failure, failure]);
  });
});

describe('reading from the gateway', () => {
  const listing = (id: string) => ({
    ...{ id, status: 'running', route: 'default', priority: 'bulk', labels: {}, acceptedAt: '2026-01-01T00:00:00Z', location: id },
  });
  const page = (ids: string[], nextCursor?: string) =>
    JSON.stringify({ schemaVersion: '1.0', inferences: ids.map(listing), ...(nextCursor && { nextCursor }) });
  const replies: Record<string, { status: number; body: string; headers?: Record<string, string> }> = {
    '/v1/inferences/done': { status: 200, body: JSON.stringify(testResult({ id: 'done' })) },
    '/v1/inferences?batch=b+1': { status: 200, body: page(['one'], 'next') },
    '/v1/inferences?batch=b+1&cursor=next': { status: 200, body: page([], 'last') },
    '/v1/inferences?batch=b+1&cursor=last': { status: 200, body: page(['two']) },
    '/v1/inferences?batch=empty': { status: 200, body: page([]) },
    '/v1/inferences?batch=old': { status: 404, body: '{"error":{"message":"No such route."}}' },
    '/v1/inferences/unknown': { status: 404, body: '{"error":{"message":"No such inference."}}' },
    '/v1/inferences/elsewhere': { status: 404, body: '<html>nginx</html>' },
    '/v1/inferences/busy': { status: 429, body: '{"error":{"message":"slow down"}}', headers: { 'retry-after': '3' } },
    '/v1/inferences/page': { status: 200, body: '<html>welcome</html>' },
    '/v1/inferences/a%2Fb': { status: 403, body: '{"detail":"not yours"}' },
  };
  const server = createServer((request, response) => {
    const reply = request.headers.authorization === 'Bearer key' ? replies[request.url ?? ''] : undefined;
    response.writeHead(reply?.status ?? 401, reply?.headers).end(reply?.body ?? '{"error":{"message":"Unknown key."}}');
  });
  let gatewayUrl = '';
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    gatewayUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());

  it('reads a result, and undefined for an id that is not known', async () => {
    const read = createReadResult({ gatewayUrl: `${gatewayUrl}/`, apiKey: 'key' });
    expect(await read('done')).toEqual(testResult({ id: 'done' }));
    expect(await read('unknown')).toBeUndefined();
  });

  it.each<[string, string, string, RegExp, number, boolean]>([
    ['a wrong key', 'other', 'done', /Unknown key. Check the API key/, 401, false],
    ['a 404 of another server', 'key', 'elsewhere', /answered 404: <html>nginx/, 404, false],
    ['a busy gateway', 'key', 'busy', /slow down/, 429, true],
    ['a page that is no result', 'key', 'page', /no result/, 200, false],
    ['a refusal in problem details', 'key', 'a/b', /not yours/, 403, false],
  ])('says what is wrong on %s', async (_, apiKey, id, message, status, isTransient) => {
    const error = await createReadResult({ gatewayUrl, apiKey })(id).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ message: expect.stringMatching(message), status, isTransient });
  });

  it('takes over when to ask again', async () => {
    await expect(createReadResult({ gatewayUrl, apiKey: 'key' })('busy')).rejects.toMatchObject({ retryAfterMs: 3_000 });
  });

  it('counts a gateway that cannot be reached as away, and says what it lacks', async () => {
    const away = createReadResult({ gatewayUrl: 'http://127.0.0.1:9', apiKey: 'key' });
    await expect(away('done')).rejects.toMatchObject({ status: 0, isTransient: true });
    await expect(createReadResult({ gatewayUrl: undefined, apiKey: undefined })('done')).rejects.toThrow('"gatewayUrl"');
  });

  it('lists a batch page by page, and says so when there is none', async () => {
    const list = createListBatch({ gatewayUrl, apiKey: 'key' });
    expect(await list('b 1')).toEqual(['one', 'two']);
    await expect(list('empty')).rejects.toThrow('Nothing is known of a batch empty');
    await expect(list('old')).rejects.toMatchObject({ status: 404, message: expect.stringContaining('No such route') });
    await expect(createListBatch({ gatewayUrl: undefined, apiKey: undefined })('b')).rejects.toThrow('"gatewayUrl"');
  });
});
