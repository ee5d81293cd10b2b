import type { OverlayTarget } from '@signalbox/contracts';
import { formatNumber, formatTime } from './format-figures.ts';

type HealthInput = { share: number; entry: OverlayTarget | undefined; now: number };

/** With which probability a target is let in and why, in words: `health lets it in with probability 0: open since 14:03 UTC, 12 of 14 calls failed`. */
export function describeHealth({ share, entry, now }: HealthInput): string {
  const probability = `lets it in with probability ${formatNumber(share)}`;
  // A share without a word of the fleet's is one that the caller put there.
  if (!entry || entry.share >= 1) return `this process ${probability}`;
  const since = `${entry.state} since ${formatTime(entry.since, now)}, ${entry.reason}`;
  return entry.manual ? `an operator ${probability}: ${since}` : `health ${probability}: ${since}`;
}
