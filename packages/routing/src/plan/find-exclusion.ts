import type { Requirements } from '@signalbox/contracts';
import { type Asked, clearlyExceeds, couldExceed, estimatedCostAt } from './estimate.ts';
import type { ExclusionReason } from './planned-target.ts';
import { isInside, modalityBits, type PreparedTarget } from './prepare-target.ts';

/** What a request asks of a target, besides an answer. */
export type Needs = Asked & {
  modalities: number;
  requirements: Requirements | undefined;
  /** True when the request is so long that its estimated tokens must be looked at. */
  mayBeTooLong: boolean;
};

/** The modalities that the request's messages have and those that it demands, its other requirements, and whether it is long. */
export function needsOf(asked: Asked, smallestContext: number): Needs {
  const { inputModalities, requirements } = asked.request;
  const demanded = requirements?.inputModalities;
  const modalities = modalityBits(inputModalities) | (demanded ? modalityBits(demanded) : 0);
  return { ...asked, modalities, requirements, mayBeTooLong: couldExceed(smallestContext, asked) };
}

/** Why a target cannot take the request, or undefined when it can; the cheapest tests come first. */
export function findExclusion(needs: Needs, prepared: PreparedTarget): ExclusionReason | undefined {
  if (needs.modalities & ~prepared.modalities) return 'input-modality';
  if (prepared.breaksResidency) return 'residency';
  const { requirements } = needs;
  const unmet = requirements && (unmetByFacts(requirements, prepared) ?? unmetByFigures(requirements, prepared, needs));
  if (unmet) return unmet;
  return needs.mayBeTooLong && clearlyExceeds(prepared.target, needs) ? 'context-tokens' : undefined;
}

/** What nobody has stated of a target excludes nothing, but for where it runs: that must be known. */
function unmetByFacts(requirements: Requirements, prepared: PreparedTarget): ExclusionReason | undefined {
  const { degrade, minContextTokens, regions, capabilities, languages } = requirements;
  const { contextTokens, languages: known } = prepared.target;
  if (degrade === 'never' && prepared.degraded) return 'lower-class';
  if (minContextTokens !== undefined && contextTokens !== null && contextTokens < minContextTokens) return 'context-tokens';
  if (regions && !isInside(prepared.regions, regions)) return 'region';
  if (capabilities?.some((capability) => !prepared.capabilities.has(capability))) return 'capability';
  if (known && languages?.some((language) => !knowsLanguage(known, language))) return 'language';
  return undefined;
}

/** A bound that was set is a promise: a figure that nobody knows cannot keep it. */
function unmetByFigures({ minQuality, maxCostUsd }: Requirements, { target }: PreparedTarget, asked: Asked): ExclusionReason | undefined {
  if (minQuality !== undefined) {
    const quality = target.measured?.quality;
    if (quality === undefined) return 'quality-unknown';
    if (quality < minQuality) return 'quality';
  }
  if (maxCostUsd !== undefined) {
    const cost = estimatedCostAt(target, asked);
    if (cost === null) return 'price-unknown';
    if (cost > maxCostUsd) return 'cost';
  }
  return undefined;
}

/** Basic filtering of BCP 47 tags (RFC 4647) both ways: `pt` serves `pt-BR` and is served by it, `zh-Hans` does not serve `zh-Hant`. */
export function knowsLanguage(known: readonly string[], wanted: string): boolean {
  const range = `${wanted.toLowerCase()}-`;
  return known.some((tag) => {
    const stated = `${tag.toLowerCase()}-`;
    return range.startsWith(stated) || stated.startsWith(range);
  });
}
