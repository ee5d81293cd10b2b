import { TENANT_SLOTS } from '@signalbox/contracts';
import { type Bucket, decidedOf, sumCounters } from './counters.ts';
import { SUSPECT } from './thresholds.ts';
import { wilsonLowerBound } from './wilson.ts';

/** The tenant slots whose requests fail ambiguously everywhere, while nearly all others are answered. */
export function findSuspectSlots(buckets: readonly Bucket[], now: number): number[] {
  const recent = buckets.filter(({ bucketStart }) => bucketStart >= now - SUSPECT.windowMs && bucketStart <= now);
  const sum = sumCounters(recent.map(({ counters }) => counters));
  const decided = decidedOf(sum);
  return Array.from({ length: TENANT_SLOTS }, (_, slot) => slot).filter((slot) => {
    const failed = sum.slots.ambiguous[slot] ?? 0;
    const attempts = sum.slots.attempts[slot] ?? 0;
    if (failed < SUSPECT.failures || wilsonLowerBound(failed, attempts) <= SUSPECT.lowerBound) return false;
    const others = decided - attempts;
    return others >= SUSPECT.othersAttempts && (sum.ambiguous - failed) / others < SUSPECT.othersRate;
  });
}
