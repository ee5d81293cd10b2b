import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { BatchAccepted, ErrorBody, InferenceAccepted, InferenceResult, ModelList, RouteList, UploadTicket } from '@signalbox/contracts';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createProducer, type Producer, question } from './kit/producer.ts';
import { type RunningStack, startStack } from './kit/running-stack.ts';
import { createSimulator } from './kit/simulator.ts';

// Cold starts of every function, on a machine that may have others to do.
vi.setConfig({ testTimeout: 90_000 });

let running: RunningStack;
let producer: Producer;

beforeAll(async () => {
  running = await startStack();
  producer = createProducer(running.stack);
});
afterAll(() => running.stop());

type Reply = { status: number; headers: Headers; url: string; body: unknown };
type Call = { method?: string; key?: string | null; headers?: Record<string, string>; body?: unknown; redirect?: RequestInit['redirect'] };

/** As a producer does: what a busy machine could not answer is sent again, with the same id. */
async function call(
  path: string,
  { method = 'POST', key = running.stack.apiKey, headers = {}, body, redirect = 'follow' as const }: Call = {},
  tries = 8,
): Promise<Reply> {
  const reply = await fetch(`${running.stack.gatewayUrl}${path}`, {
    method,
    redirect,
    headers: { ...(key === null ? {} : { authorization: `Bearer ${key}` }), 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const answered = { status: reply.status, headers: reply.headers, url: reply.url, body: await readJson(reply) };
  if (reply.status < 502 || tries === 1) return answered;
  await sleep(500);
  return call(path, { method, key, headers, body, redirect }, tries - 1);
}

async function readJson(reply: Response): Promise<unknown> {
  const text = await reply.text();
  return text === '' ? undefined : (JSON.parse(text) as unknown);
}

const send = (body: unknown, headers?: Record<string, string>) => call('/v1/inferences', { body, ...(headers ? { headers } : {}) });

describe('a request over HTTP', () => {
  it('is accepted at once, is known by its id before any worker had it, and is answered', async () => {
    const request = question('What is the capital of France?', { priority: 'interactive', labels: { campaign: 'intake' } });
    const reply = await send(request);
    expect(reply.status).toBe(202);
    const accepted = InferenceAccepted.parse(reply.body);
    expect(accepted).toMatchObject({ id: request.id, status: 'accepted', route: 'default', priority: 'interactive' });
    const location = new URL(reply.headers.get('location') ?? '', reply.url).href;
    expect(location).toBe(`${running.stack.gatewayUrl}${accepted.location}`);
    expect(await producer.result(request.id ?? '')).toBeDefined();
    expect(await producer.waitFor(request.id ?? '', 60_000)).toMatchObject({
      status: 'succeeded',
      route: 'default',
      labels: { campaign: 'intake' },
    });
  });

  it('that is repeated any number of times is asked once, and its ending can be read from the last', async () => {
    const text = `Once only ${randomUUID()}`;
    const request = question(text);
    const before = (await createSimulator(running.stack).attempts()).length;
    const replies = await Promise.all(Array.from({ length: 10 }, () => send(request)));
    expect(replies.every(({ status }) => status === 200 || status === 202)).toBe(true);
    await producer.waitFor(request.id ?? '', 60_000);
    expect(await send(request)).toMatchObject({ status: 200, body: { id: request.id, status: 'succeeded' } });
    expect((await createSimulator(running.stack).attempts()).length).toBe(before + 1);
  });

  it('with the id of another body is refused, and the first is untouched', async () => {
    const request = question('The first');
    await send(request);
    expect(await send({ ...request, messages: question('The second').messages })).toMatchObject({
      status: 409,
      body: { error: { code: 'id_reused', param: 'id' } },
    });
    expect((await producer.waitFor(request.id ?? '', 60_000)).status).toBe('succeeded');
  });

  it('takes its id from the Idempotency-Key, and a new one without', async () => {
    const { id: _id, ...anonymous } = question('Without an id');
    const key = `key-${randomUUID()}`;
    expect(await send(anonymous, { 'idempotency-key': `"${key}"` })).toMatchObject({ status: 202, body: { id: key } });
    expect((await send({ ...anonymous, id: 'another' }, { 'idempotency-key': key })).status).toBe(400);
    const { id } = InferenceAccepted.parse((await send(anonymous)).body);
    expect((await producer.waitFor(id, 60_000)).status).toBe('succeeded');
  });

  it.each<[string, number, string, string | null, Call]>([
    ['without a key', 401, 'invalid_api_key', null, { key: null, body: question('x') }],
    ['with a wrong key', 401, 'invalid_api_key', null, { key: 'sbx_local_0123456789abcdefgh', body: question('x') }],
    ['that is no JSON', 400, 'invalid_json', null, { body: '{"schemaVersion":' }],
    ['that is empty', 400, 'invalid_json', null, {}],
    ['of another type', 415, 'unsupported_media_type', 'content-type', { body: 'x', headers: { 'content-type': 'text/plain' } }],
    ['with an unknown field', 400, 'invalid_request', 'temperature', { body: { ...question('x'), temperature: 1 } }],
    ['for another tenant', 400, 'invalid_request', 'tenant', { body: { ...question('x'), tenant: 'other' } }],
    ['on an unknown route', 400, 'unknown_route', 'route', { body: question('x', { route: 'nowhere' }) }],
    ['with an unknown reply queue', 400, 'unknown_reply_queue', 'reply.queue', { body: question('x', { reply: { queue: 'nobody' } }) }],
    ['above 256 KiB', 413, 'request_too_large', null, { body: question('x'.repeat(300_000)) }],
    ['with a foreign payload', 400, 'payload_foreign', 'payload.key', { body: foreignPayload() }],
  ])('%s is refused with %i %s', async (_what, status, code, param, given) => {
    const reply = await call('/v1/inferences', given);
    expect(reply).toMatchObject({ status, body: { error: { code, param } } });
    expect(ErrorBody.parse(reply.body).error.message).toMatch(/\S/);
  });

  it('is accepted from 200 callers at once, each answered once', async () => {
    const requests = Array.from({ length: 200 }, () => question('Many at once', { priority: 'bulk' }));
    const replies = await Promise.all(requests.map((request) => send(request)));
    expect(replies.filter(({ status }) => status !== 200 && status !== 202)).toEqual([]);
    const results = await producer.waitForAll(
      requests.map(({ id }) => id ?? ''),
      80_000,
    );
    expect(results.map(({ status }) => status)).toEqual(requests.map(() => 'succeeded'));
  });
});

describe('waiting for a result', () => {
  const waitFor = (id: string, seconds: number | string, given: Call = {}, tries = 8) =>
    call(`/v1/inferences/${encodeURIComponent(id)}?waitSeconds=${seconds}`, { method: 'GET', ...given }, tries);

  it('takes one call, which answers when it has ended', async () => {
    const request = question('Wait for me', { id: `urn:${randomUUID()}`, priority: 'interactive' });
    await send(request);
    const reply = await waitFor(request.id ?? '', 25);
    expect(reply).toMatchObject({ status: 200, body: { id: request.id, status: 'succeeded' } });
    expect(reply.url).toBe(`${running.stack.gatewayUrl}/v1/inferences/${encodeURIComponent(request.id ?? '')}/wait?waitSeconds=25`);
  });

  it.each<[string, string, string, number, string, Call]>([
    ['without a key', 'x', '5', 401, 'invalid_api_key', { key: null }],
    ['with a wrong key', 'x', '5', 401, 'invalid_api_key', { key: 'sbx_local_0123456789abcdefgh' }],
    ['for longer than 25 s', 'x', '26', 400, 'invalid_request', {}],
    ['for no time', 'x', '0', 400, 'invalid_request', {}],
    ['for an id that none can be', 'a b', '5', 400, 'invalid_id', {}],
    ['for what nobody sent', `nobody-${randomUUID()}`, '25', 404, 'not_found', {}],
  ])('%s is refused at once', async (_what, id, seconds, status, code, given) => {
    expect(await waitFor(id, seconds, given)).toMatchObject({ status, body: { error: { code } } });
  });

  it('is by a path of its own, to which a good key alone is sent', async () => {
    const reply = await waitFor('some-id', 5, { redirect: 'manual' });
    expect([reply.status, reply.headers.get('location')]).toEqual([307, 'some-id/wait?waitSeconds=5']);
    expect((await waitFor('some-id', 5, { redirect: 'manual', key: null })).status).toBe(401);
  });

  it('has 20 places; who finds none is told when to try again, and reading goes on meanwhile', async () => {
    const simulator = createSimulator(running.stack);
    for (const model of ['amazon.nova-lite-v1:0', 'us.anthropic.claude-haiku-4-5-20251001-v1:0', 'amazon.nova-micro-v1:0'])
      await simulator.break(model, { kind: 'hang', forSeconds: 60 });
    try {
      const { id = '' } = question('Held up');
      await send({ ...question('Held up'), id });
      const waiting = Promise.all(Array.from({ length: 25 }, () => waitFor(id, 8, {}, 1)));
      expect(await call(`/v1/inferences/${id}`, { method: 'GET' })).toMatchObject({ status: 200 });
      const replies = await waiting;
      const refused = replies.filter(({ status }) => status !== 200);
      expect(replies.length - refused.length).toBeGreaterThanOrEqual(20);
      expect(refused).not.toEqual([]);
      for (const { status, headers, body } of refused) {
        expect([status, headers.get('retry-after')]).toEqual([503, '2']);
        expect(ErrorBody.parse(body).error).toMatchObject({ code: 'unavailable', type: 'server_error' });
      }
    } finally {
      await simulator.heal();
    }
  });
});

describe('a batch', () => {
  it('accepts and refuses each request by itself, and a second try finds the first', async () => {
    const key = `batch-${randomUUID()}`;
    const { id: _id, ...anonymous } = question('By place');
    const named = question('By id');
    const requests = [named, { ...question('x'), tenant: 'other' }, anonymous, question('x', { route: 'nowhere' })];
    const first = await call('/v1/inferences/batch', { headers: { 'idempotency-key': key }, body: { requests } });
    expect(first.status).toBe(200);
    const batch = BatchAccepted.parse(first.body);
    expect(batch).toMatchObject({ batchId: key, accepted: 2, refused: 2 });
    expect(batch.results.map(({ accepted, error }) => accepted?.id ?? error?.param)).toEqual([
      named.id,
      'requests[1].tenant',
      `${key}.2`,
      'requests[3].route',
    ]);
    const results = await producer.waitForAll([named.id ?? '', `${key}.2`]);
    expect(results.map(({ status }) => status)).toEqual(['succeeded', 'succeeded']);
    const again = await call('/v1/inferences/batch', { headers: { 'idempotency-key': key }, body: { requests } });
    expect(BatchAccepted.parse(again.body).results[2]?.accepted?.status).toBe('succeeded');
  });

  it('of a hundred is answered in full', async () => {
    const requests = Array.from({ length: 100 }, (_, index) =>
      question(`Of a hundred ${index}`, { priority: index % 2 ? 'bulk' : 'standard' }),
    );
    const reply = BatchAccepted.parse((await call('/v1/inferences/batch', { body: { requests } })).body);
    expect(reply.accepted).toBe(100);
    const results = await producer.waitForAll(
      requests.map(({ id }) => id ?? ''),
      80_000,
    );
    expect(results.every(({ status }) => status === 'succeeded')).toBe(true);
  });

  it.each([
    ['more than a hundred', { requests: Array.from({ length: 101 }, () => ({})) }],
    ['none', { requests: [] }],
    ['no list', { requests: {} }],
  ])('of %s is refused as a whole', async (_what, body) => {
    expect(await call('/v1/inferences/batch', { body })).toMatchObject({ status: 400, body: { error: { param: 'requests' } } });
  });
});

it('content above 256 KiB goes in by an upload, and the request names it', async () => {
  const content = JSON.stringify({ messages: question(`Long: ${'x'.repeat(400_000)}`).messages });
  const sha256 = createHash('sha256').update(content).digest('hex');
  const reply = await call('/v1/uploads', { body: { bytes: Buffer.byteLength(content), sha256 } });
  expect(reply.status).toBe(201);
  const { upload, payload } = UploadTicket.parse(reply.body);
  const put = await fetch(upload.url, { method: upload.method, headers: upload.headers, body: content });
  expect(put.status).toBe(200);
  const id = `upload-${randomUUID()}`;
  expect((await send({ schemaVersion: '1.0', id, payload })).status).toBe(202);
  expect(InferenceResult.parse(await producer.waitFor(id, 60_000)).status).toBe('succeeded');
});

it('routes and models are listed from the routing table', async () => {
  const routes = RouteList.parse((await call('/v1/routes', { method: 'GET' })).body);
  expect(routes.tableSource).toBe('appconfig');
  expect(routes.routes.map(({ name }) => name)).toContain(routes.defaultRoute);
  const models = ModelList.parse((await call('/v1/models', { method: 'GET' })).body);
  expect(models.data).toContainEqual(expect.objectContaining({ id: 'amazon.nova-lite-v1:0', object: 'model', owned_by: 'amazon' }));
  expect((await call('/v1/routes', { method: 'GET', key: null })).status).toBe(401);
  expect((await call('/v1/models', { method: 'GET', key: null })).status).toBe(401);
});

function foreignPayload() {
  return { schemaVersion: '1.0', payload: { key: 'payloads/other/1', sha256: '0'.repeat(64) } };
}
