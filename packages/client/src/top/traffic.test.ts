import { describe, expect, it } from 'vitest';
import { testAttempts, testEnding, testEvent } from '../testing/test-events.ts';
import { percentile } from './percentile.ts';
import { createTraffic, WINDOW_SECONDS } from './traffic.ts';

const START = 1_800_000_000_000;

describe('percentile', () => {
  it.each([
    [[], 0.5, undefined],
    [[7], 0.99, 7],
    [[1, 2, 3, 4], 0.5, 2],
    [[1, 2, 3, 4], 0, 1],
    [Array.from({ length: 100 }, (_, index) => index + 1), 0.99, 99],
  ])('of %j at %d is %s', (values, part, value) => {
    expect(percentile(values, part)).toBe(value);
  });
});

describe('traffic', () => {
  it('counts the calls of a target by what they say of it', () => {
    const traffic = createTraffic({ startedAt: START });
    traffic.add(testAttempts(START, { count: 5, latenciesMs: [100, 300, 200, 500, 400] }), START);
    traffic.add(testAttempts(START, { outcome: 'faulted', count: 3, latenciesMs: [9_999, 9_999, 9_999] }), START);
    traffic.add(testAttempts(START, { outcome: 'timed-out', slow: true, count: 1 }), START);
    traffic.add(testAttempts(START, { outcome: 'throttled', count: 2 }), START);
    traffic.add(testAttempts(START, { outcome: 'refused', count: 4 }), START);
    traffic.add(testAttempts(START, { target: 'other' }), START);
    const { targets } = traffic.summarize(START);
    // What a caller did wrong is a call, and no failure; how long failures took is no latency of answers.
    expect(targets.get('nova-lite')).toEqual({ attempts: 15, failed: 4, throttled: 2, slow: 1, p50Ms: 300, p95Ms: 500, p99Ms: 500 });
    expect(targets.get('other')).toMatchObject({ attempts: 1, p50Ms: undefined });
  });

  it('counts what became of the requests of a route, and their cost', () => {
    const traffic = createTraffic({ startedAt: START });
    const degraded = { from: 'nova-pro', reason: 'failover' };
    traffic.add(
      testEnding('InferenceCompleted', START, { route: 'fast', costUsd: 0.25, degraded: undefined, timing: { queuedMs: 1, totalMs: 800 } }),
      START,
    );
    traffic.add(testEnding('InferenceCompleted', START, { route: 'fast', costUsd: null, degraded }), START);
    traffic.add(testEnding('InferenceFailed', START, { route: 'fast', costUsd: 0.5 }), START);
    traffic.add(testEnding('InferenceExpired', START, { route: 'slow', costUsd: undefined }), START);
    traffic.add(testEnding('InferenceDeferred', START, { route: 'slow' }), START);
    traffic.add(testEvent('InferenceRejected', { messageId: 'm' }, START), START);
    const { routes, costUsd, rejected, unread } = traffic.summarize(START);
    expect(routes.get('fast')).toMatchObject({ succeeded: 1, degraded: 1, failed: 1, expired: 0, deferrals: 0 });
    expect(routes.get('slow')).toMatchObject({ succeeded: 0, failed: 0, expired: 1, deferrals: 1, p50Ms: undefined });
    expect({ costUsd, rejected, unread }).toEqual({ costUsd: 0.75, rejected: 1, unread: 0 });
  });

  it('forgets what is older than a minute, and does not count what comes so late', () => {
    const traffic = createTraffic({ startedAt: START });
    const later = START + WINDOW_SECONDS * 1_000;
    traffic.add(testAttempts(START), START);
    traffic.add(testAttempts(START + 5_000), START + 5_000);
    expect(traffic.summarize(later).targets.get('nova-lite')?.attempts).toBe(1);
    traffic.add(testAttempts(START), later);
    traffic.add(testAttempts(later), later);
    expect(traffic.summarize(later).targets.get('nova-lite')?.attempts).toBe(2);
    expect(traffic.summarize(later + WINDOW_SECONDS * 1_000).targets.size).toBe(0);
  });

  it('counts an event of a clock that is ahead as of now', () => {
    const traffic = createTraffic({ startedAt: START });
    traffic.add(testAttempts(START + 3_600_000), START);
    expect(traffic.summarize(START).targets.get('nova-lite')?.attempts).toBe(1);
    expect(traffic.summarize(START + 120_000).targets.size).toBe(0);
  });

  it('divides by the time since it began, until that is a minute', () => {
    const traffic = createTraffic({ startedAt: START });
    expect([0, 30_000, 600_000].map((after) => traffic.summarize(START + after).seconds)).toEqual([1, 30, WINDOW_SECONDS]);
  });

  it('tells of events that it cannot read, and ignores those of others', () => {
    const traffic = createTraffic({ startedAt: START });
    traffic.add(testEvent('AttemptsObserved', { observations: 'many' }, START), START);
    traffic.add(testEvent('InferenceCompleted', { route: 'fast' }, START), START);
    traffic.add(testEvent('TargetEjected', { target: 'nova-lite' }, START), START);
    expect(traffic.summarize(START)).toMatchObject({ unread: 2, targets: new Map(), routes: new Map() });
  });

  it('bounds what it keeps of a second', () => {
    const traffic = createTraffic({ startedAt: START });
    for (let index = 0; index < 50; index++) traffic.add(testAttempts(START, { count: 100, latenciesMs: Array(100).fill(index) }), START);
    const counted = traffic.summarize(START).targets.get('nova-lite');
    expect(counted).toMatchObject({ attempts: 5_000, p99Ms: 4 });
  });
});
