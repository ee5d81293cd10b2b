import type { RoutingTarget } from '@signalbox/contracts';
import { type Chance, stickTo } from '../plan/chance.ts';
import { drawLine } from '../plan/draw-line.ts';
import { outputTokensAt } from '../plan/estimate.ts';
import { firstPlaceOdds, nobodyOdds } from '../plan/first-place-odds.ts';
import type { PlannedTarget } from '../plan/planned-target.ts';
import { isAboveCeiling } from '../plan/price-ceiling.ts';
import { describeExclusion } from './describe-exclusion.ts';
import { describeHealth } from './describe-health.ts';
import { ORDERED_BY } from './describe-place.ts';
import { explainTarget } from './explain-target.ts';
import type { ExplainedTarget, Explanation, LeftOutTarget } from './explanation.ts';
import { type Case, type ExplainInput, makeCase } from './make-case.ts';

/** Where `plan` would send a request, with every probability, figure and reason, and without a draw. */
export function explain(input: ExplainInput): Explanation {
  const made = makeCase(input);
  const { request, route, rule, line, stickyKey } = made;
  const { targets: order, heldOut } = drawLine(line, likeliestChance(made));
  const firsts = stickyKey === undefined ? order.filter(({ target }) => firstPlaceOdds(line, target) > 0) : order.slice(0, 1);
  const explained = order.map((planned, place) =>
    explainTarget({ made, planned, place, tooDearAfter: findTooDear(made, planned, firsts) }),
  );
  const tooDear = explained.filter((one) => isNeverAsked(one, firsts));
  return {
    route: route.name,
    ...(rule !== undefined && { rule }),
    strategy: route.strategy,
    orderedBy: ORDERED_BY[route.strategy],
    ...(route.stickyBy !== undefined && { sticky: { by: route.stickyBy, hasKey: stickyKey !== undefined } }),
    estimatedInputTokens: request.estimatedInputTokens,
    maxOutputTokens: outputTokensAt(undefined, made),
    targets: explained.filter((one) => !tooDear.includes(one)),
    leftOut: [...explainExcluded(made, tooDear, firsts), ...heldOut.map((id) => explainHeldOut(made, id))],
    nobodyProbability: nobodyOdds(line),
  };
}

/** The request's own choices when it is sticky; else everyone who may enter does, and the likelier one is before the other. */
function likeliestChance({ line, stickyKey }: Case): Chance {
  if (stickyKey !== undefined) return stickTo(stickyKey);
  const odds = ({ target }: { target: RoutingTarget }) => firstPlaceOdds(line, target);
  return { ofEntering: () => 0, ofTier: () => 0, shuffle: (group) => group.toSorted((one, other) => odds(other) - odds(one)) };
}

/** Ids of the possible first choices that cost so much less that the target is not tried after them. */
function findTooDear(made: Case, { target }: PlannedTarget, firsts: readonly PlannedTarget[]): string[] {
  const ceiling = made.prepared.priceCeiling;
  if (ceiling === undefined) return [];
  const cheaper = firsts.filter((first) => first.target !== target && isAboveCeiling(target, first.target, ceiling, made));
  return cheaper.map((first) => first.target.id);
}

function isNeverAsked({ target, tooDearAfter = [] }: ExplainedTarget, firsts: readonly PlannedTarget[]): boolean {
  return tooDearAfter.length > 0 && tooDearAfter.length === firsts.length && !firsts.some((first) => first.target.id === target);
}

function explainExcluded(made: Case, tooDear: readonly ExplainedTarget[], firsts: readonly PlannedTarget[]): LeftOutTarget[] {
  const { request, table, route, line } = made;
  const first = firsts[0]?.target.id;
  const excluded = [...line.excluded, ...tooDear.map(({ target }) => ({ target, reason: 'price-ceiling' as const }))];
  return excluded.map(({ target, reason }) => ({
    target,
    reason,
    words: describeExclusion({ reason, target, request, table, route, first }),
  }));
}

function explainHeldOut({ table, shareOf, entryOf, now, stickyKey, route }: Case, id: string): LeftOutTarget {
  const target = table.targets[id];
  if (!target) throw new Error(`Routing table ${table.version} has no target "${id}" that health could hold out`);
  const share = shareOf(target);
  const health = describeHealth({ share, entry: entryOf(target), now });
  const isForThisKey = stickyKey !== undefined && share > 0;
  return { target: id, reason: 'health', words: isForThisKey ? `${health}; not for this ${route.stickyBy}` : health };
}
