import type { RouteLimits } from '@signalbox/contracts';
import type { PolicyCandidate, PolicyDefaults, PolicyLimits, PolicyRoute } from './policy-schema.ts';

/** The limits of a route that states some: the others are those of the defaults; `none` (null) overrides a default. */
export function mergeLimits(own: PolicyLimits | undefined, defaults: PolicyLimits | undefined): PolicyLimits {
  return { ...defaults, ...own };
}

/** What a route allows in tokens of output: its own, else the default. */
export function resolveMaxTokens(
  route: { maxTokens?: PolicyRoute['maxTokens'] | undefined },
  defaults: PolicyDefaults,
): PolicyRoute['maxTokens'] {
  return route.maxTokens ?? defaults.maxTokens;
}

/** Limits in the form of the table; undefined while one is missing that every route needs. */
export function resolveLimits(route: { limits?: PolicyRoute['limits'] | undefined }, defaults: PolicyDefaults): RouteLimits | undefined {
  const { attempt, firstToken, idle, slow, maxTargets } = mergeLimits(route.limits, defaults.limits);
  if (attempt === undefined || maxTargets === undefined) return undefined;
  return {
    attemptMs: attempt,
    ...(typeof firstToken === 'number' && { firstTokenMs: firstToken }),
    ...(typeof idle === 'number' && { idleMs: idle }),
    ...(typeof slow === 'number' && { slowMs: slow }),
    maxTargets,
  };
}

/** A candidate written as a plain name has weight 1. */
export function candidateOf(candidate: PolicyCandidate): { target: string; weight: number } {
  if (typeof candidate === 'string') return { target: candidate, weight: 1 };
  return { target: candidate.target, weight: candidate.weight ?? 1 };
}
