import { expect, it } from 'vitest';
import { createAttemptLog } from './attempt-log.ts';

const call = { modelId: 'm', region: 'r', streaming: false };

it('shows how long an open call lasts, and how long an ended one took', () => {
  let now = 1_000;
  const log = createAttemptLog({ now: () => now, monotonicNow: () => now });
  const attempt = log.begin(call);
  now = 1_200;
  expect(log.list()).toEqual([{ at: 1_000, ...call, status: 0, durationMs: 200 }]);
  attempt.answered(200);
  attempt.end();
  now = 5_000;
  attempt.end();
  expect(log.list()).toEqual([{ at: 1_000, ...call, status: 200, durationMs: 200 }]);
});

it('keeps the last calls only', () => {
  let now = 0;
  const log = createAttemptLog({ limit: 100, now: () => now, monotonicNow: () => now });
  for (; now < 1_000; now += 1) log.begin(call);
  const kept = log.list().map(({ at }) => at);
  expect(kept).toEqual(Array.from({ length: 100 }, (_, index) => 900 + index));
});
