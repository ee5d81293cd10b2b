import { createBoundedMap } from './bounded-map.ts';
import { createTokenBucket, type TokenBucket } from './token-bucket.ts';

/** Hedges that a quiet time may save up: when a target begins to hang, many requests ask for one at the same moment. */
const MAX_TOKENS = 10;

/** The budget of a route's hedges, by its name and the share of requests that may have one. */
export type HedgeBudget = (route: string, share: number) => TokenBucket;

/** Each request of a route earns its share of a hedge; begun with nothing, so that there are never more than that share of the requests. */
export function createHedgeBudget(): HedgeBudget {
  const buckets = createBoundedMap<TokenBucket>();
  return (route, share) => buckets.get(`${route}/${share}`, () => createTokenBucket({ gain: share, cap: MAX_TOKENS, initial: 0 }));
}
