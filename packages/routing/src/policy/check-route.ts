import { checkLimits, checkMaxTokens } from './check-limits.ts';
import { suggestName } from './closest-name.ts';
import type { Finding, PolicyPath } from './finding.ts';
import type { PolicyRoute } from './policy-schema.ts';
import type { PolicyParts, Readable } from './read-policy.ts';
import { candidateOf, mergeLimits, resolveMaxTokens } from './resolve-route.ts';

type RouteInput = { name: string; route: Readable<PolicyRoute>; parts: PolicyParts };
type Reference = { target: string; path: PolicyPath; role: 'candidate' | 'fallback' };

/** Whether a route fits the targets, classes and defaults around it. */
export function checkRoute(input: RouteInput): Finding[] {
  const references = referencesOf(input);
  return [...checkReferences(references, input.parts), ...checkTokens(input, references), ...checkRouteLimits(input)];
}

function referencesOf({ name, route }: RouteInput): Reference[] {
  const candidates = (route.candidates ?? []).map((candidate, index): Reference => {
    const path = ['routes', name, 'candidates', index, ...(typeof candidate === 'string' ? [] : ['target'])];
    return { target: candidateOf(candidate).target, path, role: 'candidate' };
  });
  const fallbacks = (route.fallbacks ?? []).map(
    (target, index): Reference => ({ target, path: ['routes', name, 'fallbacks', index], role: 'fallback' }),
  );
  return [...candidates, ...fallbacks];
}

function checkReferences(references: readonly Reference[], { targets }: PolicyParts): Finding[] {
  return references.flatMap(({ target, path, role }, index) => {
    if (!targets.has(target)) {
      return [{ path, message: `names the target "${target}", which targets does not have${suggestName(target, [...targets.keys()])}` }];
    }
    const earlier = references.slice(0, index).find((other) => other.target === target);
    if (!earlier) return [];
    const message =
      earlier.role === role
        ? `names "${target}" a second time; remove one`
        : `names "${target}", which is a candidate already: a fallback is tried after every candidate has failed; remove one`;
    return [{ path, message }];
  });
}

function checkTokens({ name, route, parts }: RouteInput, references: readonly Reference[]): Finding[] {
  if (!parts.defaults || isUnreadable(route, 'maxTokens')) return [];
  const maxTokens = resolveMaxTokens({ maxTokens: route.maxTokens }, parts.defaults);
  const path = ['routes', name, 'maxTokens'];
  if (!maxTokens) return [missing(path, 'maxTokens: { default: 1024, cap: 4096 }')];
  const tooHigh = references.flatMap(({ target, role }) => {
    const limit = parts.targets.get(target)?.maxOutputTokens;
    if (role !== 'candidate' || typeof limit !== 'number' || maxTokens.cap <= limit) return [];
    const message = `is ${maxTokens.cap}, more than the candidate "${target}" can give (${limit}); write at most ${limit}, or leave the candidate out`;
    return [{ path: [...path, 'cap'], message }];
  });
  return [...checkMaxTokens(route.maxTokens, path), ...tooHigh];
}

function checkRouteLimits({ name, route, parts }: RouteInput): Finding[] {
  if (!parts.defaults || isUnreadable(route, 'limits')) return [];
  const path = ['routes', name, 'limits'];
  const merged = mergeLimits(route.limits, parts.defaults.limits);
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
