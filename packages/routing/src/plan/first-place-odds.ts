import type { RoutingTarget } from '@signalbox/contracts';
import type { Group } from './group-candidates.ts';
import type { Line } from './line-up.ts';
import { oddsInGroup } from './odds-in-group.ts';
import type { PreparedTarget } from './prepare-target.ts';
import { tierOrder } from './tier-loads.ts';

type ShareOf = (prepared: PreparedTarget) => number;

/**
 * How likely a target is asked first: over the tier that is drawn first, everybody before it staying out, and its own draw against
 * whoever of its group enters. Over all targets of the line these sum to 1 less the probability that nobody enters.
 */
export function firstPlaceOdds({ tiers, fallbacks, health }: Line, target: RoutingTarget): number {
  // Without candidates the fallbacks are the whole order.
  const loads = health && tiers.length > 0 ? health.loads : [1];
  const shareOf = health?.shareOf ?? (() => 1);
  let odds = 0;
  for (const [tier, load] of loads.entries()) {
    if (load > 0) odds += load * oddsAlong({ tiers: tierOrder(tiers, tier), fallbacks }, target, shareOf);
  }
  // The sum of rounded parts may be a hair above what it stands for.
  return Math.min(1, odds);
}

/** How likely health lets in nobody at all. */
export function nobodyOdds({ tiers, fallbacks, health }: Line): number {
  if (!health) return tiers.length + fallbacks.length === 0 ? 1 : 0;
  return [...tiers.flat(), fallbacks].reduce((odds, group) => odds * oddsOfNobody(group, health.shareOf), 1);
}

function oddsAlong({ tiers, fallbacks }: Pick<Line, 'tiers' | 'fallbacks'>, target: RoutingTarget, shareOf: ShareOf): number {
  let nobodyBefore = 1;
  for (const groups of tiers) {
    for (const group of groups) {
      if (nobodyBefore === 0) return 0;
      if (group.some((one) => one.target === target)) return nobodyBefore * oddsOf(target, group, shareOf);
      nobodyBefore *= oddsOfNobody(group, shareOf);
    }
  }
  for (const one of fallbacks) {
    if (nobodyBefore === 0) return 0;
    if (one.target === target) return nobodyBefore * oddsOf(target, [one], shareOf);
    nobodyBefore *= 1 - shareOf(one);
  }
  return 0;
}

function oddsOf(target: RoutingTarget, group: Group, shareOf: ShareOf): number {
  const contenders = group.map((one) => ({ weight: one.weight, share: shareOf(one) }));
  const own = contenders[group.findIndex((one) => one.target === target)];
  return own ? oddsInGroup(own, contenders) : 0;
}

function oddsOfNobody(group: Group, shareOf: ShareOf): number {
  return group.reduce((odds, one) => odds * (1 - shareOf(one)), 1);
}
