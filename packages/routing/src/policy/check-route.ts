import { checkGuardrail } from './check-guardrail.ts';
import { checkHedge } from './check-hedge.ts';
import { checkLimits, checkMaxTokens } from './check-limits.ts';
import { checkOperation } from './check-operation.ts';
import { checkPriceCeiling } from './check-price-ceiling.ts';
import { checkReferences } from './check-references.ts';
import { checkRequires } from './check-requires.ts';
import { checkResidency } from './check-residency.ts';
import { checkRules } from './check-rules.ts';
import { checkStrategy } from './check-strategy.ts';
import { checkStreaming } from './check-streaming.ts';
import type { CompileInput } from './compile-options.ts';
import { type Finding, type PolicyPath, warning } from './finding.ts';
import type { PolicyRoute } from './policy-route.ts';
import type { PolicyParts, Readable } from './read-policy.ts';
import { type Place, resolveMaxTokens, routeLimits } from './resolve-route.ts';
import type { ResolvedTarget } from './resolve-target.ts';

export type RouteInput = Pick<CompileInput, 'allowed' | 'catalogue' | 'measurements'> & {
  name: string;
  route: Readable<PolicyRoute>;
  /** Every target that the route names. */
  places: readonly Place[];
  /** Those of every route. */
  placesByRoute: ReadonlyMap<string, readonly Place[]>;
  parts: PolicyParts;
  /** Those of the policy whose model and region are known. */
  targets: ReadonlyMap<string, ResolvedTarget>;
};

/** Whether a route fits the targets, classes, defaults and other routes around it. */
export function checkRoute(input: RouteInput): Finding[] {
  return [
    ...checkCandidates(input),
    ...checkReferences(input),
    ...checkTokens(input),
    ...checkRouteLimits(input),
    ...checkRequires(input),
    ...checkStreaming(input),
    ...checkResidency(input),
    ...checkStrategy(input),
    ...checkOperation(input),
    ...checkGuardrail(input),
    ...checkHedge(input),
    ...checkPriceCeiling(input),
    ...checkRules(input),
  ];
}

function checkCandidates({ name, route, parts }: RouteInput): Finding[] {
  const path = ['routes', name];
  const clash = parts.targets.has(name)
    ? [warning(path, `is also the name of a target, and a request that names it gets the route; rename one`, 'key')]
    : [];
  if ('candidates' in route && 'tiers' in route) {
    return [
      ...clash,
      { path: [...path, 'tiers'], message: 'stands beside candidates, and both say what is tried first; remove one', at: 'key' },
    ];
  }
  if ('candidates' in route || 'tiers' in route) return clash;
  return [...clash, { path: [...path, 'candidates'], message: 'is required: write candidates: [a-target], or tiers', at: 'key' }];
}

function checkTokens({ name, route, parts, places, targets }: RouteInput): Finding[] {
  if (!parts.defaults || isUnreadable(route, 'maxTokens') || route.operation === 'embed') return [];
  const maxTokens = resolveMaxTokens(route, parts.defaults);
  const path = ['routes', name, 'maxTokens'];
  if (!maxTokens) return [missing(path, 'maxTokens: { default: 1024, cap: 4096 }')];
  const tooHigh = places.flatMap(({ target, role }) => {
    const limit = targets.get(target)?.maxOutputTokens;
    if (role !== 'candidate' || typeof limit !== 'number' || maxTokens.cap <= limit) return [];
    const message = `is ${maxTokens.cap}, more than the candidate "${target}" can give (${limit}); write at most ${limit}, or leave the candidate out`;
    return [{ path: [...path, 'cap'], message }];
  });
  return [...checkMaxTokens(route.maxTokens, path), ...tooHigh];
}

function checkRouteLimits({ name, route, parts }: RouteInput): Finding[] {
  if (!parts.defaults || isUnreadable(route, 'limits')) return [];
  const path = ['routes', name, 'limits'];
  const merged = routeLimits(route, parts.defaults);
  return [
    ...(merged.attempt === undefined ? [missing([...path, 'attempt'], 'attempt: 60s')] : []),
    ...(merged.maxTargets === undefined ? [missing([...path, 'maxTargets'], 'maxTargets: 3')] : []),
    ...checkLimits({ own: route.limits, merged, path }),
  ];
}

function isUnreadable(route: Readable<PolicyRoute>, field: keyof PolicyRoute): boolean {
  return field in route && route[field] === undefined;
}

function missing(path: PolicyPath, example: string): Finding {
  return { path, message: `is stated neither here nor in defaults; write it in one of the two, like ${example}`, at: 'key' };
}
