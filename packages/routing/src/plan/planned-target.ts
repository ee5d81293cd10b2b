import type { RoutingTarget } from '@signalbox/contracts';

/** What the place of a target rests on, where the strategy goes by a figure. */
export type Basis = 'estimated-cost' | 'price-unknown' | 'overlay-latency' | 'measured-latency' | 'latency-unknown';

/** A target in its place in the order in which one request tries targets. */
export type PlannedTarget = {
  target: RoutingTarget;
  /**
   * Above 0 up to 1. In the first place: the exact probability with which a request like this one asks this target first, over every
   * draw that the plan makes (who enters, which tier, which target); for a sticky request, over the sessions. In a later place: that of
   * the draw among those that entered and were still left; 1 where nothing was drawn.
   */
  probability: number;
  /** True for the first place of the plan. */
  isFirstDraw: boolean;
  /** True when it stands under the route's fallbacks. */
  isFallback: boolean;
  /** Set when an answer from here is of a lower class than the route's candidates: the class they have, and why this is less. */
  degraded?: { from: string; reason: string };
  /** Set by `lowest-cost` and `lowest-latency`, for candidates. */
  basis?: Basis;
};

/** Why a target of the route cannot take a request; `describeExclusion` has the words. */
export type ExclusionReason =
  | 'lower-class'
  | 'input-modality'
  | 'capability'
  | 'language'
  | 'context-tokens'
  | 'region'
  | 'residency'
  | 'quality'
  | 'quality-unknown'
  | 'cost'
  | 'price-unknown'
  | 'price-ceiling';

export type ExcludedTarget = { target: string; reason: ExclusionReason };

/** What to try for one request, in order, and what was left out: each target of the route is in exactly one of the three. Shared between requests: never changed. */
export type Plan = {
  targets: readonly PlannedTarget[];
  /** Those that cannot take this request, by id. */
  excluded: readonly ExcludedTarget[];
  /** Those that could, but that health held out this time, by id. */
  heldOut: readonly string[];
};
