import type { OutcomeKind } from '@signalbox/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countAttempts, countProbe } from './count-attempts.ts';
import { fromCounterItem, toCounterItem } from './counter-item.ts';
import { type Bucket, decidedOf, hardOf, sumCounters } from './counters.ts';
import { bucketsOf, bySecondOf, observe, START } from './testing/make-buckets.ts';
import { observedArbitrary } from './testing/observed-arbitrary.ts';

const isKnown = () => true;
const itemOf = (observation: ReturnType<typeof observe>) =>
  countAttempts({ observations: [observation], now: START + 5_000, isKnown }).changes.map(({ counters }) => toCounterItem(counters));
const itemsOf = (buckets: readonly Bucket[]) =>
  buckets
    .map(({ bucketStart, counters }) => ({ bucketStart, ...toCounterItem(counters) }))
    .sort((one, other) => one.bucketStart - other.bucketStart);

const w = new Set([7, 30]);

describe('attempts', () => {
  it.each<[OutcomeKind, Record<string, unknown>]>([
    ['succeeded', { a: 2, h14: 2, A3: 2, d4: 2 }],
    ['faulted', { a: 2, f: 2, A3: 2, H3: 2, d4: 2, e4: 2, w }],
    ['throttled', { a: 2, t: 2 }],
    ['not-ready', { a: 2, n: 2, A3: 2, H3: 2, d4: 2, e4: 2, w }],
    ['model-error', { a: 2, m: 2, A3: 2, F3: 2, d4: 2, u4: 2, w }],
    ['timed-out', { a: 2, m: 2, A3: 2, F3: 2, d4: 2, u4: 2, w }],
    ['malformed', { a: 2, m: 2, A3: 2, F3: 2, d4: 2, u4: 2, w }],
    ['misconfigured', { c: 2 }],
  ])('that %s are counted as %o', (outcome, item) => {
    expect(itemOf(observe({ outcome, count: 2, tenantSlot: 3, bySecond: bySecondOf(START + 4_500, 2), witnesses: [7, 30] }))).toEqual([
      item,
    ]);
  });

  it.each<[OutcomeKind, number | undefined]>([
    ['refused', undefined],
    ['too-long', undefined],
    ['rejected', undefined],
    ['cancelled', undefined],
    ['model-error', 400],
  ])('that %s (%s) change nothing at all', (outcome, originalStatus) => {
    expect(itemOf(observe({ outcome, ...(originalStatus && { originalStatus }) }))).toEqual([]);
  });

  it('are slow besides what they came to, unless they were not let in', () => {
    const slow = (outcome: OutcomeKind) => itemOf(observe({ slow: true, outcome, witnesses: [7, 30] }));
    expect(slow('succeeded')).toEqual([{ a: 1, s: 1, h14: 1, A0: 1, S0: 1, v: w }]);
    expect(slow('timed-out')).toEqual([{ a: 1, m: 1, s: 1, A0: 1, F0: 1, S0: 1, w, v: w }]);
    expect(slow('cancelled')).toEqual([{ a: 1, s: 1, h14: 1, A0: 1, S0: 1, v: w }]);
    expect(slow('throttled')).toEqual([{ a: 1, t: 1 }]);
  });

  it('count where they began, also when they are told late', () => {
    const { changes, late } = countAttempts({ observations: [observe({ at: START })], now: START + 600_000, isKnown });
    expect(changes.map(({ key, bucketStart }) => ({ key, bucketStart }))).toEqual([{ key: 'a@d0', bucketStart: START }]);
    expect(late).toBe(0);
  });

  it('of more than ten minutes ago are dropped, and those of nobody’s target; both are counted', () => {
    const old = observe({ at: START - 10_000, count: 3 });
    const foreign = observe({ target: 'nobody', count: 5 });
    const counted = countAttempts({ observations: [old, foreign], now: START + 600_000, isKnown: (key) => key === 'a@d0' });
    expect(counted).toEqual({ changes: [], late: 3, ahead: 0, unknown: 5 });
  });

  it('of another definition are nobody’s', () => {
    const counted = countAttempts({ observations: [observe({ definition: 'd1' })], now: START, isKnown: (key) => key === 'a@d0' });
    expect(counted).toMatchObject({ changes: [], unknown: 1 });
  });

  it('from the future count as of now when a clock may be that wrong, and else not at all', () => {
    const counted = (at: number) => countAttempts({ observations: [observe({ at, count: 2 })], now: START + 10_000, isKnown });
    expect(counted(START + 310_000)).toMatchObject({ changes: [{ bucketStart: START + 10_000 }], ahead: 2 });
    expect(counted(START + 320_000)).toMatchObject({ changes: [], ahead: 2 });
  });

  it('never count more failures than attempts, in all and in a slot', () => {
    fc.assert(
      fc.property(fc.array(observedArbitrary(), { maxLength: 30 }), (observations) => {
        for (const { counters } of bucketsOf(observations)) {
          expect(hardOf(counters) + counters.ambiguous).toBeLessThanOrEqual(decidedOf(counters));
          expect(counters.slow).toBeLessThanOrEqual(decidedOf(counters));
          expect(counters.slots.attempts.reduce((sum, count) => sum + count, 0)).toBe(decidedOf(counters));
          for (const [slot, attempts] of counters.slots.attempts.entries()) {
            expect((counters.slots.hard[slot] ?? 0) + (counters.slots.ambiguous[slot] ?? 0)).toBeLessThanOrEqual(attempts);
          }
        }
      }),
    );
  });
});

describe('counters', () => {
  const some = fc.array(observedArbitrary(), { maxLength: 20 });

  it('are the same in whatever order and batches they were told', () => {
    fc.assert(
      fc.property(
        some.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }), fc.nat({ max: all.length }))),
        ([all, shuffled, cut]) => {
          const count = (observations: typeof all) => countAttempts({ observations, now: START + 60_000, isKnown }).changes;
          const whole = itemsOf(count(all));
          const batches = [shuffled.slice(0, cut), shuffled.slice(cut)].flatMap(count);
          const merged = [...Map.groupBy(batches, ({ bucketStart }) => bucketStart)].map(([bucketStart, buckets]) => ({
            bucketStart,
            counters: sumCounters(buckets.map(({ counters }) => counters)),
          }));
          expect(itemsOf(merged)).toEqual(whole);
        },
      ),
    );
  });

  it('are as before after they were an item, whatever else the item has', () => {
    fc.assert(
      fc.property(some, (observations) => {
        for (const { counters } of bucketsOf(observations)) {
          const item = { ...toCounterItem(counters), pk: 'H#a@d0', ttl: 1_790_003_600, z9: 12, A99: 7 };
          expect(fromCounterItem(item)).toEqual(counters);
        }
      }),
    );
  });

  it('read what is no count as nothing', () => {
    const item = { a: Number.NaN, f: -3, t: '5', m: Number.POSITIVE_INFINITY, A0: null };
    expect(toCounterItem(fromCounterItem(item))).toEqual({});
  });
});

describe('a call of our own', () => {
  const itemOfProbe = (outcome: OutcomeKind, slow = false) =>
    toCounterItem(countProbe({ outcome, slow, startedAt: START, latencyMs: 300 }));

  it.each<[OutcomeKind, Record<string, unknown>]>([
    ['succeeded', { a: 1, h8: 1 }],
    ['faulted', { a: 1, f: 1, w: new Set([0]) }],
    ['timed-out', { a: 1, f: 1, w: new Set([0]) }],
    ['malformed', { a: 1, f: 1, w: new Set([0]) }],
    ['throttled', { a: 1, t: 1 }],
    ['not-ready', { a: 1, n: 1, w: new Set([0]) }],
    ['misconfigured', { c: 1 }],
    ['rejected', {}],
  ])('that %s counts as %o, for no tenant', (outcome, item) => {
    expect(itemOfProbe(outcome)).toEqual(item);
  });

  it('that was slow says so', () => {
    expect(itemOfProbe('succeeded', true)).toEqual({ a: 1, s: 1, h8: 1, v: new Set([0]) });
  });
});
