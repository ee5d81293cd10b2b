import { describe, expect, it } from 'vitest';
import { formatAge, formatAmount, formatCompact, formatCost, formatCount, formatPrice, formatShare } from './format-figures.ts';

describe('formatPrice', () => {
  it.each([
    [3, '$3.00'],
    [1.375, '$1.375'],
    [0.00875, '$0.00875'],
    [0, '$0.00'],
    [12345.5, '$12,345.50'],
    [null, '–'],
    [undefined, '–'],
  ])('shows %s as %s', (dollars, expected) => expect(formatPrice(dollars)).toBe(expected));
});

describe('formatCost', () => {
  it.each([
    [1.2, '$1.20'],
    [0.1, '$0.10'],
    [0.0123456, '$0.0123'],
    [0.0000034212, '$0.00000342'],
    [0, '$0.00'],
    [null, '–'],
  ])('shows %s as %s', (dollars, expected) => expect(formatCost(dollars)).toBe(expected));
});

describe('formatShare', () => {
  it.each([
    [1, '100 %'],
    [0.75, '75 %'],
    [1 / 3, '33.3 %'],
    [0.0004, '< 0.1 %'],
    [0, '0 %'],
  ])('shows %s as %s', (share, expected) => expect(formatShare(share)).toBe(expected));
});

describe('formatAge', () => {
  it.each([
    [200, 'less than a second'],
    [1_000, '1 second'],
    [90_000, '1 minute'],
    [7_300_000, '2 hours'],
    [200_000_000, '2 days'],
  ])('shows %s ms as %s', (milliseconds, expected) => expect(formatAge(milliseconds)).toBe(expected));
});

it('counts in words', () => {
  expect([0, 1, 2_000].map((count) => formatAmount(count, 'problem'))).toEqual(['0 problems', '1 problem', '2,000 problems']);
  expect(formatAmount(2, 'policy', 'policies')).toBe('2 policies');
  expect([300_000, null].map(formatCount)).toEqual(['300,000', '–']);
  expect([300_000, 8_192, 10_000_000, null].map(formatCompact)).toEqual(['300K', '8.2K', '10M', '–']);
});
