import type { Catalogue } from '@signalbox/catalogue';
import type { Route, RoutingTable } from '@signalbox/contracts';
import { buildTarget } from './build-target.ts';
import type { Measurements } from './compile-options.ts';
import { contentHash } from './content-hash.ts';
import type { PolicyDefaults, PolicyRoute } from './policy-route.ts';
import type { Policy } from './read-policy.ts';
import { expandResidency } from './residency.ts';
import { placesOf, resolveLimits, resolveMaxTokens, resolvePriceCeiling } from './resolve-route.ts';
import type { ResolvedTarget } from './resolve-target.ts';
import { schemaVersionFor } from './schema-version-for.ts';

const VERSION_DIGITS = 12;

export type BuildInput = {
  policy: Policy;
  targets: ReadonlyMap<string, ResolvedTarget>;
  catalogue: Catalogue;
  measurements?: Measurements | undefined;
};

/** The table of a policy in which nothing was found wrong. The same content has the same version, whatever its order and comments. */
export function buildTable({ policy, targets, catalogue, measurements }: BuildInput): RoutingTable {
  const { classes, routes, replyQueues, defaults } = policy;
  const content = {
    classes,
    targets: Object.fromEntries([...targets].map(([id, target]) => [id, buildTarget({ target, defaults, measurements })])),
    routes: Object.fromEntries([...routes].map(([name, route]) => [name, buildRoute({ name, route, defaults, catalogue })])),
    replyQueues: Object.fromEntries(replyQueues),
  };
  const schemaVersion = schemaVersionFor(content);
  return { schemaVersion, version: contentHash({ schemaVersion, ...content }, VERSION_DIGITS), ...content };
}

type RouteBuild = { name: string; route: PolicyRoute; defaults: PolicyDefaults; catalogue: Catalogue };

function buildRoute({ name, route, defaults, catalogue }: RouteBuild): Route {
  const maxTokens = resolveMaxTokens(route, defaults);
  const limits = resolveLimits(route, defaults);
  if (!maxTokens || !limits) throw new Error(`Route "${name}" lacks tokens or limits: a policy is built only when nothing was found wrong`);
  const { operation, strategy, fallbacks, rules, stickyBy, residency, hedge, guardrail } = route;
  const rescue = rescueOf(route);
  const priceCeiling = resolvePriceCeiling(route, defaults);
  return {
    name,
    operation,
    strategy,
    candidates: candidatesOf(name, route),
    fallbacks,
    maxTokens,
    limits,
    // Rules were checked to be patterns, which are JSON.
    ...(rules && rules.length > 0 && { rules: rules as NonNullable<Route['rules']> }),
    ...(stickyBy !== undefined && { stickyBy }),
    ...(residency && { residency: expandResidency(residency, catalogue) }),
    ...(hedge && { hedge: { afterMs: hedge.after, budget: hedge.budget } }),
    ...(rescue && { rescue }),
    ...(guardrail && { guardrail }),
    ...(priceCeiling !== undefined && { priceCeiling }),
  };
}

/** A candidate written as a plain name has weight 1. */
function candidatesOf(name: string, route: PolicyRoute): Route['candidates'] {
  return placesOf(name, route)
    .filter(({ role }) => role === 'candidate')
    .map(({ target, weight, tier }) => ({ target, weight: weight ?? 1, ...(tier > 0 && { tier }) }));
}

/** Answers that a guardrail looks at are held until they are whole, whether or not the policy says so. */
function rescueOf({ operation, rescue, guardrail }: PolicyRoute): Route['rescue'] {
  if (operation !== 'chat') return undefined;
  return rescue ?? (guardrail && guardrail.applies !== 'input' ? 'hold' : undefined);
}
