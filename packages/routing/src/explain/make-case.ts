import type { OverlayTarget, Route, RoutingOverlay, RoutingTable, RoutingTarget } from '@signalbox/contracts';
import type { RequestFeatures } from '../features/request-features.ts';
import { stickyKeyOf } from '../plan/chance.ts';
import { type Line, lineUp } from '../plan/line-up.ts';
import { type LatencyOf, overlayLatencies } from '../plan/overlay-latencies.ts';
import { isStale, overlayEntry, overlayShares, type Shares } from '../plan/overlay-shares.ts';
import { type PreparedRoute, prepareRoute } from '../plan/prepare-route.ts';

export type ExplainInput = {
  request: RequestFeatures;
  table: RoutingTable;
  /** The route to plan, and the rule that led to it, as `selectRoute` gives them. */
  route: Route;
  rule?: string | undefined;
  /** Where shares, latencies and their reasons are taken from. */
  overlay?: RoutingOverlay | undefined;
  /** Milliseconds since the epoch; absent, the time at which the overlay was published. */
  now?: number | undefined;
  /** In place of the overlay's. */
  shares?: Shares | undefined;
  latencyOf?: LatencyOf | undefined;
};

/** What an explanation rests on, worked out once. */
export type Case = ExplainInput & {
  now: number;
  prepared: PreparedRoute;
  line: Line;
  shareOf: Shares;
  entryOf: (target: RoutingTarget) => OverlayTarget | undefined;
  /** What the route's requests stick together by, of this one; with it nothing is left to chance. */
  stickyKey: string | undefined;
};

/** Plans up to the first draw, and gathers what the words need. */
export function makeCase(input: ExplainInput): Case {
  const { request, table, route, overlay } = input;
  const now = input.now ?? overlay?.publishedAt ?? 0;
  const shares = input.shares ?? overlayShares(overlay, now, request.priority);
  const latencyOf = input.latencyOf ?? overlayLatencies(overlay, now);
  const prepared = prepareRoute(table, route);
  return {
    ...input,
    now,
    latencyOf,
    prepared,
    line: lineUp({ prepared, request, route, shares, latencyOf }),
    shareOf: shares ?? (() => 1),
    entryOf: (target) => (overlay && !isStale(overlay, now) ? overlayEntry(overlay, target) : undefined),
    stickyKey: stickyKeyOf(route.stickyBy, request),
  };
}
