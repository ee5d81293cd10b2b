import type { PlannedTarget } from '../plan/planned-target.ts';
import type { Ended, Waiting } from './answer-result.ts';
import { MIN_ATTEMPT_MS } from './call-limits.ts';
import { conductOf } from './conduct.ts';
import { isQuarantined, MAX_STRIKES_PER_RECEIVE, type Strikes } from './strikes.ts';
import type { Trial } from './trial.ts';

/** The longest pause before a second call to the same target, in milliseconds. */
export const MAX_RETRY_PAUSE_MS = 150;

/** Where a receive stands. */
export type Standing = {
  targets: readonly PlannedTarget[];
  trials: readonly Trial[];
  strikes: Strikes;
  /** Distinct targets that may be tried. */
  maxTargets: number;
  remainingMs: number;
  isAborted: boolean;
};

export type Step =
  | { kind: 'call'; planned: PlannedTarget; isRetry: boolean }
  | { kind: 'answer'; trial: Trial }
  | { kind: 'end'; reason: Ended['reason'] }
  | { kind: 'wait'; reason: Waiting['reason'] };

/** What to do next: pure, so that the whole conduct of the loop is decided here. */
export function nextStep(standing: Standing): Step {
  const { trials, strikes, isAborted } = standing;
  const last = trials.at(-1);
  const conduct = last && conductOf(last.reply);
  if (last && conduct === 'take') return { kind: 'answer', trial: last };
  if (conduct === 'refuse') return { kind: 'end', reason: 'refused' };
  if (conduct === 'reject') return { kind: 'end', reason: 'invalid' };
  if (conduct === 'doubt' && isQuarantined(strikes)) return { kind: 'end', reason: 'quarantined' };
  if (conduct === 'leave' || isAborted) return { kind: 'wait', reason: 'cancelled' };
  if (last && conduct === 'retry' && mayRetry(standing, last)) return { kind: 'call', planned: last.planned, isRetry: true };
  if (countDoubts(trials) >= MAX_STRIKES_PER_RECEIVE) return { kind: 'wait', reason: 'unavailable' };
  return nextTargetStep(standing);
}

function nextTargetStep(standing: Standing): Step {
  const { trials, remainingMs } = standing;
  const planned = nextTarget(standing);
  if (planned) return remainingMs < MIN_ATTEMPT_MS ? { kind: 'wait', reason: 'out-of-time' } : { kind: 'call', planned, isRetry: false };
  if (isTooLongForAll(standing)) return { kind: 'end', reason: 'too-long' };
  const areAllThrottled = trials.every(({ reply }) => reply.outcome === 'throttled');
  return { kind: 'wait', reason: areAllThrottled ? 'throttled' : 'unavailable' };
}

function mayRetry({ trials, remainingMs }: Standing, last: Trial): boolean {
  const callsToTarget = trials.filter(({ planned }) => planned.target.id === last.planned.target.id).length;
  return callsToTarget === 1 && remainingMs >= MIN_ATTEMPT_MS + MAX_RETRY_PAUSE_MS;
}

function nextTarget({ targets, trials, maxTargets }: Standing): PlannedTarget | undefined {
  const tried = new Set(trials.map(({ planned }) => planned.target.id));
  if (tried.size >= maxTargets) return undefined;
  const mustExceed = contextExceeded(trials);
  return targets.find(({ target }) => !tried.has(target.id) && hasLargerContext(target.contextTokens, mustExceed));
}

/** True when the request was too long somewhere and no other target of the plan is known to take more. */
function isTooLongForAll({ targets, trials }: Standing): boolean {
  const mustExceed = contextExceeded(trials);
  return mustExceed > 0 && !targets.some(({ target }) => hasLargerContext(target.contextTokens, mustExceed));
}

/** The largest context that was too small; 0 when none was. Of a target whose context is unknown, none is known to be larger. */
function contextExceeded(trials: readonly Trial[]): number {
  const exceeded = trials.filter(({ reply }) => conductOf(reply) === 'longer');
  return Math.max(0, ...exceeded.map(({ planned }) => planned.target.contextTokens ?? Number.POSITIVE_INFINITY));
}

function hasLargerContext(contextTokens: number | null, mustExceed: number): boolean {
  return mustExceed === 0 || (contextTokens !== null && contextTokens > mustExceed);
}

function countDoubts(trials: readonly Trial[]): number {
  return trials.filter(({ reply }) => conductOf(reply) === 'doubt').length;
}
