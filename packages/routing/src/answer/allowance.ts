import { costOf } from '@signalbox/catalogue/cost';
import type { RoutingTarget } from '@signalbox/contracts';
import { estimatedCostAt } from '../plan/estimate.ts';
import type { AnswerInput } from './answer-input.ts';
import { isUnbilled, type Trial } from './trial.ts';

/** True when a request can pay one more call to a target, beside what it has spent and what a call under way may cost. */
export type Affords = (target: RoutingTarget, underWay?: RoutingTarget) => boolean;

/**
 * What `maxCostUsd` leaves in this receive: the plan has seen to it that each call alone is within it, but a cut answer is billed too, and
 * so are two calls side by side.
 */
export function createAllowance({ features: request, route }: Pick<AnswerInput, 'features' | 'route'>, trials: readonly Trial[]): Affords {
  const maxCostUsd = request.requirements?.maxCostUsd;
  if (maxCostUsd === undefined) return () => true;
  const estimate = (target: RoutingTarget) => estimatedCostAt(target, { request, route }) ?? 0;
  const spentOn = ({ planned: { target }, reply }: Trial) =>
    isUnbilled(reply) ? 0 : (costOf({ usage: reply.usage, price: target.price }) ?? estimate(target));
  const spent = trials.reduce((sum, trial) => sum + spentOn(trial), 0);
  return (target, underWay) => spent + (underWay ? estimate(underWay) : 0) + estimate(target) <= maxCostUsd;
}
