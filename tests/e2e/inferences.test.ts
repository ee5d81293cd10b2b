import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { ErrorBody, InferenceList, type InferenceRequest, InferenceResult, UploadTicket } from '@signalbox/contracts';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type BusListener, listenToBus } from './kit/bus-listener.ts';
import { createProducer, type Producer, question } from './kit/producer.ts';
import { type RunningStack, startStack } from './kit/running-stack.ts';
import { createSimulator } from './kit/simulator.ts';

// Cold starts of every function, on a machine that may have others to do.
vi.setConfig({ testTimeout: 120_000 });

/** Every model of the route `default`. */
const MODELS = ['amazon.nova-lite-v1:0', 'us.anthropic.claude-haiku-4-5-20251001-v1:0', 'amazon.nova-micro-v1:0'];

let running: RunningStack;
let producer: Producer;
let bus: BusListener;
let s3: S3Client;

beforeAll(async () => {
  running = await startStack();
  const { stack } = running;
  producer = createProducer(stack);
  bus = await listenToBus(stack);
  s3 = new S3Client({ region: stack.region, credentials: stack.credentials, endpoint: stack.awsEndpointUrl, forcePathStyle: true });
});
afterAll(() => running.stop());

type Reply = { status: number; body: unknown };

/** As a producer does: what a busy machine could not answer is asked again. */
async function call(method: string, path: string, body?: unknown, { headers = {}, tries = 8 } = {}): Promise<Reply> {
  const reply = await fetch(`${running.stack.gatewayUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${running.stack.apiKey}`, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answered = { status: reply.status, body: (await reply.json()) as unknown };
  if (reply.status < 502 || tries === 1) return answered;
  await sleep(500);
  return call(method, path, body, { headers, tries: tries - 1 });
}

async function list(query: Record<string, string>): Promise<InferenceList> {
  const { status, body } = await call('GET', `/v1/inferences?${new URLSearchParams(query)}`);
  if (status !== 200) throw new Error(`the list was answered with ${status}: ${JSON.stringify(body)}`);
  return InferenceList.parse(body);
}

/** Asks until it is as it should be; the index follows the table a little later. */
async function listUntil(query: Record<string, string>, isReady: (found: InferenceList) => boolean): Promise<InferenceList> {
  for (const endsAt = Date.now() + 60_000; ; await sleep(100)) {
    const found = await list(query);
    if (isReady(found)) return found;
    if (Date.now() > endsAt) throw new Error(`the list did not come about; it is ${JSON.stringify(found)}`);
  }
}

async function accept(request: InferenceRequest): Promise<string> {
  expect(await call('POST', '/v1/inferences', request)).toMatchObject({ status: 202 });
  return request.id ?? '';
}

const remove = async (id: string) => InferenceResult.parse((await call('DELETE', `/v1/inferences/${encodeURIComponent(id)}`)).body);
const idsOf = ({ inferences }: InferenceList) => inferences.map(({ id }) => id);

/** Waits until nothing is on the standard queue, be it delayed or in flight. */
async function untilQueueIsEmpty(): Promise<void> {
  const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesDelayed', 'ApproximateNumberOfMessagesNotVisible'] as const;
  for (const endsAt = Date.now() + 90_000; ; await sleep(200)) {
    const command = new GetQueueAttributesCommand({ QueueUrl: running.stack.queues.standard, AttributeNames: [...names] });
    const { Attributes = {} } = await producer.sqs.send(command);
    if (names.every((name) => Attributes[name] === '0')) return;
    if (Date.now() > endsAt) throw new Error(`the queue does not become empty: ${JSON.stringify(Attributes)}`);
  }
}

async function keysUnder(Prefix: string): Promise<string[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: running.stack.buckets.data, Prefix }));
  return Contents.map(({ Key }) => Key ?? '');
}

describe('the list of requests', () => {
  it('has those with a label and those that went wrong, newest first, and goes on by its cursor', async () => {
    const campaign = `c-${randomUUID()}`;
    const labels = { campaign };
    const labelled = [];
    for (let place = 0; place < 5; place++) labelled.push(await accept(question(`Listed ${place}`, { labels })));
    const unlabelled = await accept(question('Not listed'));
    const rejected = `rejected-${randomUUID()}`;
    await producer.send({ ...question('x'), id: rejected, unknown: true });
    await producer.waitForAll([...labelled, unlabelled, rejected], 90_000);

    const done = await listUntil({ label: `campaign:${campaign}`, status: 'succeeded' }, ({ inferences }) => inferences.length === 5);
    expect(idsOf(done)).toEqual(labelled.toReversed());
    expect(done.inferences[0]).toMatchObject({ status: 'succeeded', route: 'default', priority: 'standard', labels });
    expect(await producer.result(decodeURIComponent(done.inferences[0]?.location.split('/').at(-1) ?? ''))).toMatchObject({
      status: 'succeeded',
    });
    expect(idsOf(await listUntil({ status: 'rejected' }, ({ inferences }) => inferences.length > 0))).toEqual([rejected]);
    expect(idsOf(await list({}))).not.toContain(unlabelled);
    expect(await list({ label: `campaign:${campaign}`, status: 'failed' })).toEqual({ schemaVersion: '1.0', inferences: [] });

    const pages = [await list({ label: `campaign:${campaign}`, limit: '2' })];
    for (let cursor = pages[0]?.nextCursor; cursor; cursor = pages.at(-1)?.nextCursor)
      pages.push(await list({ label: `campaign:${campaign}`, limit: '2', cursor }));
    expect(pages.flatMap(idsOf)).toEqual(labelled.toReversed());
    expect(await call('GET', `/v1/inferences?limit=2&cursor=${pages[0]?.nextCursor}`)).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_cursor', param: 'cursor' } },
    });
  });

  it.each([
    ['labels=a:b', 'labels'],
    ['status=failed&status=expired', 'status'],
    ['limit=1000', 'limit'],
    ['label=spring', 'label'],
  ])('refuses %s, and says what it is about', async (query, param) => {
    const reply = await call('GET', `/v1/inferences?${query}`);
    expect(reply.status).toBe(400);
    expect(ErrorBody.parse(reply.body).error).toMatchObject({ code: 'invalid_request', param });
  });
});

it('a batch is followed to its end, in its order, with nothing that was accepted missing', async () => {
  const batchId = `batch-${randomUUID()}`;
  const requests: object[] = Array.from({ length: 12 }, (_, place) => {
    const { id: _id, ...anonymous } = question(`Of a batch ${place}`);
    return place === 7 ? { ...anonymous, route: 'nowhere' } : anonymous;
  });
  const headers = { 'idempotency-key': batchId };
  expect(await call('POST', '/v1/inferences/batch', { requests }, { headers })).toMatchObject({
    status: 200,
    body: { accepted: 11, refused: 1 },
  });
  const begun = await list({ batch: batchId });
  expect(begun.progress).toMatchObject({ total: 12, missing: 1 });
  const done = await listUntil({ batch: batchId }, ({ progress }) => progress?.succeeded === 11);
  expect(done.progress).toEqual({ total: 12, accepted: 0, running: 0, succeeded: 11, failed: 0, expired: 0, rejected: 0, missing: 1 });
  const inOrder = requests.flatMap((_, place) => (place === 7 ? [] : [`${batchId}.${place}`]));
  expect(idsOf(done)).toEqual(inOrder);
  const page = await list({ batch: batchId, limit: '8' });
  expect([...idsOf(page), ...idsOf(await list({ batch: batchId, cursor: page.nextCursor ?? '' }))]).toEqual(inOrder);

  expect(await call('POST', '/v1/inferences/batch', { requests }, { headers })).toMatchObject({ status: 200, body: { accepted: 11 } });
  expect(await call('POST', '/v1/inferences/batch', { requests: requests.slice(1) }, { headers })).toMatchObject({
    status: 409,
    body: { error: { code: 'batch_id_reused', param: 'Idempotency-Key' } },
  });
  expect(await call('GET', `/v1/inferences?batch=${randomUUID()}`)).toMatchObject({ status: 404, body: { error: { param: 'batch' } } });
});

it('a request that waits out an outage can be cancelled: no model is asked again, and it is told once', async () => {
  const simulator = createSimulator(running.stack);
  for (const model of MODELS) await simulator.break(model, { kind: 'error', status: 503 });
  const labels = { campaign: `c-${randomUUID()}` };
  const id = await accept(question('Cancelled', { labels }));
  await bus.waitFor(({ detailType, data }) => detailType === 'InferenceDeferred' && data.id === id, 1, 60_000);

  const cancelled = await remove(id);
  expect(cancelled).toMatchObject({ id, status: 'failed', reason: 'cancelled', labels });
  await simulator.heal();
  const asked = (await simulator.attempts()).length;
  await untilQueueIsEmpty();
  expect((await simulator.attempts()).length).toBe(asked);

  expect(await remove(id)).toEqual(cancelled);
  expect(await producer.result(id)).toEqual(cancelled);
  const ends = await bus.waitFor(({ detailType, data }) => detailType !== 'InferenceDeferred' && data.id === id, 1);
  expect(new Set(ends.map(({ detailType, metadata }) => `${detailType} ${metadata.id}`))).toEqual(
    new Set([`InferenceFailed default#${id}#end`]),
  );
  expect(
    idsOf(await listUntil({ label: `campaign:${labels.campaign}`, status: 'failed' }, ({ inferences }) => inferences.length > 0)),
  ).toEqual([id]);
});

it('a cancellation whose function is killed before it tells is told when it is repeated', async () => {
  const simulator = createSimulator(running.stack);
  for (const model of MODELS) await simulator.break(model, { kind: 'error', status: 503 });
  const id = await accept(question('Cancelled by half'));
  await bus.waitFor(({ detailType, data }) => detailType === 'InferenceDeferred' && data.id === id, 1, 60_000);
  await simulator.breakAws({ service: 'dynamodb', operation: 'UpdateItem', contains: 'cancelled', kind: 'kill-caller-after', times: 1 });
  expect(await call('DELETE', `/v1/inferences/${id}`, undefined, { tries: 1 })).toMatchObject({ status: 502 });
  expect(await producer.result(id)).toMatchObject({ status: 'failed', reason: 'cancelled' });
  expect(await remove(id)).toMatchObject({ status: 'failed', reason: 'cancelled' });
  await bus.waitFor(({ detailType, metadata }) => detailType === 'InferenceFailed' && metadata.id === `default#${id}#end`);
  await simulator.heal();
  await simulator.healAws();
  await untilQueueIsEmpty();
});

it('a request that was answered can be erased: nothing of it can be read, and a late copy of it is not asked again', async () => {
  const simulator = createSimulator(running.stack);
  // Above 16 KB an answer lies in S3.
  const content = JSON.stringify({ messages: question(`Much, please. [[tokens:6000]] ${'x'.repeat(300_000)}`).messages });
  const sha256 = createHash('sha256').update(content).digest('hex');
  const { upload, payload } = UploadTicket.parse((await call('POST', '/v1/uploads', { bytes: Buffer.byteLength(content), sha256 })).body);
  expect((await fetch(upload.url, { method: upload.method, headers: upload.headers, body: content })).status).toBe(200);
  const id = `erased-${randomUUID()}`;
  const request: InferenceRequest = {
    schemaVersion: '1.0',
    id,
    payload,
    labels: { campaign: `c-${randomUUID()}` },
    inferenceConfig: { maxTokens: 8_000 },
    route: 'default',
  };
  await accept(request);
  const answered = await producer.waitFor(id, 90_000);
  expect(answered).toMatchObject({ status: 'succeeded', output: expect.anything() });
  const prefix = `outputs/default/${createHash('sha256').update(id).digest('hex')}/`;
  expect([await keysUnder(prefix), await keysUnder(payload.key)]).toEqual([[expect.stringMatching(/\.json$/)], [payload.key]]);

  const erased = await remove(id);
  const { output: _output, labels: _labels, ...kept } = answered;
  expect(erased).toEqual({ ...kept, erasedAt: erased.erasedAt });
  expect(Date.parse(erased.erasedAt ?? '')).toBeGreaterThan(Date.now() - 120_000);
  expect([await producer.result(id), await remove(id)]).toEqual([erased, erased]);
  expect([await keysUnder(prefix), await keysUnder(payload.key)]).toEqual([[], []]);
  expect(idsOf(await list({}))).not.toContain(id);

  const asked = (await simulator.attempts()).length;
  await producer.send({ ...request, tenant: 'default' });
  await untilQueueIsEmpty();
  expect((await simulator.attempts()).length).toBe(asked);
  expect(await producer.result(id)).toEqual(erased);
  expect((await bus.drain()).filter(({ detailType, data }) => detailType === 'InferenceRejected' && data.id === id)).toEqual([]);
});

it('what nobody has cannot be deleted', async () => {
  expect(await call('DELETE', `/v1/inferences/${randomUUID()}`)).toMatchObject({
    status: 404,
    body: { error: { code: 'not_found', param: 'id' } },
  });
});
