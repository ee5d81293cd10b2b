import type { Priority, Route, RoutingTable } from '@signalbox/contracts';
import { DEFAULT_ROUTE, findRoute, type RequestFeatures, readFeatures, selectRoute } from '@signalbox/routing';
import type { ReadRequest } from './read-request.ts';

/** The route that takes a request: the one it names, or the one to which a rule of that sends it; and what was known of the request. */
export type Choice = { features: RequestFeatures; route: Route /** The rule that matched, as `<route>/<rule>`. */; rule?: string };

/** Chooses once per receive, from the table that the whole receive goes by. The request's route exists in it. */
export function chooseRoute({ read, table, priority }: { read: ReadRequest; table: RoutingTable; priority: Priority }): Choice {
  const { request, tenant } = read;
  const named = findRoute(table, request.route);
  if (!named) throw new Error(`unreachable: route ${request.route ?? DEFAULT_ROUTE} was checked against this table`);
  const { operation, sessionId, labels, requirements, inferenceConfig } = request;
  const features = readFeatures({ content: request, tenant, priority, operation, sessionId, labels, requirements, inferenceConfig });
  const { route, rule } = selectRoute({ table, route: named, features });
  return { features, route, ...(rule === undefined ? {} : { rule: `${named.name}/${rule}` }) };
}
