/** SQS delays a message by at most 15 minutes. */
const MAX_SECONDS = 900;
const BASE_SECONDS = 5;

/** Where chance alone decides, waiting long would not help; but each try costs a record and two messages, so that an outage of hours is not asked every 6 s. */
const BRIEF_SECONDS = { first: 6, growth: 1.25, longest: 60 };
/** Before the deadline there is time for a last try. */
const LAST_TRY_SECONDS = 15;

type Wait = {
  /** Times it was parked before, without the brief ones. */
  deferrals: number;
  /** The brief ones. */
  briefDeferrals?: number;
  now: number;
  deadline: number;
  random: () => number;
  retryAfterMs?: number;
  isBrief?: boolean;
};

/**
 * Seconds until a parked request is tried again: 5 × 2^n, jittered by a quarter so that a healed target is not met by all at once. Where only
 * chance kept it waiting, 6 × 1.25^n up to a minute, jittered by a half. Never past a deadline that is still to come, and with time before it
 * for a last try.
 */
export function parkDelaySeconds({
  deferrals,
  briefDeferrals = 0,
  now,
  deadline,
  random,
  retryAfterMs = 0,
  isBrief = false,
}: Wait): number {
  const jitter = random() / 2;
  const usual = Math.min(MAX_SECONDS, BASE_SECONDS * 2 ** Math.min(deferrals, 10)) * (0.75 + jitter);
  const brief = Math.min(BRIEF_SECONDS.longest, BRIEF_SECONDS.first * BRIEF_SECONDS.growth ** briefDeferrals) * (0.5 + 2 * jitter);
  const backoff = isBrief ? brief : usual;
  // What a provider asked for is the least; everybody got the same answer and must not come back together.
  const wanted = Math.max(backoff, (retryAfterMs / 1000) * (1 + jitter));
  // After its deadline a message only waits to tell how its request ended: without a delay it would spin while the bus is down.
  const untilDeadline = deadline > now ? Math.ceil((deadline - now) / 1000) : MAX_SECONDS;
  const untilLastTry = untilDeadline > LAST_TRY_SECONDS ? untilDeadline - LAST_TRY_SECONDS : untilDeadline;
  return Math.max(1, Math.round(Math.min(MAX_SECONDS, wanted, untilLastTry)));
}

/** True for the 1st, 2nd, 4th, 8th … deferral: the ones that are told. */
export function isToldDeferral(deferrals: number): boolean {
  return deferrals > 0 && (deferrals & (deferrals - 1)) === 0;
}
