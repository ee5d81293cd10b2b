import { describe, expect, it } from 'vitest';
import { isShare, parseShare } from './share.ts';

describe('a share', () => {
  it.each<[string | number, number]>([
    ['5%', 0.05],
    ['0.5%', 0.005],
    ['100%', 1],
    [0.05, 0.05],
    [1, 1],
  ])('reads %s', (written, expected) => {
    expect(isShare(written)).toBe(true);
    expect(parseShare(written)).toBeCloseTo(expected, 12);
  });

  it.each([0, '0%', 5, '101%', '5', '5 %', -0.1, Number.NaN, null, [], '-5%'])('does not read %s', (written) => {
    expect(isShare(written)).toBe(false);
    expect(() => parseShare(written)).toThrow(TypeError);
  });
});
