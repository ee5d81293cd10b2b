import { CAPABILITIES, type Catalogue } from '@signalbox/catalogue';
import type { Route, RoutingTable, RoutingTarget } from '@signalbox/contracts';
import type { Measurements } from './compile-options.ts';
import { contentHash } from './content-hash.ts';
import type { PolicyDefaults, PolicyRoute } from './policy-route.ts';
import type { Policy } from './read-policy.ts';
import { expandResidency } from './residency.ts';
import { resolveHealth } from './resolve-health.ts';
import { placesOf, resolveLimits, resolveMaxTokens, resolvePriceCeiling } from './resolve-route.ts';
import { canDo, type ResolvedTarget } from './resolve-target.ts';

/** Version of the table's layout that this compiler writes. */
const TABLE_SCHEMA_VERSION = '1.0';
const VERSION_DIGITS = 12;
const DEFINITION_DIGITS = 8;

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
  const schemaVersion = TABLE_SCHEMA_VERSION;
  return { schemaVersion, version: contentHash({ schemaVersion, ...content }, VERSION_DIGITS), ...content };
}

type TargetBuild = { target: ResolvedTarget; defaults: PolicyDefaults; measurements: Measurements | undefined };

function buildTarget({ target, defaults, measurements }: TargetBuild): RoutingTarget {
  const { id, written, model, modelId, region, processingRegions } = target;
  const { kind, class: className, serviceTier, rateLimits } = written;
  if (kind === undefined || className === undefined)
    throw new Error(`Target "${id}" was not read whole: a policy is built only when nothing was found wrong`);
  const languages = model.languages?.tags;
  const measured = measuredOf(measurements?.[id] ?? measurements?.[model.id]);
  const health = resolveHealth(written.health, defaults.health);
  const isAtHome = processingRegions?.length === 1 && processingRegions[0] === region;
  return {
    id,
    kind,
    model: model.id,
    modelId,
    region,
    class: className,
    capabilities: (written.capabilities ?? CAPABILITIES).filter((capability) => canDo(target, capability)),
    inputModalities: [...target.inputModalities],
    contextTokens: target.contextTokens,
    maxOutputTokens: target.maxOutputTokens,
    price: target.price,
    ...(!isAtHome && { processingRegions: processingRegions && [...processingRegions] }),
    ...(languages && { languages: [...languages] }),
    ...(serviceTier && { serviceTier }),
    ...(rateLimits && { rateLimits }),
    ...(measured && { measured }),
    ...(health && { health }),
    definition: contentHash({ kind, modelId, region, serviceTier }, DEFINITION_DIGITS),
  };
}

function measuredOf(measurement: Measurements[string] | undefined): RoutingTarget['measured'] {
  if (measurement?.latencyMs === undefined && measurement?.quality === undefined) return undefined;
  const { latencyMs, quality } = measurement;
  return { ...(latencyMs !== undefined && { latencyMs }), ...(quality !== undefined && { quality }) };
}

type RouteBuild = { name: string; route: PolicyRoute; defaults: PolicyDefaults; catalogue: Catalogue };

function buildRoute({ name, route, defaults, catalogue }: RouteBuild): Route {
  const maxTokens = resolveMaxTokens(route, defaults);
  const limits = resolveLimits(route, defaults);
  if (!maxTokens || !limits) throw new Error(`Route "${name}" lacks tokens or limits: a policy is built only when nothing was found wrong`);
  const { operation, strategy, fallbacks, rules, stickyBy, residency, hedge } = route;
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
    ...(priceCeiling !== undefined && { priceCeiling }),
  };
}

/** A candidate written as a plain name has weight 1. */
function candidatesOf(name: string, route: PolicyRoute): Route['candidates'] {
  return placesOf(name, route)
    .filter(({ role }) => role === 'candidate')
    .map(({ target, weight, tier }) => ({ target, weight: weight ?? 1, ...(tier > 0 && { tier }) }));
}
