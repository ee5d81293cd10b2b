import type { RoutingStrategy, RoutingTarget } from '@signalbox/contracts';
import { type Asked, outputTokensAt } from './estimate.ts';
import type { LatencyOf } from './overlay-latencies.ts';
import type { Basis } from './planned-target.ts';
import type { PreparedTarget } from './prepare-target.ts';

/** Targets between which chance decides, by weight. */
export type Group = readonly PreparedTarget[];

type Figure = { value: number; basis: Basis };
type Ranking = { asked: Asked; latencyOf: LatencyOf | undefined };

/** Targets this near to the fastest take turns, so that a whole fleet does not run to one target for a few milliseconds. */
const LATENCY_TOLERANCE = 1.1;

/**
 * The candidates of one tier as the strategy puts them: group after group. `static`: each alone, as written. `weighted`: one group.
 * `lowest-cost`: by the estimated cost of this request, those that cost the same together. `lowest-latency`: by the latency that the
 * overlay tells, else by the measured one, those within 10 % of their group's fastest together. Without a figure: after the others, as written.
 */
export function groupCandidates(
  tier: readonly PreparedTarget[],
  strategy: RoutingStrategy,
  { asked, latencyOf }: Ranking,
): readonly Group[] {
  switch (strategy) {
    case 'static':
    case 'weighted':
      return groupAsWritten(tier, strategy);
    case 'lowest-cost':
      return groupByFigure(tier, (one) => costFigure(one, asked), 1);
    case 'lowest-latency':
      return groupByFigure(tier, (one) => latencyFigure(one.target, latencyOf), LATENCY_TOLERANCE);
  }
}

/** For the strategies that ask nothing of the request. */
export function groupAsWritten(tier: readonly PreparedTarget[], strategy: 'static' | 'weighted'): readonly Group[] {
  return strategy === 'static' ? tier.map((one) => [one]) : [tier];
}

function costFigure({ target, costOfTokens }: PreparedTarget, asked: Asked): Figure {
  const cost = costOfTokens(asked.request.estimatedInputTokens, outputTokensAt(target, asked));
  return Number.isNaN(cost) ? { value: Number.POSITIVE_INFINITY, basis: 'price-unknown' } : { value: cost, basis: 'estimated-cost' };
}

/** What a latency is taken from, and the latency; infinite when nobody knows it. */
export function latencyFigure(target: RoutingTarget, latencyOf: LatencyOf | undefined): Figure {
  const observed = latencyOf?.(target);
  if (observed !== undefined) return { value: observed, basis: 'overlay-latency' };
  const measured = target.measured?.latencyMs;
  if (measured !== undefined) return { value: measured, basis: 'measured-latency' };
  return { value: Number.POSITIVE_INFINITY, basis: 'latency-unknown' };
}

function groupByFigure(tier: readonly PreparedTarget[], figureOf: (one: PreparedTarget) => Figure, tolerance: number): Group[] {
  const ranked = tier.map((one) => ({ one, figure: figureOf(one) }));
  ranked.sort((a, b) => (a.figure.value === b.figure.value ? 0 : a.figure.value - b.figure.value));
  const groups: PreparedTarget[][] = [];
  let limit = Number.NEGATIVE_INFINITY;
  for (const { one, figure } of ranked) {
    const member = { ...one, basis: figure.basis };
    if (figure.value <= limit) groups.at(-1)?.push(member);
    else {
      groups.push([member]);
      // Nothing is near to a figure that is not known.
      limit = Number.isFinite(figure.value) ? figure.value * tolerance : Number.NEGATIVE_INFINITY;
    }
  }
  return groups;
}
