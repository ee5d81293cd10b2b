import { InferenceFailed } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { readDelivery } from './delivery.ts';
import { createFinishDeadLetter } from './finish-dead-letter.ts';
import { interfereWith, makeWorld, requestBody, START, type World } from './testing/index.ts';

/** Finishes every message that the world's queue gave up. */
async function finishDead(world: World): Promise<void> {
  const finish = createFinishDeadLetter({
    store: world.store,
    keep: async ({ key, json }) => void world.objects.set(key, json),
    publish: async (event) => void world.events.push(event),
    stage: 'test',
    now: () => world.clock.now,
  });
  for (const record of world.queue.dead) await finish(readDelivery(record));
}

/** A world in which each receive of the first message crashes its worker. */
async function crashing(body: unknown): Promise<World> {
  const world = makeWorld();
  world.interfere = interfereWith({ answer: 'kill', 'store.reject': 'kill' });
  world.send(body);
  await world.runUntilQuiet();
  expect(world.callNames().filter((name) => name === 'answer' || name === 'store.reject')).toHaveLength(20);
  return world;
}

describe('a message that crashed its worker twenty times', () => {
  it('is kept, and its request ends as failed, dead-lettered', async () => {
    const body = requestBody({ tenant: 'acme', route: 'default', priority: 'bulk' });
    const world = await crashing(body);
    await finishDead(world);
    expect(world.item('invoice-1', 'acme')).toMatchObject({
      status: 'failed',
      record: { reason: 'dead-lettered', priority: 'bulk', messageId: 'message-1', error: { code: 'dead_lettered' } },
    });
    const kept = JSON.parse(String(world.objects.get('dead-letters/2026-09-21/message-1.json')));
    expect(kept).toMatchObject({ body: JSON.stringify(body), origin: 'message-1', acceptedAt: START });
    expect(InferenceFailed.parse(world.events[0]?.detail)).toMatchObject({
      metadata: { id: 'acme#invoice-1#end' },
      data: { reason: 'dead-lettered' },
    });
  });

  it('tells the same event when it comes a second time', async () => {
    const world = await crashing(requestBody());
    await finishDead(world);
    world.clock.advance(60_000);
    await finishDead(world);
    expect(world.events).toHaveLength(2);
    expect(world.events[1]).toEqual(world.events[0]);
  });

  it('that is not even JSON ends under its message id', async () => {
    const world = await crashing('no JSON');
    await finishDead(world);
    expect(world.item('message-1')?.record).toMatchObject({ status: 'failed', reason: 'dead-lettered', route: 'default' });
  });

  it('does not touch a request of its id that another message ended', async () => {
    const world = makeWorld();
    world.send();
    await world.runUntilQuiet();
    const before = structuredClone(world.item('invoice-1'));
    world.interfere = interfereWith({ publish: 'kill' });
    world.send(requestBody({ messages: [{ role: 'user', content: [{ text: 'Another question' }] }] }));
    await world.runUntilQuiet();
    const told = world.events.length;
    await finishDead(world);
    expect(world.queue.dead).toHaveLength(1);
    expect(world.item('invoice-1')).toEqual(before);
    expect(world.events).toHaveLength(told);
    expect([...world.objects.keys()]).toEqual(['dead-letters/2026-09-21/message-2.json']);
  });

  it('after its answer was recorded still tells the answer', async () => {
    const world = makeWorld();
    world.interfere = interfereWith({ publish: 'kill' });
    world.send();
    await world.runUntilQuiet();
    await finishDead(world);
    expect(world.item('invoice-1')?.status).toBe('succeeded');
    expect(world.events.map(({ detailType }) => detailType)).toEqual(['InferenceCompleted']);
  });

  it('is not recorded before it is kept', async () => {
    const world = await crashing(requestBody());
    const finish = createFinishDeadLetter({
      store: world.store,
      keep: () => Promise.reject(new Error('S3 is down.')),
      publish: async (event) => void world.events.push(event),
      stage: 'test',
      now: () => world.clock.now,
    });
    await expect(finish(readDelivery(world.queue.dead[0] as never))).rejects.toThrow('S3 is down.');
    expect(world.item('invoice-1')?.status).toBe('running');
    expect(world.events).toEqual([]);
  });
});
