import { expect, it } from 'vitest';
import { formatNumber, formatPercent, formatTime, formatTokens, formatUsd } from './format-figures.ts';

it.each([
  [0, '$0.00'],
  [0.1, '$0.10'],
  [0.00000123456, '$0.00000123'],
  [1_234.5, '$1,234.50'],
])('writes %d dollars as %s', (usd, text) => {
  expect(formatUsd(usd)).toBe(text);
});

it('writes numbers, fractions and tokens for people', () => {
  expect([formatNumber(1 / 3), formatPercent(1 / 3), formatPercent(1), formatTokens(1_234_567.8)]).toEqual([
    '0.333',
    '33.3 %',
    '100 %',
    '1,234,568',
  ]);
});

it('names the day of a time that is not of today', () => {
  const at = Date.parse('2026-11-21T23:59:59Z');
  expect(formatTime(at, at)).toBe('23:59 UTC');
  expect(formatTime(at, at + 1_000)).toBe('2026-11-21 23:59 UTC');
});
