import { describe, expect, it } from 'vitest';
import { isRate, isShare, parseRate, parseShare } from './share.ts';

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

describe('a rate', () => {
  it.each<[string | number, number]>([
    ['0%', 0],
    [0, 0],
    ['2.5%', 0.025],
    [1, 1],
  ])('reads %s', (written, expected) => {
    expect(isRate(written)).toBe(true);
    expect(parseRate(written)).toBeCloseTo(expected, 12);
  });

  it.each(['101%', 1.01, -0.1, '5', Number.NaN, null])('does not read %s', (written) => {
    expect(isRate(written)).toBe(false);
    expect(() => parseRate(written)).toThrow(TypeError);
  });
});
