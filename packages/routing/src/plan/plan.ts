import type { Requirements, Route, RoutingTable } from '@signalbox/contracts';
import { drawOrder } from './draw-order.ts';
import { findExclusion, type Needs, needsOf } from './find-exclusion.ts';
import type { ExclusionReason, Plan, PlannedTarget } from './planned-target.ts';
import { type PreparedTarget, placeTarget, prepareRoute } from './prepare-route.ts';

export type PlanInput = {
  /** `inputModalities`: those that the messages have, from `featuresOf`. */
  request: { inputModalities: readonly string[]; requirements?: Requirements | undefined };
  /** Never changed after its first use: what is derived from it is kept for as long as it lives. */
  table: RoutingTable;
  /** A route of this table. */
  route: Route;
  /** 0 up to, not including, 1. */
  random: () => number;
};

/**
 * The targets that can take the request, in the order in which to try them: the route's candidates as written (`static`) or drawn by
 * weight (`weighted`), then its fallbacks. Empty when no target of the route can take it; `excluded` says why.
 */
export function plan({ request, table, route, random }: PlanInput): Plan {
  const prepared = prepareRoute(table, route);
  const needs = needsOf(request.inputModalities, request.requirements);
  const { candidates, fallbacks, wholePlan } = prepared;
  if (!needs.requirements && (needs.modalities & ~prepared.commonModalities) === 0) {
    return wholePlan ?? { targets: putInOrder({ candidates, fallbacks, route, random }), excluded: [] };
  }
  const excluded: { target: string; reason: ExclusionReason }[] = [];
  const fitting = { candidates: keepFitting(candidates, needs, excluded), fallbacks: keepFitting(fallbacks, needs, excluded) };
  return { targets: putInOrder({ ...fitting, route, random }), excluded };
}

function keepFitting(targets: readonly PreparedTarget[], needs: Needs, excluded: { target: string; reason: ExclusionReason }[]) {
  return targets.filter((one) => {
    const reason = findExclusion(needs, one);
    if (reason) excluded.push({ target: one.target.id, reason });
    return !reason;
  });
}

type OrderInput = { candidates: readonly PreparedTarget[]; fallbacks: readonly PreparedTarget[]; route: Route; random: () => number };

function putInOrder({ candidates, fallbacks, route, random }: OrderInput): PlannedTarget[] {
  const order = route.strategy === 'weighted' ? drawOrder(candidates, random) : candidates.map((one, place) => placeTarget(one, place));
  for (const one of fallbacks) order.push(placeTarget(one, order.length));
  return order;
}
