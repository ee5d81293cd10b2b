import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { median, medianRatio } from './median.ts';

describe('median', () => {
  it.each([
    [[3], 3],
    [[9, 1, 5], 5],
    [[4, 1, 3, 2], 2.5],
  ])('of %j is %d', (values, expected) => {
    expect(median(values)).toBe(expected);
  });

  it('has as many values above it as below', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
        const middle = median(values);
        expect(values.filter((value) => value > middle).length).toBeLessThanOrEqual(values.length / 2);
        expect(values.filter((value) => value < middle).length).toBeLessThanOrEqual(values.length / 2);
      }),
    );
  });

  it('refuses an empty list', () => {
    expect(() => median([])).toThrow(/no values/);
  });
});

describe('medianRatio', () => {
  it('compares round by round, so that one slow round on both sides changes nothing', () => {
    expect(medianRatio([2, 200, 2], [4, 400, 4])).toBe(0.5);
  });

  it('refuses rounds that do not pair up', () => {
    expect(() => medianRatio([1], [1, 2])).toThrow(/1 rounds cannot be compared with 2/);
  });
});
