import { InferenceFailed, InferenceResult } from '@signalbox/contracts';
import { eraseRecord, requestHash, toTerminalEvent, unansweredRecord } from '@signalbox/runtime';
import { describe, expect, it } from 'vitest';
import { createSweepDeadlines } from './sweep-deadlines.ts';
import {
  answeredOutput,
  distinct,
  type Interference,
  interfereWith,
  makeWorld,
  requestBody,
  uploadPayload,
  type World,
  waitingFor,
} from './testing/index.ts';
import type { MemoryItem } from './testing/memory-store.ts';

const withReply = () => requestBody({ reply: { queue: 'reports' } });
const question = { messages: [{ role: 'user', content: [{ text: 'Where is the Louvre?' }] }] };

/** As the gateway accepts a request in front of its message. */
function accept(world: World, body: Record<string, unknown>): void {
  const item: MemoryItem = {
    key: 'default#invoice-1',
    status: 'accepting',
    hash: requestHash(body),
    deferrals: 0,
    deadline: world.clock.now + 3_600_000,
    acceptedAt: world.clock.now,
    isOpen: true,
  };
  (world.store.items as Map<string, MemoryItem>).set(item.key, item);
}

/** As the gateway cancels; its event is left to others. */
async function cancel(world: World): Promise<void> {
  const item = world.item('invoice-1');
  if (!item) throw new Error('There is nothing to cancel.');
  const error = { code: 'cancelled', message: 'Its producer cancelled it.' };
  await world.store.cancel(unansweredRecord({ item, now: world.clock.now, ending: { status: 'failed', reason: 'cancelled', error } }));
}

/** As the gateway erases. */
async function erase(world: World): Promise<void> {
  const record = world.item('invoice-1')?.record;
  if (!record) throw new Error('There is nothing to erase.');
  await world.store.erase(eraseRecord(record, world.clock.now));
  world.objects.clear();
}

function expectToldAsCancelled(world: World): void {
  const told = distinct(world.eventsOf('InferenceFailed'));
  expect(told).toHaveLength(1);
  expect(InferenceFailed.parse(told[0]?.detail)).toMatchObject({
    metadata: { id: 'default#invoice-1#end' },
    data: { reason: 'cancelled' },
  });
  expect(world.events).toHaveLength(world.eventsOf('InferenceFailed').length + world.eventsOf('InferenceDeferred').length);
  expect([world.queue.size(), world.rejected.length]).toEqual([0, 0]);
  expect(world.item('invoice-1')?.record?.reason).toBe('cancelled');
}

describe('a request that was cancelled', () => {
  it('before its message came is told and replied to by that message, and asked of no model', async () => {
    const world = makeWorld();
    accept(world, withReply());
    await cancel(world);
    world.send(withReply());
    expect(await world.receive()).toBe('republished');
    expectToldAsCancelled(world);
    expect(world.replies).toMatchObject([{ queue: 'signalbox-reply-reports', result: { status: 'failed', reason: 'cancelled' } }]);
    expect(world.answersGiven).toBe(0);
  });

  it('while it waits for a model is told by the copy that waits, and asked no more', async () => {
    const world = makeWorld({ answer: waitingFor('unavailable') });
    world.send(withReply());
    expect(await world.receive()).toBe('deferred');
    await cancel(world);
    expect(await world.runUntilQuiet()).toEqual(['republished']);
    expectToldAsCancelled(world);
    expect(world.answersGiven).toBe(1);
  });

  it('while a model answers drops the answer, and the message comes again to tell of it', async () => {
    const world = makeWorld();
    world.send(withReply());
    world.interfere = async ({ name }): Promise<Interference> => {
      if (name === 'answer') await cancel(world);
      return 'none';
    };
    expect(await world.runUntilQuiet()).toEqual(['superseded', 'republished']);
    expectToldAsCancelled(world);
    expect(world.item('invoice-1')).not.toHaveProperty('output');
    expect(world.replies).toHaveLength(1);
  });

  it('while an answer waits for the table is not revived by it', async () => {
    const world = makeWorld();
    world.send();
    world.interfere = interfereWith({ 'store.finish': ['fail', 'fail', 'fail'] });
    expect(await world.receive()).toBe('deferred');
    expect([...world.objects.keys()].filter((key) => key.startsWith('stashed/'))).toHaveLength(1);
    await cancel(world);
    expect(await world.runUntilQuiet()).toEqual(['republished']);
    expectToldAsCancelled(world);
  });

  it('is a duplicate for a second message with the same body', async () => {
    const world = makeWorld({ answer: waitingFor('unavailable') });
    world.send();
    await world.receive();
    await cancel(world);
    world.send();
    expect((await world.runUntilQuiet()).toSorted()).toEqual(['duplicate', 'republished']);
    expectToldAsCancelled(world);
  });

  it('is told by the sweeper within minutes when neither its producer nor a message did', async () => {
    const world = makeWorld();
    accept(world, requestBody());
    await cancel(world);
    const { store, events, clock } = world;
    const sweep = createSweepDeadlines({ store, publish: async (event) => void events.push(event), stage: 'test', now: () => clock.now });
    world.clock.advance(61_000);
    expect(await sweep()).toBe(1);
    expect(await sweep()).toBe(0);
    expectToldAsCancelled(world);
  });

  it('and whose upload is gone is not turned away when its message comes', async () => {
    const world = makeWorld();
    const body = requestBody({ messages: undefined, payload: uploadPayload(world, question) });
    accept(world, body);
    await cancel(world);
    world.objects.clear();
    world.send(body);
    expect(await world.receive()).toBe('republished');
    expectToldAsCancelled(world);
  });
});

describe('a request that was erased', () => {
  it('is told and replied to again by its own message without its content', async () => {
    const world = makeWorld({ answer: async (input) => answeredOutput(input, 'x'.repeat(20_000)) });
    world.send(withReply());
    world.interfere = interfereWith({ 'queues.delete': ['fail'] });
    await world.receive();
    await erase(world);
    expect(await world.runUntilQuiet()).toEqual(['republished']);
    const [, again] = world.events;
    expect(again?.detail.metadata.id).toBe('default#invoice-1#end');
    expect(JSON.stringify(again)).not.toContain('spring');
    const result = InferenceResult.parse(world.replies.at(-1)?.result);
    expect(result).toMatchObject({ status: 'succeeded', erasedAt: expect.any(String) });
    for (const name of ['output', 'outputUrl', 'labels']) expect(result).not.toHaveProperty(name);
    expect(world.answersGiven).toBe(1);
  });

  it('between a claim and the reading of its answer is replied to without it, a little later', async () => {
    const world = makeWorld({ answer: async (input) => answeredOutput(input, 'x'.repeat(20_000)) });
    world.send(withReply());
    world.interfere = interfereWith({ 'queues.reply': ['fail'] });
    await world.receive();
    world.interfere = async ({ name }): Promise<Interference> => {
      if (name === 'outputs.read') await erase(world);
      return 'none';
    };
    expect(await world.runUntilQuiet()).toEqual(['republished', 'republished']);
    expect(world.replies).toHaveLength(1);
    expect(world.replies[0]?.result).not.toHaveProperty('output');
    expect(world.queue.size()).toBe(0);
  });

  it('is not asked again by a late duplicate, even though its upload is gone', async () => {
    const world = makeWorld();
    const body = requestBody({ messages: undefined, payload: uploadPayload(world, question) });
    world.send(body);
    await world.receive();
    expect(world.item('invoice-1')?.payloadKey).toBe('payloads/default/content.json');
    await erase(world);
    world.send(body);
    expect(await world.receive()).toBe('duplicate');
    expect([world.answersGiven, world.rejected.length, world.events.length]).toEqual([1, 0, 1]);
    expect(world.item('invoice-1')).not.toHaveProperty('output');
  });
});

it('keeps no payload key outside the tenant’s own part of the bucket', async () => {
  const world = makeWorld();
  const own = requestBody({ messages: undefined, payload: uploadPayload(world, question) });
  world.send(own);
  world.interfere = interfereWith({ answer: ['kill'] });
  const messageId = world.queue.sent[0]?.messageId ?? '';
  await world.receive();
  const foreign = requestBody({ messages: undefined, payload: { ...uploadPayload(world, question), key: 'payloads/other/content.json' } });
  world.send(foreign, { attributes: { 'origin-message-id': messageId, deferrals: '1' } });
  await world.receive();
  expect(world.item('invoice-1')).toMatchObject({ hash: requestHash(own) });
  expect(world.item('invoice-1')?.payloadKey).toBeUndefined();
});

it('tells of a cancelled request what its gateway tells', () => {
  const item = { key: 'acme#a', status: 'accepting' as const, deferrals: 0 };
  const ending = { status: 'failed' as const, reason: 'cancelled' as const, error: { code: 'cancelled', message: 'x' } };
  const record = unansweredRecord({ item, now: 1_790_000_000_000, ending });
  expect(InferenceFailed.parse(toTerminalEvent(record, { stage: 'test' })?.detail).data).toMatchObject({
    route: 'default',
    priority: 'standard',
  });
});
