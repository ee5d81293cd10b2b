import type { Route, RoutingTable } from '@signalbox/contracts';

/** The route of a request that names none. */
export const DEFAULT_ROUTE = 'default';

/** The route of a name, or undefined when the table has none of that name. */
export function findRoute(table: RoutingTable, name: string = DEFAULT_ROUTE): Route | undefined {
  return Object.hasOwn(table.routes, name) ? table.routes[name] : undefined;
}
