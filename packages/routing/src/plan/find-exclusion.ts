import type { Requirements } from '@signalbox/contracts';
import type { ExclusionReason } from './planned-target.ts';
import { modalityBits, type PreparedTarget } from './prepare-route.ts';

/** What a request asks of a target, besides an answer. */
export type Needs = { modalities: number; requirements: Requirements | undefined };

/** The modalities that the request's messages have and those that it demands, and its other requirements. */
export function needsOf(inputModalities: readonly string[], requirements: Requirements | undefined): Needs {
  const demanded = requirements?.inputModalities;
  const modalities = modalityBits(inputModalities) | (demanded ? modalityBits(demanded) : 0);
  return { modalities, requirements };
}

/** Why a target cannot take the request, or undefined when it can. What nobody has stated of a target excludes nothing. */
export function findExclusion({ modalities, requirements }: Needs, prepared: PreparedTarget): ExclusionReason | undefined {
  if (modalities & ~prepared.modalities) return 'input-modality';
  if (!requirements) return undefined;
  const { degrade, minContextTokens, regions, capabilities } = requirements;
  if (degrade === 'never' && prepared.degraded) return 'lower-class';
  const { contextTokens } = prepared.target;
  if (minContextTokens !== undefined && contextTokens !== null && contextTokens < minContextTokens) return 'context-tokens';
  if (regions && (prepared.region === undefined || !regions.includes(prepared.region))) return 'region';
  if (capabilities?.some((capability) => !prepared.capabilities.has(capability))) return 'capability';
  return undefined;
}
