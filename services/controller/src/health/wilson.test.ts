import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wilsonLowerBound } from './wilson.ts';

describe('the lower bound of a rate', () => {
  it.each([
    [0, 0, 0],
    [0, 10, 0],
    [1, 1, 0.207],
    [3, 3, 0.438],
    [5, 6, 0.436],
    [180, 400, 0.402],
    [170, 400, 0.377],
  ])('of %d in %d is %d', (events, tries, expected) => {
    expect(wilsonLowerBound(events, tries)).toBeCloseTo(expected, 3);
  });

  const counts = fc.tuple(fc.nat({ max: 5_000 }), fc.nat({ max: 5_000 })).map(([events, others]) => ({ events, tries: events + others }));

  it('lies between 0 and the rate', () => {
    fc.assert(
      fc.property(counts, ({ events, tries }) => {
        const bound = wilsonLowerBound(events, tries);
        expect(bound).toBeGreaterThanOrEqual(0);
        expect(bound).toBeLessThanOrEqual(tries === 0 ? 0 : events / tries + 1e-12);
      }),
    );
  });

  it('grows with one more event, falls with one more try, and with as many again of both says more', () => {
    fc.assert(
      fc.property(counts, ({ events, tries }) => {
        const bound = wilsonLowerBound(events, tries);
        expect(wilsonLowerBound(events + 1, tries + 1)).toBeGreaterThanOrEqual(bound);
        expect(wilsonLowerBound(events, tries + 1)).toBeLessThanOrEqual(bound + 1e-12);
        expect(wilsonLowerBound(events * 2, tries * 2)).toBeGreaterThanOrEqual(bound - 1e-12);
      }),
    );
  });
});
