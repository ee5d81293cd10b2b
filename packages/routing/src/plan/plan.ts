import type { Route, RoutingTable } from '@signalbox/contracts';
import type { RequestFeatures } from '../features/request-features.ts';
import { type Chance, drawBy, stickTo, stickyKeyOf } from './chance.ts';
import { drawLine } from './draw-line.ts';
import { lineUp } from './line-up.ts';
import type { LatencyOf } from './overlay-latencies.ts';
import type { Shares } from './overlay-shares.ts';
import type { Plan } from './planned-target.ts';
import { prepareRoute } from './prepare-route.ts';
import { isAboveCeiling, keepBelowCeiling } from './price-ceiling.ts';

export type PlanInput = {
  /** From `readFeatures`. */
  request: RequestFeatures;
  /** Never changed after its first use: what is derived from it is kept for as long as it lives. */
  table: RoutingTable;
  /** A route of this table, after its rules: `selectRoute`. */
  route: Route;
  /** How likely each target enters; absent, every one does. */
  shares?: Shares | undefined;
  /** From `overlayLatencies`; asked by `lowest-latency` only. */
  latencyOf?: LatencyOf | undefined;
  /** 0 up to, not including, 1. */
  random: () => number;
};

/**
 * The targets that can take the request, in the order in which to try them.
 *
 * What the request requires comes first: who cannot meet it is `excluded`. Each of the others enters with the probability of its share;
 * who does not is `heldOut`. The candidates stand tier by tier, inside a tier as the strategy puts them, then the route's fallbacks.
 * While shares are below 1, a later tier is sometimes asked first. Last, who costs too much as a failover of the first is excluded.
 *
 * On a route with `stickyBy`, a request that has the key leaves nothing to chance: entering, the first tier and every draw by weight go
 * by hashes of the key. So `weighted` keeps a session at its target, `lowest-cost` and `lowest-latency` keep it only among those that
 * are level, and `static`, which draws nothing, stays as it is.
 *
 * @example
 * const { targets, excluded, heldOut } = plan({ request: readFeatures(source), table, route, shares: overlayShares(overlay, now), random });
 */
export function plan({ request, table, route, shares, latencyOf, random }: PlanInput): Plan {
  const prepared = prepareRoute(table, route);
  const asked = { request, route };
  const line = lineUp({ prepared, ...asked, shares, latencyOf });
  if (line === prepared.wholeLine && prepared.wholePlan) return prepared.wholePlan;
  const { targets, heldOut } = drawLine(line, chanceFor(asked, random));
  const whole = { targets, excluded: line.excluded, heldOut };
  const ceiling = prepared.priceCeiling;
  return ceiling === undefined ? whole : keepBelowCeiling(whole, (target, first) => isAboveCeiling(target, first, ceiling, asked));
}

function chanceFor({ request, route }: Pick<PlanInput, 'request' | 'route'>, random: () => number): Chance {
  const key = stickyKeyOf(route.stickyBy, request);
  return key === undefined ? drawBy(random) : stickTo(key);
}
