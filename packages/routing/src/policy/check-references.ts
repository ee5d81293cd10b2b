import type { RouteInput } from './check-route.ts';
import { suggestName } from './closest-name.ts';
import type { Finding } from './finding.ts';
import { type Place, routeLimits } from './resolve-route.ts';
import type { ResolvedTarget } from './resolve-target.ts';

/** The most that limits.maxTargets may be. */
const MOST_TARGETS = 10;

/** Whether a route names targets that exist, each once, and none in vain. */
export function checkReferences(input: RouteInput): Finding[] {
  return [...checkNames(input), ...checkReach(input)];
}

function checkNames({ name, places, parts, targets }: RouteInput): Finding[] {
  const byTarget = new Map<string, Place>();
  const byCall = new Map<string, Place>();
  return places.flatMap((place) => {
    const { target, path } = place;
    // Without any target to read, that is what to mend.
    if (parts.targets.size === 0) return [];
    if (!parts.targets.has(target)) {
      const isRoute = parts.routes.has(target) ? ` ("${target}" is a route)` : '';
      return [
        {
          path,
          message: `names the target "${target}", which targets does not have${isRoute}${suggestName(target, [...parts.targets.keys()])}`,
        },
      ];
    }
    const resolved = targets.get(target);
    const call = resolved && callOf(resolved);
    const same = byTarget.get(target);
    const twin = call === undefined ? undefined : byCall.get(call);
    if (!same) byTarget.set(target, place);
    if (call !== undefined && !twin) byCall.set(call, place);
    if (same) return [{ path, message: describeRepeat(place, same) }];
    if (twin)
      return [
        {
          path,
          message: `names "${target}", which makes the same call as "${twin.target}" of route "${name}": when one fails, so does the other; remove one`,
        },
      ];
    return [];
  });
}

function describeRepeat({ target, role, tier }: Place, earlier: Place): string {
  if (earlier.role !== role) {
    return `names "${target}", which is a candidate already: a fallback is tried after every candidate has failed; remove one`;
  }
  return `names "${target}" a second time${role === 'candidate' && earlier.tier !== tier ? ', in another tier' : ''}; remove one`;
}

/** What makes two targets the same call: the same fault would strike both. */
function callOf({ kind, modelId, region, written: { serviceTier, baseUrl, component } }: ResolvedTarget): string {
  // A server is where its address says.
  return JSON.stringify([kind, modelId, baseUrl ?? region, serviceTier, component]);
}

/** In a receive `maxTargets` targets are tried; what stands behind so many that come before it for sure is never among them. */
function checkReach({ route, places, parts }: RouteInput): Finding[] {
  const maxTargets = parts.defaults && routeLimits(route, parts.defaults).maxTargets;
  if (maxTargets === undefined || ('limits' in route && !route.limits)) return [];
  const isInOrder = route.strategy === 'static';
  return places.flatMap((place, index) => {
    const before = isInOrder || place.role === 'fallback' ? index : placesBefore(places, place.tier);
    return before < maxTargets ? [] : [describeUnreachable(place, before, maxTargets)];
  });
}

/** Tiers are written in their order, so those before one are all places up to its first. */
function placesBefore(places: readonly Place[], tier: number): number {
  return tier === 0 ? 0 : places.findIndex((place) => place.tier === tier);
}

function describeUnreachable({ role, tier, target, path }: Place, before: number, maxTargets: number): Finding {
  const what = role === 'fallback' ? 'the fallback' : tier > 0 ? `tier ${tier + 1}, and in it` : 'the candidate';
  const remedy = before < MOST_TARGETS ? `write maxTargets: ${before + 1}, or remove it` : 'remove it';
  const message = `is ${what} "${target}", number ${before + 1} of the route, and limits.maxTargets is ${maxTargets}: it is never reached; ${remedy}`;
  return { path, message };
}
