import type { Route, RouteList, RouteListing, RoutingTable } from '@signalbox/contracts';
import { DEFAULT_ROUTE } from '@signalbox/routing';
import type { LoadedTable } from '@signalbox/runtime';

/** The routes that a request may name, by name, as the table has them. */
export function listRoutes({ table, source }: LoadedTable): RouteList {
  const routes = Object.values(table.routes).toSorted((left, right) => (left.name < right.name ? -1 : 1));
  return {
    tableVersion: table.version,
    tableSource: source,
    defaultRoute: DEFAULT_ROUTE,
    routes: routes.map((route) => toListing(route, table)),
    replyQueues: Object.keys(table.replyQueues).sort(),
  };
}

function toListing({ name, operation, maxTokens, candidates, fallbacks, rules = [] }: Route, { targets }: RoutingTable): RouteListing {
  const asked = [...candidates.map(({ target }) => target), ...fallbacks];
  const models = asked.flatMap((target) => targets[target]?.model ?? []);
  return {
    name,
    operation,
    ...(operation !== 'embed' && { maxTokens }),
    models: [...new Set(models)],
    rulesLeadTo: [...new Set(rules.map(({ route }) => route))],
  };
}
