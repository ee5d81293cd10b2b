import { MIN_ATTEMPT_MS } from './call-limits.ts';
import { conductOf } from './conduct.ts';
import { type Choice, isLargeEnough, nextTarget } from './next-target.ts';
import type { Trial } from './trial.ts';

/** What a second call to the same target goes by. */
export type RetryStanding = Choice & {
  remainingMs: number;
  /** The longest `Retry-After` that the route waits for; 0 when it waits for none. */
  maxRetryAfterMs: number;
  hasRetryToken: boolean;
  /** True when this receive has waited for a `Retry-After`: it does so once. */
  hasWaited: boolean;
  /** True when this receive is a live trial, which is one call. */
  isTrial: boolean;
};

/** The pause is drawn between the two, in milliseconds. */
export type Pause = { atLeastMs: number; atMostMs: number; isAsked: boolean };

/** A fault of a moment is over at once, or it is not of a moment. */
const AFTER_FAULT = { atLeastMs: 50, atMostMs: 150, isAsked: false } as const;
/** A 429 that does not say how long: long enough for a burst to pass, short beside an answer. */
const AFTER_THROTTLE = { atLeastMs: 100, atMostMs: 400, isAsked: false } as const;
/** After the time that was asked for: a timer may fire a little early, and those who were told the same do not come back at one moment. */
const AFTER_WAIT_MS = { atLeast: 10, atMost: 250 } as const;

/** The pause before the one retry on the target of the last trial; undefined when there is to be none. */
export function sameTargetPause(standing: RetryStanding, last: Trial): Pause | undefined {
  const { target } = last.planned;
  if (standing.isTrial || !standing.hasRetryToken || callsTo(target.id, standing.trials) > 1) return undefined;
  if (!isLargeEnough(standing, target) || !standing.affords(target)) return undefined;
  if (isEasedOff(standing, last)) return undefined;
  const pause = pauseAfter(standing, last);
  const hold = standing.holdOf(target);
  if (!pause || (hold && !(pause.isAsked && hold.cause === 'resting'))) return undefined;
  return standing.remainingMs >= pause.atMostMs + MIN_ATTEMPT_MS ? pause : undefined;
}

/**
 * True for a 429 of a target that was already asked for less: it goes on throttling, and its share has answered that. The second call is
 * kept where nobody else could take the request.
 */
function isEasedOff(standing: RetryStanding, { planned, reply }: Trial): boolean {
  if (reply.outcome !== 'throttled' || standing.shareOf(planned.target) >= 1) return false;
  return nextTarget(standing, { maySpend: standing.hasRetryToken }) !== undefined;
}

/** How often a target was called. */
export function callsTo(targetId: string, trials: readonly Trial[]): number {
  return trials.filter(({ planned }) => planned.target.id === targetId).length;
}

function pauseAfter(standing: RetryStanding, { planned, reply }: Trial): Pause | undefined {
  const conduct = conductOf(reply);
  if (conduct === 'retry') return AFTER_FAULT;
  if (conduct !== 'ease' || reply.outcome === 'succeeded') return undefined;
  if (!reply.retryAfterMs) return AFTER_THROTTLE;
  // Another request may have been told to wait for longer since.
  const waitMs = Math.max(reply.retryAfterMs, standing.holdOf(planned.target)?.forMs ?? 0);
  if (standing.hasWaited || waitMs > standing.maxRetryAfterMs) return undefined;
  const atLeastMs = Math.max(AFTER_THROTTLE.atLeastMs, waitMs + AFTER_WAIT_MS.atLeast);
  return { atLeastMs, atMostMs: waitMs + AFTER_WAIT_MS.atMost, isAsked: true };
}
