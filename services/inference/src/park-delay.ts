/** SQS delays a message by at most 15 minutes. */
const MAX_SECONDS = 900;
const BASE_SECONDS = 5;

type Wait = { deferrals: number; now: number; deadline: number; random: () => number; retryAfterMs?: number };

/** Seconds until a parked request is tried again: 5 × 2^n, jittered by a quarter so that a healed target is not met by all at once, never past a deadline that is still to come. */
export function parkDelaySeconds({ deferrals, now, deadline, random, retryAfterMs = 0 }: Wait): number {
  const jitter = random() / 2;
  const backoff = Math.min(MAX_SECONDS, BASE_SECONDS * 2 ** Math.min(deferrals, 10)) * (0.75 + jitter);
  // What a provider asked for is the least; everybody got the same answer and must not come back together.
  const wanted = Math.max(backoff, (retryAfterMs / 1000) * (1 + jitter));
  // After its deadline a message only waits to tell how its request ended: without a delay it would spin while the bus is down.
  const untilDeadline = deadline > now ? Math.ceil((deadline - now) / 1000) : MAX_SECONDS;
  return Math.round(Math.min(MAX_SECONDS, wanted, untilDeadline));
}

/** True for the 1st, 2nd, 4th, 8th … deferral: the ones that are told. */
export function isToldDeferral(deferrals: number): boolean {
  return deferrals > 0 && (deferrals & (deferrals - 1)) === 0;
}
