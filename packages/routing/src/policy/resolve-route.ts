import type { RouteLimits } from '@signalbox/contracts';
import type { PolicyPath } from './finding.ts';
import type { PolicyCandidate, PolicyDefaults, PolicyLimits, PolicyRoute } from './policy-route.ts';
import type { Readable } from './read-policy.ts';

/** Where a route names a target. */
export type Place = {
  target: string;
  /** Undefined where none is written. */
  weight: number | undefined;
  role: 'candidate' | 'fallback';
  /** Of a candidate, from 0. */
  tier: number;
  /** Where the target's name stands. */
  path: PolicyPath;
};

/** Every target that a route names, in the order in which they are written. */
export function placesOf(name: string, { candidates, tiers, fallbacks }: Readable<PolicyRoute>): Place[] {
  const route = ['routes', name];
  const groups = tiers ?? (candidates ? [candidates] : []);
  const named = groups.flatMap((group, tier) =>
    group.map((candidate, index): Place => {
      const at = tiers ? [...route, 'tiers', tier, index] : [...route, 'candidates', index];
      return { ...candidateOf(candidate), role: 'candidate', tier, path: typeof candidate === 'string' ? at : [...at, 'target'] };
    }),
  );
  const last = (fallbacks ?? []).map(
    (target, index): Place => ({ target, weight: undefined, role: 'fallback', tier: groups.length, path: [...route, 'fallbacks', index] }),
  );
  return [...named, ...last];
}

function candidateOf(candidate: PolicyCandidate): { target: string; weight: number | undefined } {
  return typeof candidate === 'string' ? { target: candidate, weight: undefined } : { target: candidate.target, weight: candidate.weight };
}

type Stated<Field extends keyof PolicyRoute> = { [Name in Field | 'operation']?: PolicyRoute[Name] | undefined };

/** The limits that hold for a route, its own over the defaults one by one; `none` (null) overrides a default. */
export function routeLimits({ operation, limits }: Stated<'limits'>, defaults: PolicyDefaults): PolicyLimits {
  const { firstToken, idle, ...whole } = { ...defaults.limits, ...limits };
  // Embeddings are not streamed.
  if (operation === 'embed') return whole;
  return { ...whole, ...(firstToken !== undefined && { firstToken }), ...(idle !== undefined && { idle }) };
}

/** Embeddings have no output tokens, and the table's readers need a number. */
const NO_OUTPUT = { default: 1, cap: 1 };

/** What a route allows in tokens of output: its own, else the default. */
export function resolveMaxTokens({ operation, maxTokens }: Stated<'maxTokens'>, defaults: PolicyDefaults): PolicyRoute['maxTokens'] {
  return operation === 'embed' ? NO_OUTPUT : (maxTokens ?? defaults.maxTokens);
}

/** The factor that holds for a route; undefined for none. */
export function resolvePriceCeiling(
  route: { priceCeiling?: PolicyRoute['priceCeiling'] | undefined },
  defaults: PolicyDefaults | undefined,
): number | undefined {
  return (route.priceCeiling === undefined ? defaults?.priceCeiling : route.priceCeiling) ?? undefined;
}

/** What a throttled target may ask of a route that does not say: less than it takes most callers to lose patience. */
const DEFAULT_RETRY_AFTER_MS = 5_000;

/** Limits in the form of the table; undefined while one is missing that every route needs. */
export function resolveLimits(route: Stated<'limits'>, defaults: PolicyDefaults): RouteLimits | undefined {
  const { attempt, firstToken, idle, slow, retryAfter = DEFAULT_RETRY_AFTER_MS, maxTargets } = routeLimits(route, defaults);
  if (attempt === undefined || maxTargets === undefined) return undefined;
  return {
    attemptMs: attempt,
    ...(typeof firstToken === 'number' && { firstTokenMs: firstToken }),
    ...(typeof idle === 'number' && { idleMs: idle }),
    ...(typeof slow === 'number' && { slowMs: slow }),
    ...(typeof retryAfter === 'number' && { retryAfterMs: retryAfter }),
    maxTargets,
  };
}
