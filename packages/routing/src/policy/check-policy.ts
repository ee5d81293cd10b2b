import { checkHealth } from './check-health.ts';
import { checkLimits, checkMaxTokens } from './check-limits.ts';
import { checkRoute } from './check-route.ts';
import { checkTarget } from './check-target.ts';
import type { CompileInput } from './compile-options.ts';
import { type Finding, warning } from './finding.ts';
import type { PolicyParts } from './read-policy.ts';
import { type Place, placesOf } from './resolve-route.ts';
import type { ResolvedTarget } from './resolve-target.ts';

/** The route of every request that names none. */
const DEFAULT_ROUTE = 'default';

export type CheckInput = Omit<CompileInput, 'file' | 'text'> & {
  parts: PolicyParts;
  /** Those whose model and region are known. */
  targets: ReadonlyMap<string, ResolvedTarget>;
};

/** What no schema of one part can see: whether the parts fit each other, and the world. */
export function checkPolicy(input: CheckInput): Finding[] {
  const { parts, targets } = input;
  const places = new Map([...parts.routes].map(([name, route]) => [name, placesOf(name, route)]));
  return [
    ...checkClasses(parts),
    ...[...parts.targets].flatMap(([id, target]) =>
      checkTarget({ ...input, id, target, resolved: targets.get(id), classes: parts.classes, defaults: parts.defaults }),
    ),
    ...checkUse(parts, [...places.values()]),
    ...checkDefaults(parts),
    ...checkDefaultRoute(parts),
    ...[...parts.routes].flatMap(([name, route]) =>
      checkRoute({ ...input, name, route, places: places.get(name) ?? [], placesByRoute: places }),
    ),
  ];
}

function checkClasses({ classes }: PolicyParts): Finding[] {
  return (classes ?? []).flatMap((name, index, all) =>
    all.indexOf(name) < index ? [{ path: ['classes', index], message: `names "${name}" a second time; remove one` }] : [],
  );
}

/** A target that no route uses was forgotten, or is left over. Routes that could not be read may use it. */
function checkUse({ targets, routes }: PolicyParts, places: readonly (readonly Place[])[]): Finding[] {
  const isUnreadable = [...routes.values()].some((route) =>
    (['candidates', 'tiers', 'fallbacks'] as const).some((field) => field in route && route[field] === undefined),
  );
  const used = new Set(places.flatMap((route) => route.map(({ target }) => target)));
  if (isUnreadable || used.size === 0) return [];
  return [...targets.keys()]
    .filter((target) => !used.has(target))
    .map((target) => warning(['targets', target], 'is used by no route; use it or remove it', 'key'));
}

function checkDefaults({ defaults }: PolicyParts): Finding[] {
  if (!defaults) return [];
  return [
    ...checkMaxTokens(defaults.maxTokens, ['defaults', 'maxTokens']),
    ...checkLimits({ own: defaults.limits, merged: defaults.limits, path: ['defaults', 'limits'] }),
    ...checkHealth({ own: defaults.health, defaults: undefined, path: ['defaults', 'health'] }),
  ];
}

function checkDefaultRoute({ routes }: PolicyParts): Finding[] {
  if (routes.has(DEFAULT_ROUTE)) return [];
  const message = `needs a route named "${DEFAULT_ROUTE}", for the requests that name no route; add one, or rename one of: ${[...routes.keys()].join(', ')}`;
  return routes.size === 0 ? [] : [{ path: ['routes'], message, at: 'key' }];
}
