import type { RoutingTarget } from '@signalbox/contracts';
import type { PlannedTarget } from '../plan/planned-target.ts';
import type { Affords } from './allowance.ts';
import { conductOf } from './conduct.ts';
import type { Hold } from './hold.ts';
import type { Trial } from './trial.ts';

/** What the choice of the next target goes by. */
export type Choice = {
  targets: readonly PlannedTarget[];
  /** Those that could take the request and are not in the plan, for their health. */
  heldOut: readonly RoutingTarget[];
  trials: readonly Trial[];
  /** Distinct targets that may be tried. */
  maxTargets: number;
  /** Why this process must not call a target now. */
  holdOf: (target: RoutingTarget) => Hold | undefined;
  /** The share with which health let a target into the plan, 0 to 1. */
  shareOf: (target: RoutingTarget) => number;
  /** By what the request may cost. */
  affords: Affords;
};

/** Below this, health doubts a target: going on to it is no better than a retry. */
const TRUSTED_SHARE = 0.5;

/** True when going on to the target after a failure has to be paid for like a retry. */
export function isDoubted({ shareOf }: Choice, { target }: PlannedTarget): boolean {
  return shareOf(target) < TRUSTED_SHARE;
}

/** The first target of the plan that was not tried and may help. */
export function nextTarget(choice: Choice, { maySpend }: { maySpend: boolean }): PlannedTarget | undefined {
  // One that was too small has told where to go on, and is no failure.
  const failed = choice.trials.filter(({ reply }) => conductOf(reply) !== 'longer');
  if (triedTargets(failed).size >= choice.maxTargets) return undefined;
  const mayCall = ({ target }: PlannedTarget) => !choice.holdOf(target) && choice.affords(target);
  return untriedTargets(choice).find((planned) => mayCall(planned) && (maySpend || !isDoubted(choice, planned)));
}

/** Those not tried yet that are large enough for the request, whether or not they may be called now. */
export function untriedTargets({ targets, trials }: Choice): readonly PlannedTarget[] {
  // The usual case, of which there is one for every request.
  if (trials.length === 0) return targets;
  const tried = triedTargets(trials);
  const mustExceed = contextExceeded(trials);
  return targets.filter(({ target }) => !tried.has(target.id) && hasLargerContext(target.contextTokens, mustExceed));
}

/** True when the target may take the request, as far as its length has shown. */
export function isLargeEnough({ trials }: Pick<Choice, 'trials'>, { contextTokens }: RoutingTarget): boolean {
  return hasLargerContext(contextTokens, contextExceeded(trials));
}

/** True when the request was too long somewhere and no other target is known to take more, be it held out now or not. */
export function isTooLongForAll({ targets, heldOut, trials }: Choice): boolean {
  const mustExceed = contextExceeded(trials);
  const all = [...targets.map(({ target }) => target), ...heldOut];
  return mustExceed > 0 && !all.some(({ contextTokens }) => hasLargerContext(contextTokens, mustExceed));
}

function triedTargets(trials: readonly Trial[]): Set<string> {
  return new Set(trials.map(({ planned }) => planned.target.id));
}

/** The largest context that was too small; 0 when none was. Of a target whose context is unknown, none is known to be larger. */
function contextExceeded(trials: readonly Trial[]): number {
  const exceeded = trials.filter(({ reply }) => conductOf(reply) === 'longer');
  return Math.max(0, ...exceeded.map(({ planned }) => planned.target.contextTokens ?? Number.POSITIVE_INFINITY));
}

function hasLargerContext(contextTokens: number | null, mustExceed: number): boolean {
  return mustExceed === 0 || (contextTokens !== null && contextTokens > mustExceed);
}
