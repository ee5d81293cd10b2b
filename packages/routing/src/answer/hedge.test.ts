import { describe, expect, it } from 'vitest';
import { makeTarget } from '../testing/make-table.ts';
import { answered, failed, START } from '../testing/scripted-model.ts';
import { createLab } from './testing/create-lab.ts';
import type { TimedReply } from './testing/timed-model.ts';

const route = { hedge: { afterMs: 1_000, budget: 1 }, limits: { attemptMs: 30_000, firstTokenMs: 30_000, maxTargets: 3 } };
const within = (takesMs: number, reply = answered()): TimedReply => ({ reply, takesMs });
const byTarget =
  (replies: Record<string, TimedReply>) =>
  ({ target }: { target: { id: string } }) =>
    replies[target.id] ?? within(100);
const usage = { inputTokens: 10, outputTokens: 20 };

describe('a second call', () => {
  it('is not made when the first one answers in time', async () => {
    const lab = createLab({ script: byTarget({ a: within(999) }), route });
    expect(await lab.time.run(lab.ask())).toMatchObject({ kind: 'answered', servedBy: { target: 'a' } });
    expect(lab.story()).toEqual(['a 0']);
  });

  it('is not made when the first one gives a token in time', async () => {
    const lab = createLab({ script: byTarget({ a: { ...within(20_000), firstTokenMs: 900 } }), route });
    expect(await lab.time.run(lab.ask())).toMatchObject({ servedBy: { target: 'a' } });
    expect(lab.story()).toEqual(['a 0']);
  });

  it('is not made by a route without the setting', async () => {
    const lab = createLab({ script: byTarget({ a: within(20_000) }) });
    await lab.time.run(lab.ask());
    expect(lab.story()).toEqual(['a 0']);
  });

  it('answers for a first one that hangs, which is then aborted', async () => {
    const lab = createLab({ script: byTarget({ a: within(20_000) }), route });
    const result = await lab.time.run(lab.ask());
    expect(lab.story()).toEqual(['a 0', 'b 1000']);
    expect(lab.time.now() - START).toBe(1_100);
    expect(lab.calls[0]?.signal.aborted).toBe(true);
    expect(result).toMatchObject({
      kind: 'answered',
      servedBy: { target: 'b' },
      usage,
      costUsd: null,
      attempts: [
        { attemptId: 'r1#1', target: 'a', outcome: 'cancelled', durationMs: 1_100, firstDraw: true, probability: 1 },
        { attemptId: 'r1#2', target: 'b', outcome: 'succeeded', durationMs: 100, firstDraw: false, probability: 1 },
      ],
    });
  });

  it('loses to a first one that answers meanwhile', async () => {
    const lab = createLab({ script: byTarget({ a: within(1_500), b: within(9_000) }), route });
    const result = await lab.time.run(lab.ask());
    expect(result).toMatchObject({
      servedBy: { target: 'a' },
      attempts: [{ outcome: 'succeeded' }, { outcome: 'cancelled', durationMs: 500 }],
    });
    expect(lab.calls[1]?.signal.aborted).toBe(true);
  });

  it('is in the cost with what it used, where that is known', async () => {
    const lab = createLab({ script: byTarget({ a: { ...within(20_000), whenAborted: failed('cancelled', { usage }) } }), route });
    expect(await lab.time.run(lab.ask())).toMatchObject({ kind: 'answered', costUsd: 0.0001 });
  });

  it('does not wait for a loser that does not leave', async () => {
    const lab = createLab({ script: byTarget({ a: { ...within(20_000), ignoresAbort: true } }), route });
    const result = await lab.time.run(lab.ask());
    expect(lab.time.now() - START).toBe(1_150);
    expect(result).toMatchObject({
      kind: 'answered',
      attempts: [{ outcome: 'cancelled', error: 'AnotherAnswered' }, { outcome: 'succeeded' }],
    });
  });

  it('leaves nothing to be counted twice when the loser comes back late', async () => {
    const lab = createLab({ script: byTarget({ a: { ...within(5_000, failed('faulted')), ignoresAbort: true } }), route });
    const results = [await lab.time.run(lab.ask()), await lab.time.run(lab.ask())];
    await lab.time.run(lab.time.sleep(4_200));
    expect(results.map(({ attempts }) => attempts.length)).toEqual([2, 2]);
    await lab.time.run(lab.ask());
    expect(lab.calls.at(-2)?.target.id).toBe('a');
  });

  it('is waited for when the first one fails', async () => {
    const lab = createLab({ script: byTarget({ a: within(1_500, failed('faulted')), b: within(3_000) }), route });
    const result = await lab.time.run(lab.ask());
    expect(result).toMatchObject({
      servedBy: { target: 'b' },
      costUsd: 0.00005,
      attempts: [{ outcome: 'faulted' }, { outcome: 'succeeded' }],
    });
  });

  it('lets the first one be waited for when it fails', async () => {
    const lab = createLab({ script: byTarget({ a: within(5_000), b: within(100, failed('faulted')) }), route });
    expect(await lab.time.run(lab.ask())).toMatchObject({ servedBy: { target: 'a' } });
    expect(lab.story()).toEqual(['a 0', 'b 1000']);
  });

  it('that fails like the first is followed by the third target, once', async () => {
    const lab = createLab({
      script: byTarget({ a: within(1_500, failed('faulted')), b: within(600, failed('faulted')), c: within(9_000) }),
      route,
    });
    const result = await lab.time.run(lab.ask());
    expect(lab.story()).toEqual(['a 0', 'b 1000', 'c 1600']);
    expect(result.attempts.map(({ attemptId, outcome }) => [attemptId, outcome])).toEqual([
      ['r1#1', 'faulted'],
      ['r1#2', 'faulted'],
      ['r1#3', 'succeeded'],
    ]);
  });

  it('ends with the first when that was refused', async () => {
    const lab = createLab({ script: byTarget({ a: within(1_500, failed('refused', { usage })), b: within(9_000) }), route });
    expect(await lab.time.run(lab.ask())).toMatchObject({
      kind: 'ended',
      reason: 'refused',
      error: { code: 'refused-code' },
      usage,
      attempts: [{ outcome: 'refused' }, { outcome: 'cancelled' }],
    });
  });

  it('that falls silent like the first makes two strikes', async () => {
    const limits = { ...route.limits, attemptMs: 5_000 };
    const lab = createLab({ script: byTarget({ a: within(9_000), b: within(9_000) }), route: { ...route, limits } });
    expect(await lab.time.run(lab.ask())).toMatchObject({ kind: 'waiting', reason: 'unavailable', strikes: { total: 2 } });
    expect(lab.story()).toEqual(['a 0', 'b 1000']);
  });

  it('leaves with its request', async () => {
    const lab = createLab({ script: byTarget({ a: within(20_000), b: within(20_000) }), route });
    const caller = new AbortController();
    const asked = lab.ask({ signal: caller.signal });
    await lab.time.run(lab.time.sleep(2_000));
    caller.abort();
    expect(await lab.time.run(asked)).toMatchObject({
      kind: 'waiting',
      reason: 'cancelled',
      attempts: [{ outcome: 'cancelled' }, { outcome: 'cancelled' }],
    });
    expect(lab.time.now() - START).toBe(2_000);
  });

  it('passes on a bug, and leaves no other call running', async () => {
    const bug = new TypeError('x is not a function');
    const script = ({ target }: { target: { id: string } }) => {
      if (target.id === 'b') throw bug;
      return within(20_000);
    };
    const lab = createLab({ script, route });
    await expect(lab.time.run(lab.ask())).rejects.toBe(bug);
    expect(lab.calls[0]?.signal.aborted).toBe(true);
  });
});

describe('the budget of second calls', () => {
  it('is a share of the requests of the route', async () => {
    const lab = createLab({ script: byTarget({ a: within(5_000) }), route: { ...route, hedge: { afterMs: 1_000, budget: 0.1 } } });
    for (let index = 0; index < 40; index++) await lab.time.run(lab.ask());
    expect(lab.calls.filter(({ target }) => target.id === 'b')).toHaveLength(4);
  });

  it('is not spent where there is no target for one', async () => {
    const lab = createLab({ script: byTarget({ a: within(5_000) }), targets: [makeTarget('a')], route });
    await lab.time.run(lab.ask());
    expect(lab.health.hedgeBudget('default', 1).has()).toBe(true);
  });

  it('is not spent while the route is in panic', async () => {
    const lab = createLab({ script: byTarget({ a: within(5_000) }), route });
    const overlay = { schemaVersion: '1.0', seq: 1, publishedAt: START, targets: {}, panic: ['default'] };
    await lab.time.run(lab.ask({ overlay }));
    await lab.time.run(lab.ask({ overlay }));
    await lab.time.run(lab.ask({ overlay, takesAll: true }));
    expect(lab.calls).toHaveLength(3);
  });
});
