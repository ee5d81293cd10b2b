import type { ObservedAttempts } from '@signalbox/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countAttempts } from './count-attempts.ts';
import { sumCounters } from './counters.ts';
import { type EvaluateInput, evaluate } from './evaluate.ts';
import { judgeBurst } from './judge-burst.ts';
import { momentsOf } from './moments.ts';
import { bySecondOf, observe, START } from './testing/make-buckets.ts';
import { makeTarget } from './testing/make-fleet.ts';
import { makeHealth, WELL_PEERS } from './testing/make-health.ts';
import { makeRandom } from './testing/make-random.ts';
import { THRESHOLDS } from './thresholds.ts';

type Told = Partial<ObservedAttempts> & { second: number };

/** Attempts that began in one second from the start; each failed one is of a request of its own, unless that is stated. */
function told({ second, count = 1, tenantSlot = 0, ...stated }: Told): ObservedAttempts {
  const at = START + Math.floor(second * 1_000);
  const witnesses = Array.from({ length: Math.min(32, count) }, (_, index) => (second * 7 + tenantSlot * 3 + index) & 31);
  return observe({ at, count, tenantSlot, bySecond: bySecondOf(at, count), witnesses, ...stated });
}
/** Spread over eight tenants, as far as it goes. */
const overTenants = ({ count = 8, ...stated }: Told): ObservedAttempts[] =>
  Array.from({ length: 8 }, (_, slot) => slot)
    .map((tenantSlot) => told({ ...stated, tenantSlot, count: Math.floor((count + tenantSlot) / 8) }))
    .filter((one) => one.count > 0);
const answers = (from: number, to: number, perSecond: number) =>
  Array.from({ length: to - from }, (_, index) => overTenants({ second: from + index, count: perSecond })).flat();
const failures = (second: number, count: number, outcome: ObservedAttempts['outcome'] = 'faulted') =>
  overTenants({ second, count, outcome });

function bucketsOf(observations: readonly ObservedAttempts[]) {
  const { changes } = countAttempts({ observations, now: START + 120_000, isKnown: () => true });
  return changes.map(({ bucketStart, counters }) => ({ bucketStart, counters }));
}
function judge(seen: readonly ObservedAttempts[], second: number, more: Partial<EvaluateInput> = {}) {
  const input = { target: makeTarget('a'), buckets: bucketsOf(seen), health: makeHealth(), now: START + second * 1_000, random: () => 0.5 };
  return evaluate({ ...input, peers: WELL_PEERS, ...more });
}
const before = answers(-20, 0, 50);

describe('an outage', () => {
  it.each([0, 3, 6, 9])(
    'that begins in second %i of its bucket takes the share within a second, though the processes leave meanwhile',
    (second) => {
      const seen = [...before, ...answers(0, second, 50), ...failures(second, 22)];
      expect(judge(seen, second + 0.7)).toMatchObject({ share: THRESHOLDS.floorShare, health: { circuit: { kind: 'degraded' } } });
    },
  );

  it('is still seen when its time-outs are told ten seconds later', () => {
    const seen = [...before, ...answers(0, 2, 50), ...failures(2, 40, 'timed-out')];
    expect(judge(seen, 12.5).share).toBe(THRESHOLDS.floorShare);
  });

  it('of workers that tell no seconds is judged as before, by the window', () => {
    const plain = [...before, ...answers(0, 9, 50), ...failures(9, 45)].map(({ bySecond: _, witnesses: __, ...old }) => old);
    expect(judge(plain, 10).share).toBe(1);
    expect(judge([...plain, ...failures(9, 200).map(({ bySecond: _, witnesses: __, ...old }) => old)], 10).share).toBeLessThan(1);
  });

  it('takes nothing where there is no usual to compare with, nor where nobody else is up', () => {
    expect(momentsOf(bucketsOf([...answers(0, 9, 50), ...failures(9, 45)]), START - 20_000)).toEqual([]);
    const seen = [...before, ...failures(0, 30)];
    expect(judge(seen, 1, { peers: { ...WELL_PEERS, isNeeded: true } }).share).toBe(1);
  });
});

describe('no burst is', () => {
  it('what fails fast of a thousand calls a second while their answers are under way', () => {
    const seen = [...answers(-20, 0, 1_000), ...failures(0, 10), ...failures(1, 10)];
    for (const second of [0.7, 1.5, 2]) expect(judge(seen, second).share).toBe(1);
  });

  it('the poison of one tenant, whatever it makes of a second', () => {
    const poison = told({ second: 1, count: 40, outcome: 'model-error', originalStatus: 424, tenantSlot: 3 });
    expect(judge([...before, ...answers(0, 1, 50), poison], 1.5).share).toBe(1);
    const hard = told({ second: 1, count: 40, outcome: 'faulted', tenantSlot: 9 });
    expect(judge([...before, ...answers(0, 1, 50), ...answers(1, 2, 10), hard], 1.5).share).toBe(1);
  });

  it('five failures, nor a few requests that are tried again and again', () => {
    const few = (count: number, witnesses: number[]) => [...answers(-20, 0, 5), told({ second: 0, count, outcome: 'faulted', witnesses })];
    expect(judge(few(5, [1, 2, 3, 4, 5]), 0.5).share).toBe(1);
    expect(judge(few(9, [1, 2, 3, 4, 5]), 0.5).share).toBe(1);
    expect(judge(few(9, [1, 2, 3, 4, 5, 6]), 0.5).share).toBeLessThan(1);
  });

  it('a day at 1 % errors, at any volume, with failures told before answers', () => {
    const random = makeRandom(11);
    for (const perSecond of [1, 5, 14, 50, 300]) {
      let worst = 0;
      for (let second = 0; second < 17_280; second++) {
        const failed = Array.from({ length: perSecond }, () => random() < 0.01).filter(Boolean).length;
        if (failed <= worst) continue;
        worst = failed;
        expect(judge([...answers(-20, 0, perSecond), ...failures(0, failed)], 0.9).share).toBe(1);
      }
    }
  });
});

describe('the verdict on a burst', () => {
  const some = fc.array(
    fc.record({
      second: fc.integer({ min: -20, max: 12 }),
      count: fc.integer({ min: 1, max: 30 }),
      tenantSlot: fc.nat({ max: 15 }),
      outcome: fc.constantFrom('succeeded', 'faulted', 'timed-out', 'throttled'),
    }),
    { minLength: 1, maxLength: 40 },
  );
  const verdictOf = (buckets: ReturnType<typeof bucketsOf>) => judgeBurst(momentsOf(buckets, START - 10_000), THRESHOLDS);

  it('counts failures of either kind, but for the ambiguous ones of the worst tenant slot', () => {
    const seen = [...before, ...failures(2, 16), ...failures(2, 16, 'timed-out')];
    expect(verdictOf(bucketsOf(seen))).toMatchObject({ failures: 30 });
  });

  it('leaves a poisoned slot out, and the ambiguous failures of the worst one beside it', () => {
    const ambiguous = (tenantSlot: number, count: number) => told({ second: 8, count, outcome: 'timed-out', tenantSlot });
    const others = [...answers(0, 8, 50), ...failures(8, 16)].filter(({ tenantSlot }) => tenantSlot !== 3);
    const poisoned = [...before, ...others, ambiguous(3, 20), ...[5, 6, 7].map((slot) => ambiguous(slot, 4))];
    // The hard ones of seven slots, and the ambiguous ones of two.
    expect(verdictOf(bucketsOf(poisoned))).toMatchObject({ failures: 14 + 8 });
  });

  it('is none on failures that a bad second may have at a tenth of errors', () => {
    expect(verdictOf(bucketsOf([...answers(-20, 2, 100), ...failures(2, 25)]))).toBeUndefined();
    expect(verdictOf(bucketsOf([...answers(-20, 2, 100), ...failures(2, 40)]))).toMatchObject({ failures: 40 });
  });

  it('does not depend on the order in which buckets are read and batches are counted', () => {
    fc.assert(
      fc.property(some, fc.nat(), (seen, cut) => {
        const observations = seen.map(told);
        const at = cut % observations.length;
        const batches = [...bucketsOf(observations.slice(at)), ...bucketsOf(observations.slice(0, at))];
        const merged = [...Map.groupBy(batches, ({ bucketStart }) => bucketStart)].map(([bucketStart, own]) => ({
          bucketStart,
          counters: sumCounters(own.map(({ counters }) => counters)),
        }));
        expect(verdictOf(merged.toReversed())).toEqual(verdictOf(bucketsOf(observations)));
      }),
    );
  });

  it('is none on ambiguous failures of one tenant slot, whatever the others get meanwhile', () => {
    const poison = fc.array(fc.record({ second: fc.integer({ min: 0, max: 12 }), count: fc.integer({ min: 1, max: 60 }) }), {
      minLength: 1,
    });
    fc.assert(
      fc.property(poison, fc.integer({ min: 0, max: 60 }), fc.nat({ max: 15 }), (spells, perSecond, tenantSlot) => {
        const poisoned = spells.map((spell) => told({ ...spell, outcome: 'timed-out', tenantSlot }));
        expect(verdictOf(bucketsOf([...answers(-20, 12, perSecond + 1), ...poisoned]))).toBeUndefined();
      }),
    );
  });

  it('never counts more failures than there are, nor fewer calls than were told in its seconds', () => {
    fc.assert(
      fc.property(some, (seen) => {
        const buckets = bucketsOf(seen.map(told));
        const all = sumCounters(buckets.map(({ counters }) => counters));
        const verdict = verdictOf(buckets);
        if (!verdict) return;
        expect(verdict.failures).toBeLessThanOrEqual(all.faults + all.ambiguous);
        expect(verdict.failures).toBeLessThanOrEqual(verdict.decided);
        expect(verdict.witnesses).toBeGreaterThanOrEqual(THRESHOLDS.burstFailures);
      }),
    );
  });
});
