import { answeredOf, type Bucket, type Counters, decidedOf, sumCounters } from './counters.ts';
import { type Moment, momentsOf } from './moments.ts';
import type { Thresholds } from './thresholds.ts';

/** What is known of a target, each since it was last given a new start. */
export type Evidence = {
  fast: Counters;
  /** Its latest seconds: a burst of failures stands out there, and drowns in the window. */
  moments: readonly Moment[];
  slow: Counters;
  /** As far back as it takes for enough attempts to judge by. */
  long: Counters;
  /** From the newest attempt back to the last bucket in which one was answered, without it: failures in a row, in any order of arrival. */
  run: Counters;
  /** In the time after which a degraded target counts as starved. */
  lately: Counters;
};

type EvidenceInput = { buckets: readonly Bucket[]; from: number; now: number; thresholds: Thresholds };

/** Sums a target's buckets to what its judges ask for. Their order does not matter. */
export function gatherEvidence({ buckets, from, now, thresholds }: EvidenceInput): Evidence {
  const oldest = Math.max(from, now - thresholds.longWindowMs);
  const usable = buckets.filter(({ bucketStart }) => bucketStart >= oldest && bucketStart <= now);
  const newestFirst = usable.sort((one, other) => other.bucketStart - one.bucketStart);
  const within = (windowMs: number) => sumBuckets(newestFirst.filter(({ bucketStart }) => bucketStart >= now - windowMs));
  return {
    fast: within(thresholds.fastWindowMs),
    moments: momentsOf(
      newestFirst.filter(({ bucketStart }) => bucketStart >= now - thresholds.slowWindowMs),
      now - thresholds.fastWindowMs,
    ),
    slow: within(thresholds.slowWindowMs),
    long: walkBack(newestFirst, thresholds.lowVolumeAttempts),
    run: runOf(newestFirst),
    lately: within(thresholds.starvedMs),
  };
}

/** As many of the newest buckets as it takes for so many attempts, all where there are fewer. */
function walkBack(newestFirst: readonly Bucket[], enough: number): Counters {
  let decided = 0;
  const end = newestFirst.findIndex(({ counters }) => {
    decided += decidedOf(counters);
    return decided >= enough;
  });
  return sumBuckets(end === -1 ? newestFirst : newestFirst.slice(0, end + 1));
}

function runOf(newestFirst: readonly Bucket[]): Counters {
  const end = newestFirst.findIndex(({ counters }) => answeredOf(counters) > 0);
  return sumBuckets(end === -1 ? newestFirst : newestFirst.slice(0, end));
}

function sumBuckets(buckets: readonly Bucket[]): Counters {
  return sumCounters(buckets.map(({ counters }) => counters));
}
