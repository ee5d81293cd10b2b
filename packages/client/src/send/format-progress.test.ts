import { expect, it } from 'vitest';
import { formatProgress, type Progress } from './format-progress.ts';

it.each<[string, Progress, string]>([
  [
    'with a bar where the size is known',
    { sent: 12_400, bad: 3, elapsedMs: 15_250, bytesRead: 620, bytesInAll: 1_000 },
    '[##############----------]  62%  12,400 sent  3 refused  813/s  9 s left',
  ],
  ['without one for a pipe', { sent: 40, bad: 0, elapsedMs: 20_000, bytesRead: 9, bytesInAll: undefined }, '40 sent  2/s'],
  ['at the very beginning', { sent: 0, bad: 0, elapsedMs: 0, bytesRead: 0, bytesInAll: 10 }, '[------------------------]   0%  0 sent'],
  ['of an empty file', { sent: 0, bad: 0, elapsedMs: 10, bytesRead: 0, bytesInAll: 0 }, '0 sent'],
  [
    'for hours',
    { sent: 1_000, bad: 0, elapsedMs: 100_000, bytesRead: 1, bytesInAll: 101 },
    '[------------------------]   0%  1,000 sent  10/s  2.8 h left',
  ],
])('shows progress %s', (_, progress, text) => {
  expect(formatProgress(progress)).toBe(text);
});
