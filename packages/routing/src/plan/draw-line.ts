import type { Chance } from './chance.ts';
import { firstPlaceOdds } from './first-place-odds.ts';
import type { Group } from './group-candidates.ts';
import type { Line, LineHealth } from './line-up.ts';
import type { PlannedTarget } from './planned-target.ts';
import type { PreparedTarget } from './prepare-target.ts';
import { tierAt, tierOrder } from './tier-loads.ts';

type Drawn = { targets: PlannedTarget[]; heldOut: readonly string[] };

/** Lets chance decide what a line leaves open: who enters, which tier is first, and the order inside each group. */
export function drawLine(line: Line, chance: Chance): Drawn {
  const { tiers, fallbacks, heldOut, health } = line;
  return health ? drawByHealth(line, health, chance) : { targets: placeAll(tiers, fallbacks, chance), heldOut };
}

function drawByHealth(line: Line, { loads, shareOf }: LineHealth, chance: Chance): Drawn {
  const heldOut = [...line.heldOut];
  const enter = (group: Group) =>
    group.filter((one) => {
      const share = shareOf(one);
      const enters = share >= 1 || chance.ofEntering(one) < share;
      if (!enters) heldOut.push(one.target.id);
      return enters;
    });
  const tiers = line.tiers.map((groups) => groups.map(enter));
  const fallbacks = enter(line.fallbacks);
  const firstTier = loads.length > 1 ? tierAt(loads, chance.ofTier()) : 0;
  const targets = placeAll(tierOrder(tiers, firstTier), fallbacks, chance);
  const [first] = targets;
  if (first) first.probability = firstPlaceOdds(line, first.target);
  return { targets, heldOut };
}

function placeAll(tiers: Line['tiers'], fallbacks: readonly PreparedTarget[], chance: Chance): PlannedTarget[] {
  const order: PlannedTarget[] = [];
  for (const groups of tiers) for (const group of groups) placeGroup(order, group.length > 1 ? chance.shuffle(group) : group);
  for (const one of fallbacks) order.push(placeTarget(one, order.length, 1));
  return order;
}

/** Gives each the probability of its draw among those that were left: summed from the last one on, so that it is certain and none is above 1. */
function placeGroup(order: PlannedTarget[], group: Group): void {
  const from = order.length;
  const placed: PlannedTarget[] = [];
  let left = 0;
  for (let index = group.length - 1; index >= 0; index--) {
    const one = group[index] as PreparedTarget;
    left += one.weight;
    placed.push(placeTarget(one, from + index, one.weight / left));
  }
  order.push(...placed.reverse());
}

function placeTarget({ target, isFallback, degraded, basis }: PreparedTarget, place: number, probability: number): PlannedTarget {
  const planned: PlannedTarget = { target, probability, isFirstDraw: place === 0, isFallback };
  if (degraded) planned.degraded = degraded;
  if (basis) planned.basis = basis;
  return planned;
}
