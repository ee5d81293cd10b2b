import type { Route, RoutingStrategy } from '@signalbox/contracts';
import type { PlannedTarget } from '../plan/planned-target.ts';
import type { ExplainedTarget } from './explanation.ts';
import { formatNumber, formatPercent, formatUsd } from './format-figures.ts';

/** What each strategy goes by, in words. */
export const ORDERED_BY: Record<RoutingStrategy, string> = {
  static: 'the order in which the policy names them',
  weighted: 'a draw by weight',
  'lowest-cost': 'the estimated cost of this request, all output used; at the same cost a draw by weight',
  'lowest-latency': 'the latency that the fleet sees now, else the measured one; within 10 % of the fastest a draw by weight',
};

type PlaceInput = Pick<ExplainedTarget, 'probability' | 'estimatedCostUsd' | 'latency'> & {
  planned: PlannedTarget;
  place: number;
  route: Route;
  hasKey: boolean;
};

/** Whether a target is asked first, and what gave it its place. */
export function describePlace(input: PlaceInput): string {
  const { isFallback } = input.planned;
  return isFallback ? `${describeTurn(input)}, as a fallback` : `${describeTurn(input)}, ${describeBasis(input)}`;
}

function describeTurn({ place, probability, hasKey, route, planned }: PlaceInput): string {
  if (hasKey) return place === 0 ? `asked first for this ${route.stickyBy}` : `asked in place ${place + 1}`;
  // Sums of rounded odds may stay a hair below 1.
  if (probability > 1 - 1e-9) return 'asked first';
  if (probability > 0) return `asked first for ${formatPercent(probability)} of such requests`;
  return planned.isFallback ? 'asked when every candidate has failed' : 'asked when those before it have failed';
}

function describeBasis({ planned, route, estimatedCostUsd, latency }: PlaceInput): string {
  switch (planned.basis) {
    case 'estimated-cost':
      return `at an estimated cost of ${formatUsd(estimatedCostUsd ?? 0)}`;
    case 'price-unknown':
      return 'after those with a known price';
    case 'overlay-latency':
      return `at ${formatNumber(latency?.ms ?? 0)} ms, which the fleet sees now`;
    case 'measured-latency':
      return `at ${formatNumber(latency?.ms ?? 0)} ms, as measured`;
    case 'latency-unknown':
      return 'after those with a known latency';
    default:
      return route.strategy === 'static' ? 'as the policy orders it' : describeWeight(planned, route);
  }
}

function describeWeight({ target }: PlannedTarget, { candidates }: Route): string {
  const own = candidates.find((one) => one.target === target.id);
  const tier = candidates.filter((one) => (one.tier ?? 0) === (own?.tier ?? 0));
  const total = tier.reduce((sum, { weight }) => sum + weight, 0);
  return `by weight ${formatNumber(own?.weight ?? 0)} of ${formatNumber(total)}`;
}
