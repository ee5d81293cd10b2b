import { createTokenBucket, type TokenBucket } from './token-bucket.ts';

/** Retries per request that a process may make in the long run: in an outage of everything its load grows by a fifth, no more. */
const TOKENS_PER_REQUEST = 0.2;
/** What a process may spend at once; it begins with that, so that the first request of a new sandbox has its retry. */
const MAX_TOKENS = 10;

/**
 * The retries of one process. A second call to the same target costs a token, and so does going on to a target that health lets in
 * for less than half of the requests. Going on to one that is well is free.
 */
export function createRetryBudget(): TokenBucket {
  return createTokenBucket({ gain: TOKENS_PER_REQUEST, cap: MAX_TOKENS, initial: MAX_TOKENS });
}
