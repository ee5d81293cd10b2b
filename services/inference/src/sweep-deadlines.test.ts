import { InferenceExpired, InferenceFailed, type OutgoingEvent } from '@signalbox/contracts';
import { syncOwner } from '@signalbox/runtime';
import { beforeEach, describe, expect, it } from 'vitest';
import { createSweepDeadlines } from './sweep-deadlines.ts';
import { answeredWith, interfereWith, makeWorld, requestBody, START, type World, waitingFor } from './testing/index.ts';

const MINUTE_MS = 60_000;
const deadline = new Date(START + 10 * MINUTE_MS).toISOString();

function sweeping(world: World, publish: (event: OutgoingEvent) => Promise<void> = async (event) => void world.events.push(event)) {
  return createSweepDeadlines({ store: world.store, publish, stage: 'test', now: () => world.clock.now });
}

/** A world whose request is claimed and whose worker was killed for good: its message is gone. */
async function abandoned(body: object): Promise<World> {
  const world = makeWorld();
  world.interfere = interfereWith({ answer: ['kill'] });
  world.send(body);
  await world.receive();
  return world;
}

describe('the sweeper', () => {
  let world: World;
  beforeEach(async () => {
    world = await abandoned(requestBody({ deadline, tenant: 'acme' }));
  });

  it('ends an open request a minute after its deadline, and tells it', async () => {
    world.clock.now = START + 11 * MINUTE_MS + 1;
    expect(await sweeping(world)()).toBe(1);
    expect(world.item('invoice-1', 'acme')?.record).toMatchObject({
      status: 'expired',
      tenant: 'acme',
      route: 'default',
      priority: 'standard',
      messageId: 'message-1',
      deadline,
      labels: { campaign: 'spring' },
      timing: { totalMs: 11 * MINUTE_MS + 1 },
    });
    expect(InferenceExpired.parse(world.events[0]?.detail)).toMatchObject({ metadata: { id: 'acme#invoice-1#end' }, data: { deadline } });
    expect(await sweeping(world)()).toBe(0);
    expect(world.events).toHaveLength(1);
  });

  it('leaves it to its worker until then', async () => {
    world.clock.now = START + 11 * MINUTE_MS;
    expect(await sweeping(world)()).toBe(0);
    expect(world.item('invoice-1', 'acme')?.status).toBe('running');
  });

  it('tells in the next sweep what it could not tell when it ended it', async () => {
    world.clock.now = START + 12 * MINUTE_MS;
    const failing = sweeping(world, () => Promise.reject(new Error('The bus is down.')));
    await expect(failing()).rejects.toThrow('1 of 1 overdue requests could not be ended');
    const endedAt = world.item('invoice-1', 'acme')?.record?.finishedAt;
    world.clock.advance(5 * MINUTE_MS);
    expect(await sweeping(world)()).toBe(1);
    expect(world.events).toMatchObject([{ detail: { metadata: { id: 'acme#invoice-1#end', occurredAt: endedAt } } }]);
    expect(await sweeping(world)()).toBe(0);
  });

  it('makes the finish of a worker that comes later fail, which then sends nothing', async () => {
    const late = makeWorld({ answer: waitingFor('unavailable') });
    late.answer = async (input) => {
      late.clock.now = START + 12 * MINUTE_MS;
      await sweeping(late)();
      return answeredWith('Paris.')(input);
    };
    late.send(requestBody({ deadline }));
    expect(await late.receive()).toBe('superseded');
    expect(late.item('invoice-1')?.record?.status).toBe('expired');
    expect(late.events.map(({ detailType }) => detailType)).toEqual(['InferenceExpired']);
  });

  it('leaves the message of a swept request to tell the same event, and to reply', async () => {
    const parked = makeWorld({ answer: waitingFor('unavailable') });
    parked.send(requestBody({ deadline, reply: { queue: 'reports' } }));
    await parked.receive();
    parked.clock.now = START + 12 * MINUTE_MS;
    await sweeping(parked)();
    expect(await parked.runUntilQuiet()).toEqual(['republished']);
    expect(parked.replies).toMatchObject([{ result: { status: 'expired' } }]);
    const [swept, told] = parked.eventsOf('InferenceExpired');
    expect(told).toEqual(swept);
  });

  it('ends a request that the gateway accepted and whose message never came', async () => {
    const waiting = makeWorld();
    const { store, clock } = waiting;
    const accepted = {
      key: 'default#invoice-9',
      status: 'accepted' as const,
      deferrals: 0,
      deadline: START,
      acceptedAt: START - 5,
      isOpen: true,
    };
    (store.items as Map<string, typeof accepted>).set(accepted.key, accepted);
    clock.now = START + 2 * MINUTE_MS;
    expect(await sweeping(waiting)()).toBe(1);
    expect(waiting.item('invoice-9')?.record).toMatchObject({ status: 'expired', messageId: 'unknown', priority: 'standard' });
  });

  it('ends as abandoned what was answered while its caller waited, and whose process was killed', async () => {
    const killed = makeWorld();
    const item = {
      key: 'acme#chatcmpl-1',
      status: 'running' as const,
      owner: syncOwner('chatcmpl-1'),
      deferrals: 0,
      deadline: START,
      acceptedAt: START - 5,
      isOpen: true,
    };
    (killed.store.items as Map<string, typeof item>).set(item.key, item);
    killed.clock.now = START + 2 * MINUTE_MS;
    expect(await sweeping(killed)()).toBe(1);
    expect(killed.item('chatcmpl-1', 'acme')?.record).toMatchObject({ status: 'failed', reason: 'abandoned' });
    expect(InferenceFailed.parse(killed.events[0]?.detail)).toMatchObject({ data: { id: 'chatcmpl-1', reason: 'abandoned' } });
  });

  it('ends the others although one cannot be read, and fails for that one', async () => {
    const { store, clock } = world;
    clock.now = START + 12 * MINUTE_MS;
    const getByKey = async (key: string) => {
      if (key === 'default#broken') throw new Error('Inference default#broken has no valid status in the table.');
      return store.getByKey(key);
    };
    const findOverdue = async (now: number, limit: number) => ['default#broken', ...(await store.findOverdue(now, limit)), 'default#gone'];
    const publish = async (event: OutgoingEvent) => void world.events.push(event);
    const sweep = createSweepDeadlines({ store: { ...store, getByKey, findOverdue }, publish, stage: 'test', now: () => clock.now });
    await expect(sweep()).rejects.toThrow('1 of 3');
    expect(world.eventsOf('InferenceExpired')).toHaveLength(1);
  });
});
