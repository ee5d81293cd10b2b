import { checkLimits, checkMaxTokens } from './check-limits.ts';
import { checkRoute } from './check-route.ts';
import { suggestName } from './closest-name.ts';
import type { Finding } from './finding.ts';
import type { Policy, PolicyParts } from './read-policy.ts';
import { candidateOf } from './resolve-route.ts';

/** The route of every request that names none. */
const DEFAULT_ROUTE = 'default';

/** What no schema of one part can see: whether the parts fit each other. */
export function checkPolicy(parts: PolicyParts): Finding[] {
  return [
    ...checkClasses(parts),
    ...checkTargets(parts),
    ...checkDefaults(parts),
    ...checkDefaultRoute(parts),
    ...[...parts.routes].flatMap(([name, route]) => checkRoute({ name, route, parts })),
  ];
}

/** What may be meant as it is, but probably is not. */
export function warnAboutPolicy({ routes, targets }: Policy): Finding[] {
  const used = new Set(
    [...routes.values()].flatMap(({ candidates, fallbacks }) => [...candidates.map((one) => candidateOf(one).target), ...fallbacks]),
  );
  const unused = [...targets.keys()].filter((target) => !used.has(target));
  return [
    ...unused.map((target) => ({ path: ['targets', target], message: 'is used by no route; use it or remove it', at: 'key' as const })),
    ...[...routes].flatMap(([name, route]) => (route.strategy === 'static' ? warnAboutWeights(name, route.candidates) : [])),
  ];
}

function warnAboutWeights(name: string, candidates: readonly unknown[]): Finding[] {
  return candidates.flatMap((candidate, index) =>
    typeof candidate === 'object' && candidate !== null && 'weight' in candidate
      ? [
          {
            path: ['routes', name, 'candidates', index, 'weight'],
            message: 'has no effect, because the strategy is static; remove it, or write strategy: weighted',
          },
        ]
      : [],
  );
}

function checkClasses({ classes }: PolicyParts): Finding[] {
  return (classes ?? []).flatMap((name, index, all) =>
    all.indexOf(name) < index ? [{ path: ['classes', index], message: `names "${name}" a second time; remove one` }] : [],
  );
}

function checkTargets({ classes, targets }: PolicyParts): Finding[] {
  const findings: Finding[] = [];
  for (const [name, target] of targets) {
    if (classes && target.class !== undefined && !classes.includes(target.class)) {
      findings.push({
        path: ['targets', name, 'class'],
        message: `names the class "${target.class}", which classes does not list${suggestName(target.class, classes)}`,
      });
    }
    if (target.profile !== undefined && target.modelId !== undefined) {
      findings.push({
        path: ['targets', name, 'modelId'],
        message: 'stands beside profile, and both say what is sent; remove one',
        at: 'key',
      });
    }
  }
  return findings;
}

function checkDefaults({ defaults }: PolicyParts): Finding[] {
  if (!defaults) return [];
  return [
    ...checkMaxTokens(defaults.maxTokens, ['defaults', 'maxTokens']),
    ...checkLimits({ own: defaults.limits, merged: defaults.limits, path: ['defaults', 'limits'] }),
  ];
}

function checkDefaultRoute({ routes }: PolicyParts): Finding[] {
  if (routes.has(DEFAULT_ROUTE)) return [];
  const message = `needs a route named "${DEFAULT_ROUTE}", for the requests that name no route; add one, or rename one of: ${[...routes.keys()].join(', ')}`;
  return routes.size === 0 ? [] : [{ path: ['routes'], message, at: 'key' }];
}
