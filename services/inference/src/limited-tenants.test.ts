import type { Limited, Reservation } from '@signalbox/limits';
import { UnavailableError } from '@signalbox/runtime/errors';
import { describe, expect, it, vi } from 'vitest';
import { makeWorld, requestBody, type World } from './testing/make-world.ts';
import { waitingFor } from './testing/scripted-answer.ts';
import { START } from './testing/virtual-clock.ts';

function limited(stated: Partial<Limited> = {}): Limited {
  return {
    kind: 'limited',
    limit: 'requests-per-minute',
    scope: 'tenant',
    allowed: 10,
    needed: 1,
    left: 0,
    resetsAt: START + 42_000,
    retryAfterMs: 42_000,
    ...stated,
  };
}

function raise(): never {
  throw new Error('nothing was reserved');
}

/** Every reservation, and what became of it. */
function watch(world: World, refusals: Limited[] = []) {
  const seen: { asked: Reservation; settled: unknown[]; released: number }[] = [];
  world.reserve = async (asked) => {
    const refusal = refusals.shift();
    if (refusal) return refusal;
    const one = { asked, settled: [] as unknown[], released: 0 };
    seen.push(one);
    return { kind: 'granted', settle: (used) => void one.settled.push(used), release: () => void one.released++ };
  };
  return seen;
}

describe('a tenant over its limit', () => {
  it('waits until its limit resets: parked without a call, then answered', async () => {
    const world = makeWorld();
    const seen = watch(world, [limited()]);
    const answer = vi.fn(world.answer);
    world.answer = answer;
    world.send();
    expect(await world.receive()).toBe('limited');
    expect(answer).not.toHaveBeenCalled();
    // The limit's 42 s, and a quarter of it by chance, so that not all come back together.
    expect(world.queue.sent[1]).toMatchObject({ visibleAt: START + 53_000, attributes: { deferrals: '1', 'brief-deferrals': '1' } });
    expect(await world.runUntilQuiet()).toEqual(['completed']);
    expect(seen).toHaveLength(1);
    expect(world.item('invoice-1')?.status).toBe('succeeded');
  });

  it('is told why, with what is left and when it resets', async () => {
    const world = makeWorld();
    watch(world, [limited({ limit: 'usd-per-day', scope: 'route', allowed: 5, needed: 0.02, left: 0.0125 })]);
    world.send();
    await world.receive();
    expect(world.eventsOf('InferenceDeferred').map(({ detail }) => detail.data)).toMatchObject([
      {
        reason: `limited: usd-per-day of the route is 5: 0.02 needed, 0.0125 left, resets at ${new Date(START + 42_000).toISOString()}`,
        attempts: [],
      },
    ]);
  });

  it('ends with its deadline when its limit does not reset before', async () => {
    const world = makeWorld();
    watch(world, Array(100).fill(limited({ retryAfterMs: 86_400_000 })));
    world.send(requestBody({ deadline: new Date(START + 3_600_000).toISOString() }));
    const receipts = await world.runUntilQuiet();
    expect(receipts.at(-1)).toBe('expired');
    expect(receipts.slice(0, -1).every((receipt) => receipt === 'limited')).toBe(true);
    // Nobody asks again more often than every quarter of an hour for a day's limit.
    expect(receipts.length).toBeLessThan(8);
  });
});

describe('a tenant within its limits', () => {
  it('has its estimate reserved under the route that was asked for, and settled by what it used', async () => {
    const world = makeWorld();
    const seen = watch(world);
    world.send(requestBody({ tenant: 'acme', labels: { team: 'search' } }));
    await world.receive();
    const { asked, settled } = seen[0] ?? raise();
    expect(asked).toMatchObject({ tenant: 'acme', route: 'default' });
    expect((asked.tokens as () => number)()).toBeGreaterThan(100);
    expect((asked.usd as () => number)()).toBeGreaterThan(0);
    expect(settled).toMatchObject([{ tokens: 30, usd: 0.000_01 }]);
    expect(world.counted).toMatchObject([
      { tenant: 'acme', route: 'default', labels: { team: 'search' }, requests: 1, inputTokens: 10, outputTokens: 20, usd: 0.000_01 },
    ]);
  });

  it('pays for calls that gave no answer, and is counted as one request when it ends', async () => {
    const world = makeWorld();
    const seen = watch(world);
    world.answer = waitingFor('unavailable', { attempts: [] });
    world.send();
    await world.receive();
    expect(seen).toMatchObject([{ settled: [], released: 1 }]);
    world.answer = waitingFor('unavailable');
    world.clock.now = world.queue.nextVisibleAt() ?? 0;
    await world.receive();
    expect(seen[1]).toMatchObject({ settled: [{ tokens: 0, usd: 0 }], released: 0 });
    expect(world.counted.map(({ requests }) => requests)).toEqual([0, 0]);
  });

  it('gets back what a failed attempt loop had reserved', async () => {
    const world = makeWorld();
    const seen = watch(world);
    world.answer = async () => {
      throw new TypeError('a bug');
    };
    world.send();
    expect(await world.receive()).toMatchObject({ error: expect.any(TypeError) });
    expect(seen).toMatchObject([{ settled: [], released: 1 }]);
  });
});

it('lets a request wait while limits cannot be looked up', async () => {
  const world = makeWorld();
  const { reserve } = world;
  world.reserve = async () => {
    throw new UnavailableError({ message: 'The limits table could not be reached.' });
  };
  world.send();
  expect(await world.receive()).toBe('deferred');
  expect(world.notes).toMatchObject([{ detail: { error: 'The limits table could not be reached.' } }]);
  world.reserve = reserve;
  expect(await world.runUntilQuiet()).toEqual(['completed']);
});
