import { expect, it } from 'vitest';
import { makeTarget } from '../testing/make-table.ts';
import { createLocalThrottle } from './local-throttle.ts';

const a = makeTarget('a');

it('knows nothing against a target at first', () => {
  const throttle = createLocalThrottle();
  expect([throttle.shareOf(a, 0), throttle.restMs(a, 0), throttle.isQuiet(0)]).toEqual([1, 0, true]);
});

it('takes the share down to 0.7 with each 429, and gives 0.05 back a second', () => {
  const throttle = createLocalThrottle();
  throttle.note(a, { startedAt: 900, now: 1_000 });
  expect(throttle.shareOf(a, 1_000)).toBeCloseTo(0.7);
  throttle.note(a, { startedAt: 1_000, now: 1_000 });
  expect(throttle.shareOf(a, 1_000)).toBeCloseTo(0.49);
  expect(throttle.shareOf(a, 3_000)).toBeCloseTo(0.59);
  expect(throttle.isQuiet(3_000)).toBe(false);
  expect(throttle.shareOf(a, 11_300)).toBe(1);
  expect(throttle.isQuiet(11_300)).toBe(true);
});

it('takes calls that were sent before the last cut for one piece of news', () => {
  const throttle = createLocalThrottle();
  for (let index = 0; index < 10; index++) throttle.note(a, { startedAt: 900, now: 1_000 + index });
  expect(throttle.shareOf(a, 1_000)).toBeCloseTo(0.7);
});

it('never falls below 0.05', () => {
  const throttle = createLocalThrottle();
  for (let now = 0; now < 100; now++) throttle.note(a, { startedAt: now, now });
  expect(throttle.shareOf(a, 99)).toBeCloseTo(0.05);
});

it('keeps the longest rest that a target asked for, a quarter of an hour at most', () => {
  const throttle = createLocalThrottle();
  throttle.note(a, { startedAt: 0, now: 1_000, retryAfterMs: 5_000 });
  throttle.note(a, { startedAt: 0, now: 1_500, retryAfterMs: 1_000 });
  expect([throttle.restMs(a, 1_500), throttle.restMs(a, 5_999), throttle.restMs(a, 6_000)]).toEqual([4_500, 1, 0]);
  throttle.note(a, { startedAt: 7_000, now: 7_000, retryAfterMs: 86_400_000 });
  expect(throttle.restMs(a, 7_000)).toBe(900_000);
});

it('says nothing of a target that was redefined', () => {
  const throttle = createLocalThrottle();
  throttle.note(a, { startedAt: 0, now: 0, retryAfterMs: 5_000 });
  expect(throttle.restMs({ ...a, definition: 'd1' }, 0)).toBe(0);
  expect(throttle.shareOf({ ...a, definition: 'd1' }, 0)).toBe(1);
});
