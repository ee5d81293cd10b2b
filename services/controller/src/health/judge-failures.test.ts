import type { ObservedAttempts, OutcomeKind } from '@signalbox/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countProbe } from './count-attempts.ts';
import { type Counters, sumCounters } from './counters.ts';
import { judgeFailures } from './judge-failures.ts';
import { judgeSlowness } from './judge-slowness.ts';
import { bucketsOf, observe, START } from './testing/make-buckets.ts';
import { observedArbitrary } from './testing/observed-arbitrary.ts';
import { THRESHOLDS } from './thresholds.ts';

const sumOf = (observations: readonly ObservedAttempts[]): Counters => sumCounters(bucketsOf(observations).map(({ counters }) => counters));
const calls = (outcome: OutcomeKind, count: number, tenantSlot = 0, slow = false) => observe({ outcome, count, tenantSlot, slow });
const judge = (...observations: readonly ObservedAttempts[]) => judgeFailures(sumOf(observations), THRESHOLDS);

describe('failures', () => {
  it('that are hard count for all tenants', () => {
    expect(judge(calls('faulted', 3, 0), calls('succeeded', 5, 0), calls('faulted', 2, 1))).toMatchObject({
      failures: 5,
      decided: 10,
      rate: 0.5,
    });
    expect(judge(calls('faulted', 40, 0))).toMatchObject({ failures: 40, decided: 40, isDoubtful: false });
  });

  it('that may be the request’s doing do not count for the tenant who has most of them', () => {
    expect(judge(calls('model-error', 30, 0), calls('succeeded', 30, 1))).toMatchObject({ failures: 0, isDoubtful: false });
    const shared = judge(calls('model-error', 30, 0), calls('timed-out', 20, 1), calls('succeeded', 20, 1));
    expect(shared).toMatchObject({ failures: 20, decided: 40 });
  });

  it('leave a doubt when only one tenant could tell, which a few of our own calls resolve', () => {
    const alone = [calls('timed-out', 30, 4)];
    expect(judge(...alone)).toMatchObject({ failures: 0, isDoubtful: true });
    const probed = (outcome: OutcomeKind) =>
      judgeFailures(
        sumCounters([
          sumOf(alone),
          ...[1, 2, 3].map((second) => countProbe({ outcome, slow: false, startedAt: START + second * 1_000, latencyMs: 300 })),
        ]),
        THRESHOLDS,
      );
    expect(probed('timed-out')).toMatchObject({ failures: 3, decided: 3 });
    expect(probed('succeeded').lowerBound).toBe(0);
  });

  it('that are hard do not count either, where they are one tenant’s and nearly everybody else is answered', () => {
    expect(judge(calls('faulted', 30, 2), calls('succeeded', 60, 3), calls('faulted', 1, 3))).toMatchObject({ failures: 1, decided: 61 });
    expect(judge(calls('faulted', 30, 2), calls('succeeded', 7, 3))).toMatchObject({ failures: 30, decided: 37 });
    expect(judge(calls('faulted', 30, 2), calls('succeeded', 60, 3), calls('faulted', 10, 3))).toMatchObject({
      failures: 40,
      decided: 100,
    });
  });

  it('of a second tenant are left out beside those of one who is left out altogether', () => {
    const verdict = judge(calls('model-error', 30, 0), calls('timed-out', 9, 1), calls('succeeded', 41, 1), calls('succeeded', 50, 2));
    expect(verdict).toMatchObject({ failures: 0, isDoubtful: false });
  });

  it('are counted without the attempts and the hard failures of the tenant left out, both', () => {
    // Ten hard failures of the slot that is left out: with them, but without its attempts, the rest would look twice as bad.
    const verdict = judge(
      calls('faulted', 10, 0),
      calls('model-error', 10, 0),
      calls('succeeded', 20, 0),
      calls('timed-out', 10, 1),
      calls('succeeded', 10, 1),
    );
    expect(verdict).toMatchObject({ failures: 10, decided: 20 });
  });

  it('never outnumber the attempts', () => {
    fc.assert(
      fc.property(fc.array(observedArbitrary(), { maxLength: 20 }), (observations) => {
        const { failures, decided, rate, lowerBound } = judge(...observations);
        expect(failures).toBeLessThanOrEqual(decided);
        expect(rate >= 0 && rate <= 1 && lowerBound >= 0 && lowerBound <= rate + 1e-12).toBe(true);
      }),
    );
  });

  it('weigh more with every one that everybody shares, and less with every answer', () => {
    const evenly = (outcome: OutcomeKind, count: number) => Array.from({ length: 16 }, (_, slot) => calls(outcome, count, slot));
    const counts = fc.integer({ min: 1, max: 30 });
    fc.assert(
      fc.property(counts, counts, counts, (answered, failed, more) => {
        const base = [...evenly('succeeded', answered), ...evenly('faulted', failed)];
        const bound = judge(...base).lowerBound;
        expect(judge(...base, ...evenly('faulted', more)).lowerBound).toBeGreaterThanOrEqual(bound);
        expect(judge(...base, ...evenly('succeeded', more)).lowerBound).toBeLessThanOrEqual(bound);
      }),
    );
  });

  it('of one tenant, ambiguous and however many, never count against the target', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 0, max: 500 }), (failed, answered) => {
        expect(judge(calls('model-error', failed, 7), ...(answered > 0 ? [calls('succeeded', answered, 1)] : [])).failures).toBe(0);
      }),
    );
  });
});

describe('slow calls', () => {
  const slowness = (...observations: readonly ObservedAttempts[]) => judgeSlowness(sumOf(observations));

  it('are judged without the tenant who has most of them', () => {
    expect(slowness(calls('succeeded', 50, 0, true), calls('succeeded', 50, 1))).toMatchObject({ slow: 0, rate: 0 });
    expect(slowness(calls('succeeded', 50, 0, true), calls('succeeded', 30, 1, true), calls('succeeded', 10, 1))).toMatchObject({
      slow: 30,
      rate: 0.75,
    });
  });

  it('all count where there is one tenant only', () => {
    expect(slowness(calls('succeeded', 30, 5, true), calls('succeeded', 10, 5))).toMatchObject({ slow: 30, rate: 0.75 });
  });
});
