import { estimatedCostAt } from '../plan/estimate.ts';
import { firstPlaceOdds } from '../plan/first-place-odds.ts';
import { latencyFigure } from '../plan/group-candidates.ts';
import type { PlannedTarget } from '../plan/planned-target.ts';
import { describeHealth } from './describe-health.ts';
import { describePlace } from './describe-place.ts';
import type { ExplainedTarget } from './explanation.ts';
import { formatNumber } from './format-figures.ts';
import type { Case } from './make-case.ts';

type TargetInput = { made: Case; planned: PlannedTarget; place: number; tooDearAfter: readonly string[] };

/** One target that would be tried, with every figure of it that a plan may go by. */
export function explainTarget({ made, planned, place, tooDearAfter }: TargetInput): ExplainedTarget {
  const { target, isFallback, degraded } = planned;
  const figures = {
    probability: firstPlaceOdds(made.line, target),
    estimatedCostUsd: estimatedCostAt(target, made),
    ...latencyOf(made, planned),
  };
  const share = made.shareOf(target);
  return {
    target: target.id,
    model: target.model,
    modelId: target.modelId,
    region: target.region,
    class: target.class,
    isFallback,
    ...(degraded && { degraded }),
    ...figures,
    share,
    ...(tooDearAfter.length > 0 && { tooDearAfter }),
    words: [
      describePlace({ planned, place, route: made.route, hasKey: made.stickyKey !== undefined, ...figures }),
      ...(degraded ? [`a degraded answer: class "${target.class}" is below "${degraded.from}"`] : []),
      ...(share < 1 ? [describeHealth({ share, entry: made.entryOf(target), now: made.now })] : []),
      ...(tooDearAfter.length > 0 ? [describeTooDear(made, tooDearAfter)] : []),
    ].join('; '),
  };
}

function latencyOf({ latencyOf: overlayLatency }: Case, { target }: PlannedTarget): Pick<ExplainedTarget, 'latency'> {
  const { value, basis } = latencyFigure(target, overlayLatency);
  return basis === 'overlay-latency' || basis === 'measured-latency' ? { latency: { ms: value, source: basis } } : {};
}

function describeTooDear({ prepared }: Case, tooDearAfter: readonly string[]): string {
  return `not tried after ${tooDearAfter.join(' or ')}, whose cost it exceeds more than ${formatNumber(prepared.priceCeiling ?? 1)} times`;
}
