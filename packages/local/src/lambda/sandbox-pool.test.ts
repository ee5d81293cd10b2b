import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSandboxPool } from './sandbox-pool.ts';
import type { Sandbox } from './start-sandbox.ts';

const COLD_START_MS = 300;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A pool whose sandboxes are ready after a while, one at a time and in turn, and calls on it that each take their time. */
function createFixture({ limit = 100, streamLimit = 100, callLimit = 1000, startsFail = 0, isStream = false } = {}) {
  let started = 0;
  let queue = Promise.resolve();
  const startIn = (onReady: () => void, onExit: () => void, fails: boolean) => {
    queue = queue.then(() => new Promise<void>((resolve) => setTimeout(resolve, COLD_START_MS))).then(fails ? onExit : onReady);
    return queue;
  };
  const ready = new Map<Sandbox, Promise<void>>();
  const pool = createSandboxPool({
    limit,
    streamLimit,
    callLimit,
    now: () => Date.now(),
    start: ({ onReady, onExit }) => {
      started += 1;
      let isAlive = true;
      const end = () => {
        isAlive = false;
        onExit(sandbox);
      };
      const sandbox: Sandbox = {
        accessKeyId: `key-${started}`,
        isAlive: () => isAlive,
        kill: async () => end(),
        invoke: () => Promise.reject(new Error('a pool hands out sandboxes and invokes none')),
      };
      ready.set(
        sandbox,
        startIn(() => onReady(sandbox), end, started <= startsFail),
      );
      return sandbox;
    },
  });
  const call = async (ms: number): Promise<'answered' | 'throttled' | 'failed'> => {
    const sandbox = await pool.acquireSoon({ isStream });
    if (sandbox === undefined) return 'throttled';
    await ready.get(sandbox);
    if (!sandbox.isAlive()) return 'failed';
    await new Promise((resolve) => setTimeout(resolve, ms));
    pool.release(sandbox);
    return 'answered';
  };
  const callAll = (count: number, ms: number) => Promise.all(Array.from({ length: count }, () => call(ms)));
  return { pool, call, callAll, started: () => started };
}

/** Lets time pass until the work is done, and says how long that took. */
async function pass<Value>(work: Promise<Value>): Promise<{ value: Value; ms: number }> {
  const from = Date.now();
  let done: { value: Value } | undefined;
  void work.then((value) => {
    done = { value };
  });
  for (let step = 0; done === undefined && step < 100_000; step++) await vi.advanceTimersByTimeAsync(10);
  if (done === undefined) throw new Error('the work is never done');
  return { ...done, ms: Date.now() - from };
}

const all = (count: number, ending: string) => Array.from({ length: count }, () => ending);

describe('many callers at once', () => {
  it.each([
    ['cold', false],
    ['warm', true],
  ])('are answered by few sandboxes when the function is quick, %s', async (_how, isWarm) => {
    const { call, callAll, started } = createFixture();
    if (isWarm) await pass(call(5));
    const { value, ms } = await pass(callAll(200, 5));
    expect(value).toEqual(all(200, 'answered'));
    expect(started()).toBeLessThanOrEqual(5);
    expect(ms).toBeLessThan(2_000);
  });

  it('have a sandbox each when the function is slow', async () => {
    const { callAll, started } = createFixture();
    const { value, ms } = await pass(callAll(20, 60_000));
    expect(value).toEqual(all(20, 'answered'));
    expect(started()).toBe(20);
    expect(ms).toBeLessThan(60_000 + 22 * COLD_START_MS);
  });

  it('have no more sandboxes than the limit, and all are answered', async () => {
    const { callAll, started } = createFixture({ limit: 3 });
    const { value } = await pass(callAll(12, 2_000));
    expect(value).toEqual(all(12, 'answered'));
    expect(started()).toBe(3);
  });

  it('are throttled at once beyond what may run and wait', async () => {
    const { pool, callAll } = createFixture({ limit: 4, callLimit: 4 });
    const { value } = await pass(callAll(6, 5));
    expect(value).toEqual([...all(4, 'answered'), ...all(2, 'throttled')]);
    expect(pool.count()).toMatchObject({ busy: 0, waiting: 0 });
  });

  it('try again when the only sandbox does not come up', async () => {
    const { callAll, started } = createFixture({ startsFail: 2 });
    const { value } = await pass(callAll(5, 5));
    expect(value).toEqual([...all(2, 'failed'), ...all(3, 'answered')]);
    expect(started()).toBeLessThanOrEqual(4);
  });

  it('are told so when the pool closes', async () => {
    const { pool, callAll } = createFixture();
    const calls = callAll(3, 60_000);
    await vi.advanceTimersByTimeAsync(COLD_START_MS / 2);
    await pool.close();
    expect((await pass(calls)).value).toEqual(['failed', 'throttled', 'throttled']);
    expect(pool.count()).toEqual({ sandboxes: 0, busy: 0, waiting: 0 });
  });
});

describe('one caller', () => {
  it('gets the sandbox that is free', async () => {
    const { call, started } = createFixture();
    await pass(call(5));
    const { ms } = await pass(call(5));
    expect(started()).toBe(1);
    expect(ms).toBeLessThan(COLD_START_MS);
  });

  it('behind a long call waits no longer than twice a start', async () => {
    const { pool, call, started } = createFixture();
    const long = call(60_000);
    await vi.advanceTimersByTimeAsync(COLD_START_MS + 10);
    const { ms } = await pass(call(5));
    expect(ms).toBeLessThanOrEqual(2 * COLD_START_MS + 110);
    expect(started()).toBe(2);
    expect(pool.count().busy).toBe(1);
    await pass(long);
  });
});

describe('many streams at once', () => {
  it('have a few sandboxes started at a time, until each that lasts has its own, beyond the limit of others', async () => {
    const { pool, callAll, started } = createFixture({ limit: 5, streamLimit: 30, isStream: true });
    const streams = callAll(20, 60_000);
    await vi.advanceTimersByTimeAsync(10);
    expect(started()).toBe(4);
    await vi.advanceTimersByTimeAsync(20 * COLD_START_MS);
    expect(pool.count()).toEqual({ sandboxes: 20, busy: 20, waiting: 0 });
    expect((await pass(streams)).value).toEqual(all(20, 'answered'));
  });

  it('wait in line at their limit', async () => {
    const { pool, callAll } = createFixture({ streamLimit: 6, isStream: true });
    const streams = callAll(10, 60_000);
    await vi.advanceTimersByTimeAsync(20 * COLD_START_MS);
    expect(pool.count()).toEqual({ sandboxes: 6, busy: 6, waiting: 4 });
    expect((await pass(streams)).value).toEqual(all(10, 'answered'));
  });

  it('that are short take the sandboxes that others free', async () => {
    const { callAll, started } = createFixture({ isStream: true });
    expect((await pass(callAll(100, 5))).value).toEqual(all(100, 'answered'));
    expect(started()).toBeLessThanOrEqual(8);
  });
});
