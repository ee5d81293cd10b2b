import type { RoutingOverlay, RoutingTarget } from '@signalbox/contracts';
import { isStale, overlayEntry } from './overlay-shares.ts';

/** Milliseconds at the median that the fleet sees of a target now; undefined where it has not said. */
export type LatencyOf = (target: RoutingTarget) => number | undefined;

/** The latencies of an overlay, for `plan` by `lowest-latency`; undefined without an overlay and with a stale one. */
export function overlayLatencies(overlay: RoutingOverlay | undefined, now: number): LatencyOf | undefined {
  if (!overlay || isStale(overlay, now)) return undefined;
  return (target) => overlayEntry(overlay, target)?.latencyMs;
}
