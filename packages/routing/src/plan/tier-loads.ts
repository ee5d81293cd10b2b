import type { PreparedTarget } from './prepare-target.ts';

/** A tier keeps all its requests until its health is below 1 / 1.4, about 71 %: what is well of it has that much room to spare. */
const OVERPROVISIONING = 1.4;

type ShareOf = (prepared: PreparedTarget) => number;

/**
 * How likely each tier is the first one asked, after Envoy's priority levels: 1.4 times its health of all requests, of what the tiers
 * before it leave, and all of them scaled up to 1 when every tier together has too little. Health is the mean share of its targets by
 * weight. Since targets enter by share as well, a tier that sometimes lets nobody in is drawn the more often, so that what it loses to
 * that is not taken from it twice.
 */
export function tierLoads(tiers: readonly (readonly PreparedTarget[])[], shareOf: ShareOf): number[] {
  let rest = 1;
  const loads = tiers.map((tier) => {
    const load = Math.min(rest, OVERPROVISIONING * loadFactor(tier, shareOf));
    rest -= load;
    return load;
  });
  const total = 1 - rest;
  return total > 0 ? loads.map((load) => load / total) : loads.map((_, tier) => (tier === 0 ? 1 : 0));
}

/** Health divided by the probability that somebody of the tier enters. */
function loadFactor(tier: readonly PreparedTarget[], shareOf: ShareOf): number {
  let weights = 0;
  let healthy = 0;
  let nobody = 1;
  for (const one of tier) {
    const share = shareOf(one);
    weights += one.weight;
    healthy += one.weight * share;
    nobody *= 1 - share;
  }
  return nobody < 1 ? healthy / weights / (1 - nobody) : 0;
}

/** The tier at a point, 0 to 1, of the loads laid end to end. */
export function tierAt(loads: readonly number[], point: number): number {
  let upTo = 0;
  for (const [tier, load] of loads.entries()) {
    upTo += load;
    if (point < upTo) return tier;
  }
  return Math.max(
    0,
    loads.findLastIndex((load) => load > 0),
  );
}

/** The order in which tiers are asked once one was drawn: that one, then the others as they are written. */
export function tierOrder<Tier>(tiers: readonly Tier[], drawn: number): Tier[] {
  return drawn === 0 ? [...tiers] : [tiers[drawn] as Tier, ...tiers.filter((_, index) => index !== drawn)];
}
