import type { RoutingOverlay, RoutingTarget } from '@signalbox/contracts';
import { targetKey } from '@signalbox/contracts/target-key';
import { describe, expect, it } from 'vitest';
import { makeTarget } from '../testing/make-table.ts';
import { answered, failed, START } from '../testing/scripted-model.ts';
import { createLab } from './testing/create-lab.ts';
import type { TimedReply } from './testing/timed-model.ts';

const limits = { attemptMs: 60_000, maxTargets: 3, retryAfterMs: 5_000 };
const quick = (reply = answered()): TimedReply => ({ reply, takesMs: 100 });
const half = () => 0.5;

/** The fleet's word that a target bears only a share. */
function makeOverlay(target: RoutingTarget, share: number): RoutingOverlay {
  const entry = { state: 'closed', share, reason: 'throttled', since: START } as const;
  return { schemaVersion: '1.0', seq: 1, publishedAt: START, targets: { [targetKey(target)]: entry }, panic: [] };
}

/** `a` throttles its first calls, then answers; all others answer. */
function throttlesFirst(times: number, retryAfterMs?: number) {
  let left = times;
  return ({ target }: { target: { id: string } }) =>
    target.id === 'a' && left-- > 0 ? quick(failed('throttled', retryAfterMs === undefined ? {} : { retryAfterMs })) : quick();
}

describe('a 429 that says how long', () => {
  it('is waited for once, and answered by the same target', async () => {
    const lab = createLab({ script: throttlesFirst(1, 2_000), route: { limits }, random: half });
    const result = await lab.time.run(lab.ask());
    expect(lab.story()).toEqual(['a 0', 'a 2230']);
    expect(result).toMatchObject({
      kind: 'answered',
      servedBy: { target: 'a' },
      attempts: [{ outcome: 'throttled' }, { outcome: 'succeeded' }],
    });
  });

  it('keeps the other requests of the process off the target until the time is over', async () => {
    const lab = createLab({ script: throttlesFirst(1, 2_000), route: { limits }, random: half });
    const first = lab.ask();
    await lab.time.run(lab.time.sleep(1_000));
    const second = await lab.time.run(lab.ask());
    expect(second).toMatchObject({ kind: 'answered', servedBy: { target: 'b' } });
    await lab.time.run(first);
    expect(lab.story()).toEqual(['a 0', 'b 1000', 'a 2230']);
  });

  it('is for each target: others of the same receive are gone to at once', async () => {
    const lab = createLab({ script: () => quick(failed('throttled', { retryAfterMs: 2_000 })), route: { limits }, random: half });
    const result = await lab.time.run(lab.ask());
    expect(lab.story()).toEqual(['a 0', 'a 2230', 'b 2330', 'c 2430']);
    expect(result).toMatchObject({ kind: 'waiting', reason: 'throttled', retryAfterMs: 2_000 });
  });

  it('is not waited for when the request ends before', async () => {
    const lab = createLab({ script: throttlesFirst(1, 2_000), route: { limits }, random: half });
    await lab.time.run(lab.ask({ endsAt: lab.time.now() + 3_000 }));
    expect(lab.story()).toEqual(['a 0', 'b 100']);
  });

  it('lets the next target be asked when the rest was made longer meanwhile', async () => {
    const replies = [2_000, 4_000];
    const script = ({ target }: { target: { id: string } }) => {
      const retryAfterMs = target.id === 'a' ? replies.shift() : undefined;
      return quick(retryAfterMs === undefined ? answered() : failed('throttled', { retryAfterMs }));
    };
    const lab = createLab({ script, route: { limits: { ...limits, retryAfterMs: 3_000 } }, random: half });
    const results = await lab.time.run(Promise.all([lab.ask(), lab.ask()]));
    expect(lab.story()).toEqual(['a 0', 'a 0', 'b 100', 'b 2230']);
    expect(results.map(({ kind }) => kind)).toEqual(['answered', 'answered']);
  });

  it('is given up at once by one who leaves', async () => {
    const lab = createLab({ script: throttlesFirst(1, 5_000), route: { limits }, random: half });
    const caller = new AbortController();
    const asked = lab.ask({ signal: caller.signal });
    await lab.time.run(lab.time.sleep(500));
    caller.abort();
    expect(await lab.time.run(asked)).toMatchObject({ kind: 'waiting', reason: 'cancelled' });
    expect(lab.time.now() - START).toBe(500);
  });

  it('of the only target makes the others wait for as long', async () => {
    const lab = createLab({ script: throttlesFirst(1, 9_000), targets: [makeTarget('a')], route: { limits }, random: half });
    await lab.time.run(lab.ask());
    await lab.time.run(lab.time.sleep(3_000));
    expect(await lab.time.run(lab.ask())).toMatchObject({
      kind: 'waiting',
      reason: 'throttled',
      retryAfterMs: 6_000,
      detail: 'a asked to be left alone',
      attempts: [],
    });
    await lab.time.run(lab.time.sleep(6_000));
    expect(await lab.time.run(lab.ask())).toMatchObject({ kind: 'answered' });
  });
});

describe('a 429 that does not', () => {
  it('is followed by one jittered retry, then by the next target', async () => {
    const lab = createLab({ script: throttlesFirst(2), route: { limits }, random: half });
    await lab.time.run(lab.ask());
    expect(lab.story()).toEqual(['a 0', 'a 350', 'b 450']);
  });

  it('takes a share of the requests off the target, which it gets back with time', async () => {
    const lab = createLab({ script: throttlesFirst(1_000), route: { limits } });
    for (let index = 0; index < 20; index++) await lab.time.run(lab.ask());
    const early = lab.calls.filter(({ target }) => target.id === 'a').length;
    // Without the share it would be 20 and their retries.
    expect(early).toBeLessThan(15);
    await lab.time.run(lab.time.sleep(30_000));
    const asker = { tenant: 'acme', now: lab.time.now(), tokensFor: () => 0, tolerance: 'strict' } as const;
    expect(lab.health.sharesFor(asker, lab.table)).toBeUndefined();
  });

  it('is followed by the next target at once when the target was asked for less before, here or by the fleet', async () => {
    const lab = createLab({ script: throttlesFirst(1_000), route: { limits }, random: () => 0 });
    const overlay = makeOverlay(lab.table.targets.a as RoutingTarget, 0.5);
    await lab.time.run(lab.ask({ overlay }));
    expect(lab.story()).toEqual(['a 0', 'b 100']);
    const { calls, ...other } = createLab({ script: throttlesFirst(1_000), route: { limits }, random: () => 0 });
    for (let index = 0; index < 3; index++) await other.time.run(other.ask());
    // Its own first 429 is none of "before".
    expect(calls.map(({ target }) => target.id).join(' ')).toBe('a a b a b a b');
  });

  it('is retried on a target that was asked for less where it is the only one', async () => {
    const lab = createLab({ script: throttlesFirst(2), targets: [makeTarget('a')], route: { limits }, random: () => 0 });
    expect(await lab.time.run(lab.ask())).toMatchObject({ kind: 'waiting', reason: 'throttled' });
    expect(await lab.time.run(lab.ask())).toMatchObject({ kind: 'answered' });
    const replies = [failed('throttled'), answered()];
    const again = createLab({ script: () => quick(replies.shift()), targets: [makeTarget('a')], route: { limits }, random: () => 0 });
    const overlay = makeOverlay(again.table.targets.a as RoutingTarget, 0.5);
    expect(await again.time.run(again.ask({ overlay }))).toMatchObject({ kind: 'answered' });
    expect(again.story()).toEqual(['a 0', 'a 200']);
  });

  it('of one target does not take the retry of another that is in good standing', async () => {
    const replies: Record<string, TimedReply[]> = { a: [quick(failed('throttled'))], b: [quick(failed('throttled'))] };
    const lab = createLab({ script: ({ target }) => replies[target.id]?.shift() ?? quick(), route: { limits }, random: () => 0 });
    const overlay = makeOverlay(lab.table.targets.a as RoutingTarget, 0.5);
    await lab.time.run(lab.ask({ overlay }));
    expect(lab.story()).toEqual(['a 0', 'b 100', 'b 300']);
  });

  it('is not retried when the budget of the process is spent', async () => {
    const lab = createLab({ script: () => quick(failed('throttled')), targets: [makeTarget('a')], route: { limits }, random: () => 0 });
    let retries = 0;
    for (let index = 0; index < 20; index++) retries += (await lab.time.run(lab.ask())).attempts.length - 1;
    // 10 to begin with, and a fifth for each request.
    expect(retries).toBeGreaterThan(10);
    expect(retries).toBeLessThanOrEqual(14);
  });
});

describe('a stated limit', () => {
  const limited = (rateLimits: { requestsPerMinute?: number; tokensPerMinute?: number }) => [
    makeTarget('a', { rateLimits }),
    makeTarget('b'),
  ];

  it('of requests sends the next one on before the first 429', async () => {
    const lab = createLab({ script: () => quick(), targets: limited({ requestsPerMinute: 2 }) });
    for (let index = 0; index < 3; index++) await lab.time.run(lab.ask());
    expect(lab.story()).toEqual(['a 0', 'a 100', 'b 200']);
  });

  it('of tokens counts input and the most output while a call runs, and what it used afterwards', async () => {
    // 100 tokens of input and 1,024 of output are reserved, 30 are used.
    const lab = createLab({ script: () => quick(), targets: limited({ tokensPerMinute: 2_000 }) });
    const [first, second] = await lab.time.run(Promise.all([lab.ask(), lab.ask()]));
    expect([first, second].map((result) => result?.kind === 'answered' && result.servedBy.target)).toEqual(['a', 'b']);
    expect(await lab.time.run(lab.ask())).toMatchObject({ servedBy: { target: 'a' } });
  });

  it('of tokens counts nothing for a call that was throttled', async () => {
    const lab = createLab({ script: throttlesFirst(1), targets: [makeTarget('a', { rateLimits: { tokensPerMinute: 1_200 } })] });
    expect(await lab.time.run(lab.ask())).toMatchObject({
      kind: 'answered',
      attempts: [{ outcome: 'throttled' }, { outcome: 'succeeded' }],
    });
  });

  it('of every target makes the request wait for the first room', async () => {
    const lab = createLab({ script: () => quick(), targets: [makeTarget('a', { rateLimits: { requestsPerMinute: 1 } })] });
    await lab.time.run(lab.ask());
    const waiting = await lab.time.run(lab.ask());
    expect(waiting).toMatchObject({ kind: 'waiting', reason: 'throttled', detail: 'a is at its quota', attempts: [] });
    const { retryAfterMs = 0 } = waiting as { retryAfterMs?: number };
    expect(retryAfterMs).toBeGreaterThan(59_000);
    await lab.time.run(lab.time.sleep(retryAfterMs));
    expect(await lab.time.run(lab.ask())).toMatchObject({ kind: 'answered' });
  });

  it('binds one who cannot wait as well', async () => {
    const lab = createLab({ script: () => quick(), targets: [makeTarget('a', { rateLimits: { requestsPerMinute: 1 } })] });
    await lab.time.run(lab.ask());
    expect(await lab.time.run(lab.ask({ takesAll: true }))).toMatchObject({ kind: 'waiting', reason: 'throttled' });
  });

  it('counts what failed over to the target, too', async () => {
    const script = ({ target }: { target: { id: string } }) => quick(target.id === 'x' ? failed('timed-out') : answered());
    const lab = createLab({
      script,
      targets: [makeTarget('x'), makeTarget('a', { rateLimits: { requestsPerMinute: 1 } }), makeTarget('b')],
    });
    await lab.time.run(lab.ask());
    expect(await lab.time.run(lab.ask())).toMatchObject({ servedBy: { target: 'b' } });
  });
});
