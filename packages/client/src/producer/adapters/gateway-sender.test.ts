import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testPrepared } from '../testing/test-ports.ts';
import { createGatewaySender } from './gateway-sender.ts';

type Reply = { status: number; body: unknown; headers?: Record<string, string> };
type Seen = { method: string | undefined; url: string | undefined; key: string | undefined; body: string };

const seen: Seen[] = [];
let replies: Record<string, Reply | Reply[]> = {};
const server = createServer(answer);
let gatewayUrl = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  gatewayUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());
beforeEach(() => {
  seen.length = 0;
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = '';
  for await (const chunk of request) body += chunk;
  seen.push({ method: request.method, url: request.url, key: request.headers.authorization, body });
  const found = replies[request.url ?? ''];
  const reply = Array.isArray(found) ? found.shift() : found;
  response.writeHead(reply?.status ?? 404, reply?.headers);
  response.end(typeof reply?.body === 'string' ? reply.body : JSON.stringify(reply?.body ?? {}));
}

const accepted = (id: string) => ({
  ...{ schemaVersion: '1.0', id, status: 'accepted', route: 'default', priority: 'standard' },
  ...{ location: `/v1/inferences/${id}`, deadline: '2030-01-01T00:00:00.000Z' },
});
const refused = (type: string, code: string, message: string, param: string | null) => ({
  error: { message, type, code, param, request_id: 'r' },
});
const sender = () => createGatewaySender({ gatewayUrl: `${gatewayUrl}/`, apiKey: 'key' });
const send = (...ids: string[]) =>
  sender().sendBatch(
    '',
    ids.map((id) => testPrepared(id)),
  );

describe('createGatewaySender', () => {
  it('sends one request by itself, and several in one call, with the key', async () => {
    const results = [
      { index: 0, accepted: accepted('b') },
      { index: 1, accepted: accepted('c') },
    ];
    replies = {
      '/v1/inferences': { status: 202, body: accepted('a') },
      '/v1/inferences/batch': { status: 200, body: { schemaVersion: '1.0', batchId: 'x', accepted: 2, refused: 0, results } },
    };
    expect(await send('a')).toEqual([undefined]);
    expect(await send('b', 'c')).toEqual([undefined, undefined]);
    expect(seen).toEqual([
      { method: 'POST', url: '/v1/inferences', key: 'Bearer key', body: '{"id":"a"}' },
      { method: 'POST', url: '/v1/inferences/batch', key: 'Bearer key', body: '{"requests":[{"id":"b"},{"id":"c"}]}' },
    ]);
  });

  it('tells of each request of a batch by itself what was taken, what is refused and what may be sent again', async () => {
    const results = [
      { index: 0, accepted: accepted('a') },
      {
        index: 1,
        error: { message: 'route is not a route.', type: 'invalid_request_error', code: 'unknown_route', param: 'requests[1].route' },
      },
      { index: 2, error: { message: 'Busy.', type: 'server_error', code: 'unavailable', param: 'requests[2]' } },
    ];
    replies = { '/v1/inferences/batch': { status: 200, body: { schemaVersion: '1.0', batchId: 'x', accepted: 1, refused: 2, results } } };
    expect(await send('a', 'b', 'c', 'd')).toEqual([
      undefined,
      { reason: expect.any(String), isTransient: false, problems: [{ path: 'route', message: 'is not a route' }] },
      { reason: 'Busy.', isTransient: true },
      { reason: 'the gateway did not say whether it took it', isTransient: true },
    ]);
  });

  it.each<[string, Reply, object]>([
    [
      'an id that is taken',
      { status: 409, body: refused('invalid_request_error', 'id_reused', 'The id "a" is taken.', 'id') },
      { isTransient: false, problems: [{ path: 'id', message: 'The id "a" is taken' }] },
    ],
    [
      'a wrong key',
      { status: 401, body: refused('authentication_error', 'invalid_api_key', 'Unknown key.', null) },
      { isTransient: false, reason: expect.stringMatching(/Unknown key. Check the API key/) },
    ],
    [
      'a busy gateway',
      { status: 429, body: refused('server_error', 'busy', 'Slow down.', null), headers: { 'retry-after': '3' } },
      { isTransient: true, retryAfterMs: 3_000 },
    ],
    ['a page of another server', { status: 200, body: '<html>' }, { isTransient: false, reason: expect.stringMatching(/no gateway/) }],
    ['an error page', { status: 502, body: '<html>' }, { isTransient: true }],
  ])('says what %s means', async (_, reply, failure) => {
    replies = { '/v1/inferences': reply };
    expect(await send('a')).toMatchObject([failure]);
  });

  it('takes a gateway that is away for worth another try', async () => {
    const away = createGatewaySender({ gatewayUrl: 'http://127.0.0.1:9', apiKey: 'key' });
    expect(await away.sendBatch('', [testPrepared('a'), testPrepared('b')])).toMatchObject([{ isTransient: true }, { isTransient: true }]);
  });

  it('uploads content once, and names it as the gateway said', async () => {
    const content = Buffer.from('{"messages":[]}');
    const sha256 = createHash('sha256').update(content).digest('hex');
    const upload = { method: 'PUT', url: `${gatewayUrl}/s3`, headers: { 'x-bound': '1' }, expiresAt: '2030-01-01T00:00:00.000Z' };
    replies = {
      '/v1/uploads': { status: 201, body: { upload, payload: { key: 'payloads/acme/1', sha256 } } },
      '/s3': [
        { status: 403, body: '<Error><Code>RequestExpired</Code></Error>' },
        { status: 200, body: '' },
      ],
      '/v1/inferences': { status: 202, body: accepted('a') },
    };
    const payload = { key: 'payloads/default/x.json', sha256, content };
    const request = testPrepared('a', { body: JSON.stringify({ id: 'a', payload: { key: payload.key, sha256 } }), payload });
    const { putPayload, sendBatch } = sender();
    expect(await putPayload(payload)).toMatchObject({ reason: expect.stringContaining('RequestExpired'), isTransient: false });
    expect(await putPayload(payload)).toBeUndefined();
    expect(await putPayload(payload)).toBeUndefined();
    expect(await sendBatch('', [request])).toEqual([undefined]);
    expect(seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
      ...['POST /v1/uploads', 'PUT /s3', 'POST /v1/uploads', 'PUT /s3', 'POST /v1/inferences'],
    ]);
    expect(seen[0]?.body).toBe(JSON.stringify({ bytes: content.length, sha256 }));
    expect(JSON.parse(seen.at(-1)?.body ?? '')).toEqual({ id: 'a', payload: { key: 'payloads/acme/1', sha256 } });
  });
});
