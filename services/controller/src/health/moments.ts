import { type Bucket, type Counters, decidedOf, SECONDS, sumCounters } from './counters.ts';

/** The latest seconds of a target, up to the newest one in which something was decided, or to the one before: the newest is hardly told yet. */
export type Moment = {
  hard: number;
  ambiguous: number;
  /** Attempts that are told, or as many as usually begin in so much time, whichever is more: failures are told sooner than answers. */
  decided: number;
  /** The buckets that it lies in: for whose failures these are. */
  around: Counters;
};

type Second = { at: number; bucket: Bucket; decided: number; hard: number; ambiguous: number };

/**
 * All moments that begin within a window and after something older that was answered or not: what nobody knew before has no usual.
 * Buckets in any order. Workers that tell no seconds are in what is usual, and in no moment.
 */
export function momentsOf(buckets: readonly Bucket[], windowStart: number): Moment[] {
  const known = buckets.filter(({ counters }) => decidedOf(counters) > 0);
  const usual = Math.max(0, ...known.map(({ counters }) => decidedOf(counters))) / SECONDS;
  const oldest = Math.min(...known.map(({ bucketStart }) => bucketStart));
  const seconds = known.filter(({ bucketStart }) => bucketStart >= windowStart && bucketStart > oldest).flatMap(secondsOf);
  const newest = Math.max(...seconds.map(({ at }) => at));
  const failing = seconds.filter(({ hard, ambiguous }) => hard + ambiguous > 0);
  const spans = failing.flatMap(({ at }) => [newest - 1_000, newest].filter((end) => end >= at).map((end) => ({ start: at, end })));
  return spans.map((span) => momentOf(span, seconds, usual));
}

function secondsOf(bucket: Bucket): Second[] {
  const { decided, hard, ambiguous } = bucket.counters.seconds;
  const all = decided.map((count, index) => ({
    at: bucket.bucketStart + index * 1_000,
    bucket,
    decided: count,
    hard: hard[index] ?? 0,
    ambiguous: ambiguous[index] ?? 0,
  }));
  return all.filter((second) => second.decided > 0);
}

type Span = { start: number; end: number };

function momentOf({ start, end }: Span, seconds: readonly Second[], usual: number): Moment {
  const own = seconds.filter(({ at }) => at >= start && at <= end);
  const sum = (of: (second: Second) => number) => own.reduce((total, second) => total + of(second), 0);
  const usually = usual * ((end - start) / 1_000 + 1);
  return {
    hard: sum(({ hard }) => hard),
    ambiguous: sum(({ ambiguous }) => ambiguous),
    decided: Math.max(
      sum(({ decided }) => decided),
      usually,
    ),
    around: sumCounters(new Set(own.map(({ bucket }) => bucket.counters))),
  };
}
