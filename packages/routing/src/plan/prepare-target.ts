import type { Route, RoutingTarget } from '@signalbox/contracts';
import { hashText } from './hash-text.ts';
import type { Basis } from './planned-target.ts';
import { type CostOfTokens, prepareCost } from './prepare-cost.ts';

/** A target of a route with what a plan asks of it, in the form that is quickest to compare. */
export type PreparedTarget = {
  target: RoutingTarget;
  weight: number;
  isFallback: boolean;
  degraded?: { from: string; reason: string };
  modalities: number;
  capabilities: ReadonlySet<string>;
  /** Every region where its content may be processed; undefined when that may be any or is not known. */
  regions: readonly string[] | undefined;
  /** True when its content may be processed outside the regions that the route allows. */
  breaksResidency: boolean;
  costOfTokens: CostOfTokens;
  /** Of its id, for choices by hash. */
  hash: number;
  /** What its place rests on, once it has one by a figure. */
  basis?: Basis;
};

const MODALITY_BITS: Record<string, number> = { text: 1, image: 2, document: 4, video: 8, audio: 16 };

/** A set of modalities as bits. One that no request can ask for has no bit. */
export function modalityBits(modalities: readonly string[]): number {
  let bits = 0;
  for (const modality of modalities) bits |= MODALITY_BITS[modality] ?? 0;
  return bits;
}

/** Works out once what plans compare for every request. */
export function prepareTarget(target: RoutingTarget, route: Route, place: Pick<PreparedTarget, 'weight' | 'isFallback'>): PreparedTarget {
  const regions = processingRegionsOf(target);
  return {
    target,
    ...place,
    modalities: modalityBits(target.inputModalities),
    capabilities: new Set(target.capabilities),
    regions,
    breaksResidency: route.residency !== undefined && !isInside(regions, route.residency),
    costOfTokens: prepareCost(target.price),
    hash: hashText(target.id),
  };
}

/** True when all of a target's regions are allowed; one that may run anywhere is never inside. */
export function isInside(regions: readonly string[] | undefined, allowed: readonly string[]): boolean {
  return regions?.every((region) => allowed.includes(region)) ?? false;
}

/** As the table states them. A table that does not leaves the own region, but for a profile, which may run the model in another one. */
function processingRegionsOf({ processingRegions, region, model, modelId }: RoutingTarget): readonly string[] | undefined {
  if (processingRegions !== undefined) return processingRegions?.length ? processingRegions : undefined;
  const mayLeave = modelId.startsWith('arn:') ? /inference-profile|prompt-router/.test(modelId) : modelId !== model;
  return mayLeave ? undefined : [region];
}
