/** The other targets that share a route with one, as its judges ask of them. */
export type Peers = {
  /** Failure rates, 0 to 1, of those that are up. Empty when traffic cannot be moved anywhere. */
  failureRates: readonly number[];
  /** Rates of slow calls of the same. */
  slowRates: readonly number[];
  /** True when a route has nobody else that is up: then the target is worth more than it is well. */
  isNeeded: boolean;
  /** Of all of them and the target, over the fast window. */
  requestsPerSecond: number;
};

/** A target that shares no route with another one. */
export const ALONE: Peers = { failureRates: [], slowRates: [], isNeeded: true, requestsPerSecond: 0 };

export function median(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
}
