/** Bins of a histogram, from 50 ms to 376 s: what a call may take in any lane but bulk. */
export const LATENCY_BINS = 40;
const FIRST_BIN_MS = 50;
/** Each bin is a quarter wider than the one before. */
const GROWTH = 1.25;

/** The greatest relative error of `latencyQuantile` between 50 ms and 376 s: half a bin on a log scale, 11.8 %. */
export const LATENCY_ERROR = Math.sqrt(GROWTH) - 1;

/** Counts by latency; merged by adding bin to bin. */
export type LatencyHistogram = readonly number[];

/** The bin of a latency in milliseconds. What is shorter than the first or longer than the last counts there. */
export function latencyBin(latencyMs: number): number {
  if (!(latencyMs > FIRST_BIN_MS)) return 0;
  return Math.min(LATENCY_BINS - 1, Math.floor(Math.log(latencyMs / FIRST_BIN_MS) / Math.log(GROWTH)));
}

/** The latency in milliseconds that a share of the calls, 0 to 1, does not exceed; undefined when there are none. */
export function latencyQuantile(histogram: LatencyHistogram, share: number): number | undefined {
  const total = histogram.reduce((sum, count) => sum + count, 0);
  if (total <= 0) return undefined;
  const rank = Math.min(total, Math.max(1, Math.ceil(share * total)));
  let upTo = 0;
  const bin = histogram.findIndex((count) => {
    upTo += count;
    return upTo >= rank;
  });
  return middleOf(bin);
}

/** The geometric middle of a bin: its relative error is the same towards both edges. */
function middleOf(bin: number): number {
  return FIRST_BIN_MS * GROWTH ** (bin + 0.5);
}
