import type { RoutingTarget } from '@signalbox/contracts';
import type { Asked } from './estimate.ts';
import { findExclusion, type Needs, needsOf } from './find-exclusion.ts';
import { type Group, groupCandidates } from './group-candidates.ts';
import type { LatencyOf } from './overlay-latencies.ts';
import type { Shares } from './overlay-shares.ts';
import type { ExcludedTarget } from './planned-target.ts';
import type { PreparedRoute } from './prepare-route.ts';
import type { PreparedTarget } from './prepare-target.ts';
import { tierLoads } from './tier-loads.ts';

/** Everything of a plan that is certain before the first draw. */
export type Line = {
  /** Tiers with anybody left in them, each as the strategy puts it. */
  tiers: readonly (readonly Group[])[];
  fallbacks: readonly PreparedTarget[];
  excluded: readonly ExcludedTarget[];
  /** Those that health lets in never. */
  heldOut: readonly string[];
  /** How the first tier and those who enter are drawn; undefined when everyone enters. */
  health: LineHealth | undefined;
};

/** `loads`: how likely each tier of the line is the first one asked. `shareOf`: above 0 up to 1. */
export type LineHealth = { loads: readonly number[]; shareOf: (prepared: PreparedTarget) => number };

type LineUpInput = Asked & { prepared: PreparedRoute; shares: Shares | undefined; latencyOf: LatencyOf | undefined };

/** Leaves out who cannot take the request and who is held out for certain, and puts the others in the order of the strategy. */
export function lineUp({ prepared, shares, latencyOf, request, route }: LineUpInput): Line {
  const needs = needsOf({ request, route }, prepared.smallestContext);
  const shareOf = shares && limitingShares(prepared, shares);
  const isPlainRequest = isPlain(needs, prepared);
  if (isPlainRequest && !shareOf && prepared.wholeLine) return prepared.wholeLine;

  const excluded: ExcludedTarget[] = [];
  const suiting = (targets: readonly PreparedTarget[]) => (isPlainRequest ? targets : keepSuiting(targets, needs, excluded));
  const tiers = prepared.tiers.map(suiting).filter(({ length }) => length > 0);
  const fallbacks = suiting(prepared.fallbacks);

  const heldOut: string[] = [];
  const open = (targets: readonly PreparedTarget[]) => (shareOf ? keepOpen(targets, shareOf, heldOut) : targets);
  const ranking = { asked: needs, latencyOf };
  return {
    tiers: tiers.map((tier) => groupCandidates(open(tier), route.strategy, ranking)),
    fallbacks: open(fallbacks),
    excluded,
    heldOut,
    health: shareOf && { loads: tierLoads(tiers, shareOf), shareOf },
  };
}

function isPlain({ requirements, mayBeTooLong, modalities }: Needs, { isOpenToAll, commonModalities }: PreparedRoute): boolean {
  return isOpenToAll && !requirements && !mayBeTooLong && (modalities & ~commonModalities) === 0;
}

/** Each target's share, asked once and held within 0 to 1; undefined when every target of the route enters for certain all the same. */
function limitingShares({ tiers, fallbacks }: PreparedRoute, shares: Shares): LineHealth['shareOf'] | undefined {
  const known = new Map<RoutingTarget, number>();
  let limits = false;
  for (const targets of [...tiers, fallbacks]) {
    for (const { target } of targets) {
      const share = shares(target);
      known.set(target, share > 0 ? Math.min(1, share) : 0);
      if (!(share >= 1)) limits = true;
    }
  }
  return limits ? ({ target }) => known.get(target) ?? 1 : undefined;
}

function keepSuiting(targets: readonly PreparedTarget[], needs: Needs, excluded: ExcludedTarget[]): PreparedTarget[] {
  return targets.filter((one) => {
    const reason = findExclusion(needs, one);
    if (reason) excluded.push({ target: one.target.id, reason });
    return !reason;
  });
}

function keepOpen(targets: readonly PreparedTarget[], shareOf: LineHealth['shareOf'], heldOut: string[]): PreparedTarget[] {
  return targets.filter((one) => {
    const isOpen = shareOf(one) > 0;
    if (!isOpen) heldOut.push(one.target.id);
    return isOpen;
  });
}
