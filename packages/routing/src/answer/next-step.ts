import type { RoutingTarget } from '@signalbox/contracts';
import type { PlannedTarget } from '../plan/planned-target.ts';
import type { Ended, Waiting } from './answer-result.ts';
import { MIN_ATTEMPT_MS } from './call-limits.ts';
import { type Conduct, conductOf } from './conduct.ts';
import { isThrottling } from './hold.ts';
import { isDoubted, isTooLongForAll, nextTarget, untriedTargets } from './next-target.ts';
import { callsTo, type Pause, type RetryStanding, sameTargetPause } from './same-target-pause.ts';
import { isQuarantined, MAX_STRIKES_OF_SUSPECT, MAX_STRIKES_PER_RECEIVE, type Strikes } from './strikes.ts';
import type { Trial } from './trial.ts';

/** Where a receive stands. */
export type Standing = RetryStanding & {
  strikes: Strikes;
  /** True when the requests of the tenant's slot fail everywhere. */
  isSuspect: boolean;
  /** False where nobody can wait, so that this receive is all there is. */
  canWait: boolean;
  /** False of a second target where a failure of the request, which struck lately, would tell nothing. */
  isWorthALook: (target: RoutingTarget) => boolean;
  isAborted: boolean;
  /** True once a piece of an answer was given away: nobody else can go on with it. */
  hasSpoken: boolean;
  /** The target before whose second call the pause is over. */
  pausedFor?: string | undefined;
  /** After how long without a token the first call may have a second one beside it; absent where none may. */
  hedgeAfterMs?: number | undefined;
};

export type Step =
  /** `costsToken`: to be taken from the retry budget. */
  | { kind: 'call'; planned: PlannedTarget; costsToken: boolean; hedgeAfterMs?: number }
  /** A pause, for which a token is to be taken, and then this question again, with `pausedFor`. */
  | { kind: 'wait-and-call'; planned: PlannedTarget; pause: Pause }
  | { kind: 'answer'; trial: Trial }
  | { kind: 'end'; reason: Ended['reason'] }
  | { kind: 'break-off' }
  | { kind: 'wait'; reason: Waiting['reason']; retryAfterMs?: number };

/** What to do next: pure, so that the whole conduct of the loop is decided here. */
export function nextStep(standing: Standing): Step {
  const { trials, strikes, isSuspect, isAborted } = standing;
  // Any of the trials, not only the last: of two calls side by side the earlier one may be the answer.
  const answer = findBy('take', trials);
  if (answer) return { kind: 'answer', trial: answer };
  // Also in the middle of an answer: that it was refused says more than that it broke off, and asking again would not help.
  if (findBy('refuse', trials)) return { kind: 'end', reason: 'refused' };
  if (findBy('reject', trials)) return { kind: 'end', reason: 'invalid' };
  if (standing.hasSpoken) return isAborted ? { kind: 'wait', reason: 'cancelled' } : { kind: 'break-off' };
  if (findBy('doubt', trials) && isQuarantined(strikes, isSuspect)) return { kind: 'end', reason: 'quarantined' };
  if (isAborted || findBy('leave', trials)) return { kind: 'wait', reason: 'cancelled' };
  return retryStep(standing) ?? (hasDoubtedEnough(standing) ? { kind: 'wait', reason: 'unavailable' } : nextTargetStep(standing));
}

/**
 * The second call beside one that has given nothing yet: to the next target of the plan, if that is one that health trusts, and whose
 * class the request takes. Undefined when there is none; one request has one such call at most.
 */
export function hedgeStep(standing: Standing, underWay: PlannedTarget, mayDegrade: boolean): PlannedTarget | undefined {
  if (standing.isAborted || standing.isTrial || standing.isSuspect || standing.remainingMs < MIN_ATTEMPT_MS || standing.maxTargets < 2)
    return undefined;
  const targets = standing.targets.filter(({ target, degraded }) => target.id !== underWay.target.id && (mayDegrade || !degraded));
  const affords = (target: RoutingTarget) => standing.affords(target, underWay.target);
  return nextTarget({ ...standing, targets, affords }, { maySpend: false });
}

function retryStep(standing: Standing): Step | undefined {
  const last = standing.trials.at(-1);
  if (!last) return undefined;
  const { planned } = last;
  if (standing.pausedFor !== planned.target.id) {
    const pause = sameTargetPause(standing, last);
    return pause && { kind: 'wait-and-call', planned, pause };
  }
  const mayCall = callsTo(planned.target.id, standing.trials) === 1 && !standing.holdOf(planned.target);
  return mayCall && standing.remainingMs >= MIN_ATTEMPT_MS ? { kind: 'call', planned, costsToken: false } : undefined;
}

function nextTargetStep(standing: Standing): Step {
  const { trials, remainingMs, hasRetryToken, hedgeAfterMs } = standing;
  const isFirst = trials.length === 0;
  const planned = nextTarget(standing, { maySpend: isFirst || hasRetryToken });
  if (!planned) return isTooLongForAll(standing) ? { kind: 'end', reason: 'too-long' } : waitStep(standing);
  if (remainingMs < MIN_ATTEMPT_MS) return { kind: 'wait', reason: 'out-of-time' };
  const costsToken = !isFirst && isDoubted(standing, planned);
  return { kind: 'call', planned, costsToken, ...(isFirst && hedgeAfterMs !== undefined && { hedgeAfterMs }) };
}

/** `throttled` when every target, tried or held back, only asks for less. */
function waitStep(standing: Standing): Step {
  const { trials, holdOf } = standing;
  const holds = untriedTargets(standing).map(({ target }) => holdOf(target));
  const areThrottled =
    trials.every(({ reply }) => reply.outcome === 'throttled') && holds.every((hold) => !hold || isThrottling(hold.cause));
  if (!areThrottled) return { kind: 'wait', reason: 'unavailable' };
  const waitsMs = holds.filter((hold) => hold !== undefined).map(({ forMs }) => forMs);
  return { kind: 'wait', reason: 'throttled', ...(waitsMs.length > 0 && { retryAfterMs: Math.min(...waitsMs) }) };
}

/** For one who cannot wait the second look stays: an innocent request must not lose its failover. */
function hasDoubtedEnough(standing: Standing): boolean {
  const { trials, isSuspect, canWait, hasRetryToken, isWorthALook } = standing;
  const doubts = trials.filter(({ reply }) => conductOf(reply) === 'doubt').length;
  if (doubts === 0) return false;
  if (doubts >= (isSuspect && canWait ? MAX_STRIKES_OF_SUSPECT : MAX_STRIKES_PER_RECEIVE)) return true;
  const second = nextTarget(standing, { maySpend: hasRetryToken });
  return canWait && second !== undefined && !isWorthALook(second.target);
}

function findBy(conduct: Conduct, trials: readonly Trial[]): Trial | undefined {
  return trials.find(({ reply }) => conductOf(reply) === conduct);
}
