import { describe, expect, it } from 'vitest';
import { describeDuration, percent, toReason } from './describe.ts';

describe('words for operators', () => {
  it.each([
    [0, '0 %'],
    [0.004, '0.4 %'],
    [0.01, '1 %'],
    [0.256, '26 %'],
    [1, '100 %'],
  ])('%d is %s', (rate, text) => {
    expect(percent(rate)).toBe(text);
  });

  it.each([
    [320, '0.3 s'],
    [9_999, '10.0 s'],
    [10_000, '10 s'],
    [95_400, '95 s'],
  ])('%d ms are %s', (milliseconds, text) => {
    expect(describeDuration(milliseconds)).toBe(text);
  });

  it('are cut where they are longer than a line, and only there', () => {
    expect(toReason('x'.repeat(80))).toBe('x'.repeat(80));
    expect(toReason('x'.repeat(81))).toBe(`${'x'.repeat(79)}…`);
  });
});
