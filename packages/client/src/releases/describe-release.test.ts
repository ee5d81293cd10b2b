import { expect, it } from 'vitest';
import { describeRelease } from './describe-release.ts';

it.each([
  ['haiku first', 'haiku first (by ada)'],
  ['  haiku first ', 'haiku first (by ada)'],
  [undefined, 'by ada'],
  [' ', 'by ada'],
  ['für – alle\n', 'f?r ? alle (by ada)'],
])('describes %j in what AppConfig takes', (description, expected) => {
  expect(describeRelease(description, 'ada')).toBe(expected);
});

it('is never longer than AppConfig takes', () => {
  expect(describeRelease('x'.repeat(5_000), 'ada').length).toBeLessThanOrEqual(1_024);
});
