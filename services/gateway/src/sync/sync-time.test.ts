import { expect, it } from 'vitest';
import { endsAtOf } from './sync-time.ts';

it.each([
  ['what people wait for when nothing is asked', { remainingMs: 300_000 }, 120_000],
  ['what is asked', { remainingMs: 300_000, timeoutMs: 5_000 }, 5_000],
  ['never longer than the invocation, less the time to record', { remainingMs: 300_000, timeoutMs: 600_000 }, 292_000],
  ['as long as one attempt takes', { remainingMs: 300_000, timeoutMs: 1_000 }, 1_500],
])('a call has %s', (_, times, expected) => {
  expect(endsAtOf({ now: 1_000_000, ...times }) - 1_000_000).toBe(expected);
});
