import { describe, expect, it } from 'vitest';
import { momentsOf } from './moments.ts';
import { bucketsOf, bySecondOf, observe, START } from './testing/make-buckets.ts';

/** Attempts in one second from the start, in milliseconds. */
const seen = (ms: number, count: number, outcome: 'succeeded' | 'faulted' | 'timed-out' | 'throttled' = 'succeeded') =>
  observe({ at: START + ms, count, outcome, bySecond: bySecondOf(START + ms, count) });
const before = seen(-10_000, 20);
const moments = (...own: ReturnType<typeof seen>[]) =>
  momentsOf(bucketsOf([before, ...own]), START - 20_000).map(({ hard, ambiguous, decided }) => ({ hard, ambiguous, decided }));

describe('moments', () => {
  it('begin in each failing second and end in the newest or the one before, over what usually begins in that time', () => {
    expect(moments(seen(2_000, 3, 'faulted'), seen(4_000, 9))).toEqual([
      { hard: 3, ambiguous: 0, decided: 4 },
      { hard: 3, ambiguous: 0, decided: 12 },
    ]);
    expect(moments(seen(2_000, 3, 'faulted'), seen(3_000, 1, 'timed-out'))).toEqual([
      { hard: 3, ambiguous: 0, decided: 3 },
      { hard: 3, ambiguous: 1, decided: 4 },
      { hard: 0, ambiguous: 1, decided: 2 },
    ]);
  });

  it('are none without failures, nor of what was throttled, which ends no moment either', () => {
    expect(moments(seen(2_000, 9), seen(3_000, 9, 'throttled'))).toEqual([]);
    expect(moments(seen(2_000, 9, 'faulted'), seen(8_000, 9, 'throttled'))).toEqual([{ hard: 9, ambiguous: 0, decided: 9 }]);
  });

  it('span buckets, and have them around', () => {
    const buckets = bucketsOf([before, seen(9_000, 5, 'faulted'), seen(10_000, 6, 'faulted')]);
    const [first, both, last] = momentsOf(buckets, START);
    expect([first?.hard, both?.hard, last?.hard]).toEqual([5, 11, 6]);
    expect([first?.around.faults, both?.around.faults, last?.around.faults]).toEqual([5, 11, 6]);
  });

  it('begin in no bucket before the window, nor in the oldest that is known', () => {
    const failing = [seen(0, 9, 'faulted'), seen(12_000, 9, 'faulted')];
    const of = (windowStart: number) => momentsOf(bucketsOf([before, ...failing]), windowStart).length;
    expect([of(START), of(START + 1), of(START + 10_001)]).toEqual([3, 1, 0]);
    expect(momentsOf(bucketsOf(failing), START).map(({ hard }) => hard)).toEqual([9]);
    expect(momentsOf([], START)).toEqual([]);
  });

  it('go by the busiest bucket that there was', () => {
    const [moment] = momentsOf(bucketsOf([before, seen(-30_000, 400), seen(1_000, 9, 'faulted')]), START - 20_000);
    expect(moment?.decided).toBe(40);
  });
});
