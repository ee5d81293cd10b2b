import { expect, it } from 'vitest';
import { toMilliseconds } from './durations.ts';

it.each([
  ['90s', 90_000],
  ['1.5m', 90_000],
  ['2h', 7_200_000],
  ['1d', 86_400_000],
])('takes %s', (value, milliseconds) => {
  expect(toMilliseconds(value)).toBe(milliseconds);
});

it.each(['', '2', 'h', '0h', '-1h', '2 h', '2w', '1e3h', '2hours'])('refuses %j', (value) => {
  expect(() => toMilliseconds(value)).toThrow('must be a time above 0 with its unit');
});
