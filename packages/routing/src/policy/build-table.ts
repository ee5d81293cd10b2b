import type { Route, RoutingTable, RoutingTarget } from '@signalbox/contracts';
import { contentHash } from './content-hash.ts';
import type { PolicyDefaults, PolicyRoute, PolicyTarget } from './policy-schema.ts';
import type { Policy } from './read-policy.ts';
import { candidateOf, resolveLimits, resolveMaxTokens } from './resolve-route.ts';

/** Version of the table's layout that this compiler writes. */
const TABLE_SCHEMA_VERSION = '1.0';
const VERSION_DIGITS = 12;
const DEFINITION_DIGITS = 8;

/** The table of a policy in which nothing was found wrong. The same content has the same version, whatever its order and comments. */
export function buildTable({ classes, targets, routes, replyQueues, defaults }: Policy): RoutingTable {
  const content = {
    classes,
    targets: Object.fromEntries([...targets].map(([id, target]) => [id, buildTarget(id, target)])),
    routes: Object.fromEntries([...routes].map(([name, route]) => [name, buildRoute({ name, route, defaults })])),
    replyQueues: Object.fromEntries(replyQueues),
  };
  const schemaVersion = TABLE_SCHEMA_VERSION;
  return { schemaVersion, version: contentHash({ schemaVersion, ...content }, VERSION_DIGITS), ...content };
}

function buildTarget(id: string, { profile, modelId, ...target }: PolicyTarget): RoutingTarget {
  const sent = modelId ?? (profile === undefined ? target.model : `${profile}.${target.model}`);
  const definition = contentHash({ kind: target.kind, modelId: sent, region: target.region }, DEFINITION_DIGITS);
  return { id, ...target, modelId: sent, definition };
}

function buildRoute({ name, route, defaults }: { name: string; route: PolicyRoute; defaults: PolicyDefaults }): Route {
  const maxTokens = resolveMaxTokens(route, defaults);
  const limits = resolveLimits(route, defaults);
  if (!maxTokens || !limits) throw new Error(`Route "${name}" lacks tokens or limits: a policy is built only when nothing was found wrong`);
  const { operation, strategy, candidates, fallbacks } = route;
  return { name, operation, strategy, candidates: candidates.map(candidateOf), fallbacks, maxTokens, limits };
}
