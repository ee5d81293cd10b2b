import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLimiter, type Limiter } from './create-limiter.ts';
import type { Granted } from './reservation.ts';
import type { TenantLimits } from './tenant-limits.ts';
import { createMemoryStore, limitsFor, type MemoryStore } from './testing/memory-store.ts';

/** A day's beginning, so that a run stays within the day. */
const START = Date.parse('2026-09-21T00:00:00.000Z');
const CENT = 10_000_000;

type Call = { granted: Granted; tokens: number; nanos: number; at: number };
type Worker = { limiter: Limiter; calls: Call[]; timers: { at: number; run: () => void }[]; isAlive: boolean };
type World = {
  now: number;
  store: MemoryStore;
  workers: Worker[];
  granted: Call[];
  spentNanos: number;
  /** What crashed workers took with them: under way, and their blocks at most. */
  crashed: { count: number; nanos: number };
};

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('reserve' as const),
      worker: fc.nat(3),
      tokens: fc.integer({ min: 1, max: 60 }),
      cents: fc.integer({ min: 1, max: 9 }),
    }),
  },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('settle' as const), worker: fc.nat(3), share: fc.integer({ min: 0, max: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('flush' as const), worker: fc.nat(3) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('pass' as const), seconds: fc.integer({ min: 1, max: 4 }) }) },
);
const crash = fc.record({ kind: fc.constant('crash' as const), worker: fc.nat(3) });
type Step = (typeof step extends fc.Arbitrary<infer T> ? T : never) | (typeof crash extends fc.Arbitrary<infer T> ? T : never);

/** Rounds of steps; those of a round begin at once, and their calls to the store take turns in any order. */
const calm = fc.array(fc.array(step, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 12 });
const stormy = fc.array(
  fc.array(fc.oneof({ weight: 12, arbitrary: step }, { weight: 1, arbitrary: crash }), { minLength: 1, maxLength: 6 }),
  { minLength: 1, maxLength: 12 },
);

function makeWorld(limits: TenantLimits['limits'], scheduler: fc.Scheduler): World {
  const store = createMemoryStore();
  store.tenants.set('acme', limitsFor('acme', limits));
  store.before = (operation) => scheduler.schedule(Promise.resolve(), operation);
  const world: World = { now: START, store, workers: [], granted: [], spentNanos: 0, crashed: { count: 0, nanos: 0 } };
  world.workers = [0, 1, 2, 3].map(() => startWorker(world));
  return world;
}

function startWorker(world: World): Worker {
  const timers: Worker['timers'] = [];
  const limiter = createLimiter({
    store: world.store,
    now: () => world.now,
    random: () => 0.5,
    sleep: async () => undefined,
    later: (ms, run) => void timers.push({ at: world.now + ms, run }),
    onError: (error) => {
      throw error;
    },
  });
  return { limiter, calls: [], timers, isAlive: true };
}

async function reserve(world: World, index: number, { tokens, cents }: { tokens: number; cents: number }): Promise<void> {
  const worker = world.workers[index];
  if (!worker) return;
  const reserved = await worker.limiter.reserve({ tenant: 'acme', route: 'default', tokens, usd: cents / 100 });
  if (reserved.kind === 'limited') return;
  const call = { granted: reserved, tokens, nanos: cents * CENT, at: world.now };
  world.granted.push(call);
  // Of a worker that died meanwhile nobody hears the answer.
  if (worker.isAlive) worker.calls.push(call);
  else world.crashed.nanos += call.nanos;
}

/** Never more than was estimated, in quarters of it. */
function settleOldest(world: World, index: number, share: number): void {
  const worker = world.workers[index];
  const call = worker?.calls.shift();
  if (!call) return;
  const [tokens, nanos] = [Math.ceil((call.tokens * share) / 4), (call.nanos * share) / 4];
  world.spentNanos += nanos;
  call.granted.settle({ tokens, usd: nanos / 1e9 });
  call.tokens = call.at >= world.now - (world.now % 60_000) ? tokens : call.tokens;
}

function kill(world: World, index: number): void {
  const worker = world.workers[index];
  if (!worker) return;
  worker.isAlive = false;
  world.crashed.count++;
  world.crashed.nanos += worker.calls.reduce((sum, { nanos }) => sum + nanos, 0);
  world.workers[index] = startWorker(world);
}

async function run(
  world: World,
  rounds: readonly (readonly Step[])[],
  scheduler: fc.Scheduler,
  check: (world: World) => void,
): Promise<void> {
  for (const round of rounds) {
    const under = round.map((one) => perform(world, one));
    await scheduler.waitIdle();
    await Promise.all(under);
    check(world);
    world.now += round.reduce((sum, one) => sum + (one.kind === 'pass' ? one.seconds * 1_000 : 0), 0) % 5_000;
    for (const worker of world.workers) runTimers(worker, world.now);
    await scheduler.waitIdle();
  }
}

async function perform(world: World, one: Step): Promise<void> {
  switch (one.kind) {
    case 'reserve':
      return reserve(world, one.worker, one);
    case 'settle':
      return settleOldest(world, one.worker, one.share);
    case 'flush':
      return world.workers[one.worker]?.limiter.flush();
    case 'crash':
      return kill(world, one.worker);
    case 'pass':
      return undefined;
  }
}

function runTimers({ timers }: Worker, now: number): void {
  const due = timers.filter(({ at }) => at <= now);
  timers.splice(0, timers.length, ...timers.filter(({ at }) => at > now));
  for (const { run: runTimer } of due) runTimer();
}

const inThisMinute = ({ granted, now }: World) => granted.filter(({ at }) => at >= now - (now % 60_000));
const underWay = ({ workers }: World) => workers.flatMap(({ calls }) => calls);
const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0);

describe('four processes, interleaved in any order', () => {
  it('never begin more requests in a minute than the limit', () =>
    fc.assert(
      fc.asyncProperty(fc.scheduler(), calm, fc.integer({ min: 1, max: 80 }), async (scheduler, rounds, limit) => {
        const world = makeWorld({ requestsPerMinute: limit }, scheduler);
        await run(world, rounds, scheduler, (at) => expect(inThisMinute(at).length).toBeLessThanOrEqual(limit));
      }),
      { numRuns: 150 },
    ));

  it('never use more tokens in a minute than the limit', () =>
    fc.assert(
      fc.asyncProperty(fc.scheduler(), calm, fc.integer({ min: 30, max: 400 }), async (scheduler, rounds, limit) => {
        const world = makeWorld({ tokensPerMinute: limit }, scheduler);
        await run(world, rounds, scheduler, (at) => expect(sum(inThisMinute(at).map(({ tokens }) => tokens))).toBeLessThanOrEqual(limit));
      }),
      { numRuns: 150 },
    ));

  it('never have more under way than there are slots', () =>
    fc.assert(
      fc.asyncProperty(fc.scheduler(), calm, fc.integer({ min: 1, max: 8 }), async (scheduler, rounds, limit) => {
        const world = makeWorld({ concurrency: limit }, scheduler);
        await run(world, rounds, scheduler, (at) => expect(underWay(at).length).toBeLessThanOrEqual(limit));
      }),
      { numRuns: 150 },
    ));

  it('never spend and reserve more than the money of a day, whatever else is limited', () =>
    fc.assert(
      fc.asyncProperty(fc.scheduler(), calm, fc.integer({ min: 5, max: 60 }), async (scheduler, rounds, cents) => {
        const world = makeWorld({ usdPerDay: cents / 100, usdPerMonth: 1, requestsPerMinute: 50, concurrency: 20 }, scheduler);
        await run(world, rounds, scheduler, (at) =>
          expect(at.spentNanos + sum(underWay(at).map(({ nanos }) => nanos))).toBeLessThanOrEqual(cents * CENT),
        );
      }),
      { numRuns: 150 },
    ));
});

describe('four processes that also die', () => {
  it('begin at most one block more for each death', () =>
    fc.assert(
      fc.asyncProperty(fc.scheduler(), stormy, fc.integer({ min: 1, max: 200 }), async (scheduler, rounds, limit) => {
        const world = makeWorld({ requestsPerMinute: limit }, scheduler);
        const block = Math.max(1, Math.floor(limit * 0.02));
        await run(world, rounds, scheduler, (at) => expect(inThisMinute(at).length).toBeLessThanOrEqual(limit + at.crashed.count * block));
      }),
      { numRuns: 200 },
    ));

  it('spend at most what the dead had under way and one block each beyond the money of a day', () =>
    fc.assert(
      fc.asyncProperty(fc.scheduler(), stormy, fc.integer({ min: 5, max: 60 }), async (scheduler, rounds, cents) => {
        const world = makeWorld({ usdPerDay: cents / 100 }, scheduler);
        await run(world, rounds, scheduler, (at) => {
          const lost = at.crashed.nanos + at.crashed.count * 9 * CENT;
          expect(at.spentNanos + sum(underWay(at).map(({ nanos }) => nanos))).toBeLessThanOrEqual(cents * CENT + lost);
        });
      }),
      { numRuns: 200 },
    ));

  it('leave nothing behind after ten seconds: all slots are free, and all money that was not spent', () =>
    fc.assert(
      fc.asyncProperty(fc.scheduler(), stormy, fc.integer({ min: 1, max: 8 }), async (scheduler, rounds, limit) => {
        const world = makeWorld({ concurrency: limit, usdPerDay: 1 }, scheduler);
        await run(world, rounds, scheduler, () => undefined);
        for (const index of world.workers.keys()) kill(world, index);
        world.now += 11_000;
        const heir = startWorker(world);
        const reserved = Array.from({ length: limit + 1 }, () =>
          heir.limiter.reserve({ tenant: 'acme', route: 'default', tokens: 1, usd: 0 }),
        );
        await scheduler.waitIdle();
        const kinds = (await Promise.all(reserved)).map(({ kind }) => kind);
        expect(kinds.filter((kind) => kind === 'granted')).toHaveLength(limit);
        const [money] = [world.store.states.get('acme')?.state.counters['usd-per-day']];
        expect(money?.used ?? 0).toBeLessThanOrEqual(world.spentNanos);
        // Each of the heir's calls holds the least amount there is.
        expect(sum(Object.values(money?.held ?? {}))).toBeLessThanOrEqual(limit + 20_000_000);
      }),
      { numRuns: 200 },
    ));
});
