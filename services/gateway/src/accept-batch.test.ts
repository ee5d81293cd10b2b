import { BatchAccepted, MAX_BATCH_REQUESTS } from '@signalbox/contracts';
import { inferenceRequest } from '@signalbox/contracts/samples';
import type { IntakeStore } from '@signalbox/runtime';
import { UnavailableError } from '@signalbox/runtime/errors';
import { describe, expect, it, vi } from 'vitest';
import { createAcceptBatch } from './accept-batch.ts';
import type { OutgoingMessage } from './accept-inference.ts';
import { createMemoryBatches, createMemoryIntake, createTable } from './test-intake.ts';

const { id: _id, ...anonymous } = inferenceRequest;

function createFixture({
  accept,
  refuses = () => false,
}: {
  accept?: IntakeStore['accept'];
  refuses?: (message: OutgoingMessage) => boolean;
} = {}) {
  const store = createMemoryIntake();
  const sent: OutgoingMessage[] = [];
  const batches = createMemoryBatches();
  const onError = vi.fn();
  const acceptBatch = createAcceptBatch({
    store: accept ? { ...store, accept } : store,
    table: createTable(),
    batches,
    bucket: 'data',
    newId: () => 'batch-1',
    now: () => 1_790_000_000_000,
    onError,
    async sendAll(messages) {
      sent.push(...messages.filter((message) => !refuses(message)));
      return new Set(messages.flatMap((message, place) => (refuses(message) ? [place] : [])));
    },
  });
  const send = async (requests: unknown, idempotencyKey?: string) =>
    acceptBatch({ caller: { tenant: 'acme', scopes: ['*'] }, body: { requests }, idempotencyKey });
  return { send, acceptBatch, store, batches, sent, onError };
}

describe('a batch', () => {
  it('accepts and refuses each request by itself, in their order, and names the field', async () => {
    const { send, sent, store } = createFixture();
    const reply = await send([inferenceRequest, { ...anonymous, route: 'nowhere' }, anonymous, 7, { ...anonymous, tenant: 'other' }]);
    expect(BatchAccepted.parse(reply)).toEqual(reply);
    expect(reply).toMatchObject({ batchId: 'batch-1', accepted: 2, refused: 3 });
    expect(reply.results).toMatchObject([
      { index: 0, accepted: { id: 'invoice-4711', status: 'accepted' } },
      { index: 1, error: { code: 'unknown_route', param: 'requests[1].route' } },
      { index: 2, accepted: { id: 'batch-1.2' } },
      { index: 3, error: { code: 'invalid_request', param: 'requests[3]' } },
      { index: 4, error: { code: 'invalid_request', param: 'requests[4].tenant' } },
    ]);
    expect([...store.items.keys()]).toEqual(['acme#invoice-4711', 'acme#batch-1.2']);
    expect(sent.map(({ body }) => JSON.parse(body).id)).toEqual(['invoice-4711', 'batch-1.2']);
  });

  it('is recorded with its ids in their order before any of them, those that are refused by the place they have', async () => {
    const { send, batches, store } = createFixture({
      accept: () => Promise.reject(new UnavailableError({ message: 'The table is down.' })),
    });
    await send([inferenceRequest, { ...anonymous, id: 'not an id' }, 7, anonymous], 'spring-7');
    expect(await batches.get('acme', 'spring-7')).toEqual(['invoice-4711', 'spring-7.1', 'spring-7.2', 'spring-7.3']);
    expect(store.items.size).toBe(0);
  });

  it('of which nothing can be remembered accepts nothing', async () => {
    const { send, batches, store, sent } = createFixture();
    batches.put = () => Promise.reject(new UnavailableError({ message: 'The table is down.' }));
    await expect(send([anonymous])).rejects.toBeInstanceOf(UnavailableError);
    expect([store.items.size, sent.length]).toEqual([0, 0]);
  });

  it.each([
    ['one more', [anonymous, anonymous, anonymous]],
    ['another order', [anonymous, inferenceRequest]],
    ['another id', [{ ...inferenceRequest, id: 'invoice-4712' }, anonymous]],
  ])('that has %s than the one before under its key is refused as a whole', async (_what, requests) => {
    const { send, sent } = createFixture();
    await send([inferenceRequest, anonymous], 'spring-7');
    await expect(send(requests, 'spring-7')).rejects.toMatchObject({ status: 409, code: 'batch_id_reused', parameter: 'Idempotency-Key' });
    expect(sent).toHaveLength(2);
    expect((await send([inferenceRequest, anonymous], 'spring-7')).accepted).toBe(2);
  });

  it('that comes again by the same key finds each request, and sends only those that may not be on their queue', async () => {
    const { send, sent, store } = createFixture();
    await send([anonymous, anonymous], 'spring-7');
    const first = store.items.get('acme#spring-7.0');
    if (first) first.status = 'running';
    const again = await send([anonymous, anonymous], 'spring-7');
    expect(again.results.map(({ accepted }) => accepted?.status)).toEqual(['running', 'accepted']);
    expect(sent.map(({ body }) => JSON.parse(body).id)).toEqual(['spring-7.0', 'spring-7.1', 'spring-7.1']);
  });

  it('tells the one whose id is taken from the others', async () => {
    const { send } = createFixture();
    await send([inferenceRequest], 'spring-6');
    const { results } = await send([{ ...inferenceRequest, system: [{ text: 'x' }] }, anonymous]);
    expect(results).toMatchObject([{ error: { code: 'id_reused', param: 'requests[0].id' } }, { accepted: { id: 'batch-1.1' } }]);
  });

  it('tells of a message that no queue took that it must come again', async () => {
    const { send } = createFixture({ refuses: ({ priority }) => priority === 'bulk' });
    const { results, accepted } = await send([anonymous, { ...anonymous, priority: 'bulk' }, anonymous]);
    expect(accepted).toBe(2);
    expect(results[1]).toEqual({
      index: 1,
      error: expect.objectContaining({ type: 'server_error', code: 'unavailable', param: 'requests[1]' }),
    });
  });

  it('tells of a record that could not be written that it must come again, and the operator why', async () => {
    const cause = new UnavailableError({ message: 'The table is down.' });
    const { send, sent, onError } = createFixture({ accept: () => Promise.reject(cause) });
    expect((await send([anonymous])).results[0]?.error?.code).toBe('unavailable');
    expect(onError).toHaveBeenCalledWith(cause);
    expect(sent).toEqual([]);
  });

  it('fails as a whole for a bug, which is not the request’s fault', async () => {
    const { send } = createFixture({ accept: () => Promise.reject(new TypeError('a bug')) });
    await expect(send([anonymous])).rejects.toThrow('a bug');
  });

  it('may have a hundred', async () => {
    const { send, sent } = createFixture();
    expect((await send(Array.from({ length: MAX_BATCH_REQUESTS }, () => anonymous))).accepted).toBe(MAX_BATCH_REQUESTS);
    expect(sent).toHaveLength(MAX_BATCH_REQUESTS);
  });

  it.each([
    ['a list', [inferenceRequest], undefined],
    ['null', null, undefined],
    ['another field', { requests: [inferenceRequest], label: 'x' }, 'label'],
    ['no requests', {}, 'requests'],
    ['an empty list', { requests: [] }, 'requests'],
    ['a hundred and one', { requests: Array.from({ length: 101 }, () => inferenceRequest) }, 'requests'],
  ])('that is %s is refused as a whole', async (_what, body, parameter) => {
    const { acceptBatch, store } = createFixture();
    await expect(acceptBatch({ caller: { tenant: 'acme', scopes: ['*'] }, body })).rejects.toMatchObject({
      status: 400,
      code: 'invalid_request',
      parameter,
    });
    expect(store.items.size).toBe(0);
  });
});
