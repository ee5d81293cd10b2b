import type { RoutingTarget } from '@signalbox/contracts';

/** A target in its place in the order in which one request tries targets. */
export type PlannedTarget = {
  target: RoutingTarget;
  /**
   * Probability, above 0 up to 1, with which this target was drawn for its place, given the places before it.
   * 1 where nothing was drawn: by a static strategy, and for fallbacks.
   */
  probability: number;
  /** True for the first place of the plan. */
  isFirstDraw: boolean;
  /** True when it stands under the route's fallbacks. */
  isFallback: boolean;
  /** Set when an answer from here is of a lower class than the route's candidates: the class they have, and why this is less. */
  degraded?: { from: string; reason: string };
};

/** Why a target of the route is not in the plan. */
export type ExclusionReason = 'lower-class' | 'input-modality' | 'context-tokens' | 'region' | 'capability';

/** What to try for one request, in order, and what was left out. Shared between requests: never changed. */
export type Plan = {
  targets: readonly PlannedTarget[];
  excluded: readonly { target: string; reason: ExclusionReason }[];
};
