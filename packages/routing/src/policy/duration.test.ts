import { expect, it } from 'vitest';
import { isDuration, parseDuration } from './duration.ts';

it.each([
  ['500ms', 500],
  ['1.5s', 1_500],
  ['10s', 10_000],
  ['2m', 120_000],
  ['1h', 3_600_000],
])('reads %s as %i ms', (text, expected) => {
  expect(parseDuration(text)).toBe(expected);
});

it.each(['10', 10, '0s', '-1s', '1 s', '1d', '', 's', '1e3s', null, '0.0001ms'])('refuses %j', (value) => {
  expect(isDuration(value)).toBe(false);
  expect(() => parseDuration(value)).toThrow('is not a duration');
});
