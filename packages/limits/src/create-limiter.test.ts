import { UnavailableError } from '@signalbox/runtime/errors';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createLimiter } from './create-limiter.ts';
import { describeLimit, type Limited } from './describe-limit.ts';
import type { Granted, Reservation } from './reservation.ts';
import type { TenantLimits } from './tenant-limits.ts';
import { createMemoryStore, limitsFor, type MemoryStore } from './testing/memory-store.ts';

const NINE = Date.parse('2026-09-21T09:00:00.000Z');
const ASK: Reservation = { tenant: 'acme', route: 'default', tokens: 100, usd: 0.01 };

let store: MemoryStore;
let time: number;
beforeEach(() => {
  store = createMemoryStore();
  time = NINE;
});

function set(limits: TenantLimits['limits'], routes?: TenantLimits['routes']): void {
  store.tenants.set('acme', limitsFor('acme', limits, routes));
}

/** A process of its own. Its timers run when the test says so. */
function startProcess() {
  const timers: { at: number; run: () => void }[] = [];
  const errors: unknown[] = [];
  const limiter = createLimiter({
    store,
    now: () => time,
    random: () => 0.5,
    sleep: async () => undefined,
    later: (ms, run) => void timers.push({ at: time + ms, run }),
    onError: (error) => void errors.push(error),
  });
  return {
    ...limiter,
    timers,
    errors,
    async granted(ask: Partial<Reservation> = {}): Promise<Granted> {
      const reserved = await limiter.reserve({ ...ASK, ...ask });
      if (reserved.kind !== 'granted') throw new Error(describeLimit(reserved));
      return reserved;
    },
    async limited(ask: Partial<Reservation> = {}): Promise<Limited> {
      const reserved = await limiter.reserve({ ...ASK, ...ask });
      if (reserved.kind !== 'limited') throw new Error('it was granted');
      return reserved;
    },
    /** How many are granted before the first that is not. */
    async grantsInARow(most = 1_000, ask: Partial<Reservation> = {}): Promise<number> {
      let count = 0;
      while (count < most && (await limiter.reserve({ ...ASK, ...ask })).kind === 'granted') count++;
      return count;
    },
  };
}

async function pass(ms: number, ...processes: ReturnType<typeof startProcess>[]): Promise<void> {
  time += ms;
  for (const { timers } of processes) for (const { run } of timers.splice(0)) run();
  await vi.waitFor(() => undefined);
  await new Promise((resolve) => setImmediate(resolve));
}

describe('a tenant without limits', () => {
  it.each<[string, () => void]>([
    ['that nobody knows', () => undefined],
    ['whose limits say nothing', () => set({})],
    ['with limits on another route', () => set({}, { other: { requestsPerMinute: 1 } })],
  ])('%s costs no call, and nothing is worked out for it', async (_what, prepare) => {
    prepare();
    const worker = startProcess();
    const tokens = vi.fn(() => 1);
    for (let count = 0; count < 100; count++) (await worker.granted({ tokens })).settle({ tokens: 5, usd: 1 });
    await worker.flush();
    expect([store.calls, tokens.mock.calls, worker.timers]).toEqual([{ read: 0, write: 0 }, [], []]);
  });
});

describe('requests per minute', () => {
  it('are granted up to the limit, and again with the next minute', async () => {
    set({ requestsPerMinute: 5 });
    const worker = startProcess();
    expect(await worker.grantsInARow()).toBe(5);
    expect(await worker.limited()).toEqual({
      kind: 'limited',
      limit: 'requests-per-minute',
      scope: 'tenant',
      allowed: 5,
      needed: 1,
      left: 0,
      resetsAt: NINE + 60_000,
      retryAfterMs: 60_000,
    });
    time += 60_000;
    expect(await worker.grantsInARow()).toBe(5);
  });

  it('of a route bind that route alone', async () => {
    set({}, { default: { requestsPerMinute: 2 } });
    const worker = startProcess();
    expect(await worker.grantsInARow()).toBe(2);
    expect(await worker.limited()).toMatchObject({ scope: 'route', allowed: 2 });
    expect(await worker.grantsInARow(10, { route: 'other' })).toBe(10);
  });

  it('cost a write per block and not per request', async () => {
    set({ requestsPerMinute: 10_000 });
    const worker = startProcess();
    expect(await worker.grantsInARow(1_000)).toBe(1_000);
    // 2 % of what is left: 200, 198, 194, 190, 186 …
    expect(store.calls).toEqual({ read: 1, write: 6 });
  });

  it('that are refused do not ask the store each time', async () => {
    set({ requestsPerMinute: 1 });
    const worker = startProcess();
    await worker.granted();
    await worker.limited();
    const before = { ...store.calls };
    for (let count = 0; count < 50; count++) await worker.limited();
    expect(store.calls).toEqual(before);
  });

  it('come back when a request is released', async () => {
    set({ requestsPerMinute: 1 });
    const worker = startProcess();
    (await worker.granted()).release();
    expect(await worker.grantsInARow()).toBe(1);
  });

  it('are the same for all that ask at once', async () => {
    set({ requestsPerMinute: 7 });
    const workers = [startProcess(), startProcess(), startProcess()];
    const all = await Promise.all(workers.flatMap((worker) => Array.from({ length: 5 }, () => worker.reserve(ASK))));
    expect(all.filter(({ kind }) => kind === 'granted')).toHaveLength(7);
  });
});

describe('tokens per minute', () => {
  it('are reserved by the estimate, and settled by what was used', async () => {
    set({ tokensPerMinute: 1_000 });
    const worker = startProcess();
    const first = await worker.granted({ tokens: 900 });
    expect(await worker.limited({ tokens: 200 })).toMatchObject({ limit: 'tokens-per-minute', needed: 200, left: 100 });
    first.settle({ tokens: 300, usd: null });
    time += 1_000;
    expect(await worker.grantsInARow(10, { tokens: 200 })).toBe(3);
  });

  it('keep their estimate when nobody knows what was used', async () => {
    set({ tokensPerMinute: 1_000 });
    const worker = startProcess();
    (await worker.granted({ tokens: 900 })).settle({ tokens: null, usd: null });
    expect(await worker.limited({ tokens: 200 })).toMatchObject({ left: 100 });
  });

  it('can be too few for a request at any time, and the refusal says so', async () => {
    set({ tokensPerMinute: 1_000 });
    const refused = await startProcess().limited({ tokens: 5_000 });
    expect(describeLimit(refused)).toBe(
      'tokens-per-minute of the tenant is 1000: 5000 needed, 1000 left, resets at 2026-09-21T09:01:00.000Z; a request of this size can never have it',
    );
  });

  it('count against the minute in which they turn out to be more', async () => {
    set({ tokensPerMinute: 1_000 });
    const worker = startProcess();
    const long = await worker.granted({ tokens: 100 });
    time += 60_000;
    long.settle({ tokens: 900, usd: null });
    expect(await worker.limited({ tokens: 300 })).toMatchObject({ left: 200 });
  });
});

describe('concurrency', () => {
  it('lets in whoever finds a slot, in any process, as soon as one is told free', async () => {
    set({ concurrency: 2 });
    const [one, other] = [startProcess(), startProcess()];
    const first = await one.granted();
    await other.granted();
    expect(await one.limited()).toMatchObject({ limit: 'concurrency', left: 0, retryAfterMs: 2_000 });
    first.settle({ tokens: 1, usd: 0 });
    await one.flush();
    time += 1_000;
    await other.granted();
  });

  it('is held for as long as a call takes, while its process lives', async () => {
    set({ concurrency: 1 });
    const [one, other] = [startProcess(), startProcess()];
    const call = await one.granted();
    for (let seconds = 0; seconds < 60; seconds += 4) {
      await pass(4_000, one);
      await other.limited();
    }
    call.settle({ tokens: 1, usd: 0 });
    await one.flush();
    time += 1_000;
    await other.granted();
  });

  it('is free again when its process died', async () => {
    set({ concurrency: 1 });
    const [one, other] = [startProcess(), startProcess()];
    await one.granted();
    time += 9_000;
    await other.limited();
    time += 1_001;
    await other.granted();
  });
});

describe('money', () => {
  it('is held by the estimate and counted by what it was', async () => {
    set({ usdPerDay: 1 });
    const worker = startProcess();
    const call = await worker.granted({ usd: 0.9 });
    await worker.limited({ usd: 0.2 });
    call.settle({ tokens: 1, usd: 0.5 });
    expect(await worker.grantsInARow(9, { usd: 0.2 })).toBe(2);
  });

  it('refuses until the day ends, and what has no price too', async () => {
    set({ usdPerDay: 1 });
    const worker = startProcess();
    (await worker.granted({ usd: 0.5 })).settle({ tokens: 1, usd: 1.25 });
    expect(await worker.limited({ usd: null })).toMatchObject({
      limit: 'usd-per-day',
      left: 0,
      resetsAt: Date.parse('2026-09-22T00:00:00.000Z'),
      retryAfterMs: 15 * 3_600_000,
    });
    time = Date.parse('2026-09-22T00:00:00.000Z');
    await worker.granted({ usd: 0.5 });
  });

  it('of the month outlasts the day', async () => {
    set({ usdPerDay: 1, usdPerMonth: 1.5 });
    const worker = startProcess();
    (await worker.granted({ usd: 1 })).settle({ tokens: 1, usd: 1 });
    time += 86_400_000;
    expect(await worker.limited({ usd: 1 })).toMatchObject({
      limit: 'usd-per-month',
      left: 0.5,
      resetsAt: Date.parse('2026-10-01T00:00:00.000Z'),
    });
  });

  it('that was spent is told with the flush, so that another process knows', async () => {
    set({ usdPerDay: 1 });
    const [one, other] = [startProcess(), startProcess()];
    (await one.granted({ usd: 0.9 })).settle({ tokens: 1, usd: 0.9 });
    await one.flush();
    const { write } = store.calls;
    await one.flush();
    expect(store.calls.write).toBe(write);
    time += 20_000;
    expect(await other.limited({ usd: 0.2 })).toMatchObject({ left: 0.1 });
  });

  it('that a dead process held is there again after ten seconds', async () => {
    set({ usdPerDay: 1 });
    await startProcess().granted({ usd: 1 });
    const other = startProcess();
    await other.limited({ usd: 1 });
    time += 10_001;
    await other.granted({ usd: 1 });
  });
});

it('is settled once', async () => {
  set({ usdPerDay: 1 });
  const worker = startProcess();
  const call = await worker.granted({ usd: 0.5 });
  call.settle({ tokens: 1, usd: 0.5 });
  call.settle({ tokens: 1, usd: 0.5 });
  call.release();
  expect(await worker.grantsInARow(9, { usd: 0.25 })).toBe(2);
});

describe('while the store is away', () => {
  const away = async () => {
    throw new UnavailableError({ message: 'The limits table could not be reached.' });
  };

  it('money is spent no further than what was leased', async () => {
    set({ usdPerDay: 10 });
    const worker = startProcess();
    await worker.granted({ usd: 0.01 });
    store.before = away;
    // 2 % of 10 dollars, of which one cent is gone.
    for (let count = 0; count < 19; count++) await worker.granted({ usd: 0.01 });
    await expect(worker.reserve({ ...ASK, usd: 0.01 })).rejects.toThrow(UnavailableError);
  });

  it('rates go on for a minute by what was last granted', async () => {
    set({ requestsPerMinute: 500 });
    const worker = startProcess();
    await worker.granted();
    store.before = away;
    expect(await worker.grantsInARow(40)).toBe(40);
    expect(worker.errors.length).toBeGreaterThan(0);
    time += 61_000;
    await expect(worker.reserve(ASK)).rejects.toThrow(UnavailableError);
  });

  it('a process that never reached it grants nothing', async () => {
    set({ requestsPerMinute: 500 });
    store.before = away;
    await expect(startProcess().reserve(ASK)).rejects.toThrow(UnavailableError);
  });

  it('what could not be told is told later', async () => {
    set({ usdPerDay: 1 });
    const [one, other] = [startProcess(), startProcess()];
    (await one.granted({ usd: 0.9 })).settle({ tokens: 1, usd: 0.9 });
    store.before = away;
    await one.flush();
    expect(one.errors).toHaveLength(1);
    store.before = async () => undefined;
    await one.flush();
    time += 20_000;
    await other.limited({ usd: 0.2 });
  });
});
