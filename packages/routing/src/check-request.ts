import type { InferenceRequest, Problem, RoutingTable } from '@signalbox/contracts';
import { findRoute } from './find-route.ts';

/** Why a table cannot serve a request that is valid in itself. */
export type TableMismatch = { reason: 'unknown-route' | 'unknown-reply-queue' } & Problem;

/** What only the routing table can tell of a request: whether its route, operation and reply queue exist. Undefined when they do. */
export function checkRequest(
  request: Pick<InferenceRequest, 'route' | 'operation' | 'reply'>,
  table: RoutingTable,
): TableMismatch | undefined {
  const route = findRoute(table, request.route);
  if (!route) {
    const message = `is not a route of the policy; one of: ${Object.keys(table.routes).sort().join(', ')}`;
    return { reason: 'unknown-route', path: 'route', message };
  }
  if ((request.operation ?? 'chat') !== route.operation)
    return { reason: 'unknown-route', path: 'operation', message: `must be "${route.operation}" on this route` };
  if (request.reply && !Object.hasOwn(table.replyQueues, request.reply.queue))
    return { reason: 'unknown-reply-queue', path: 'reply.queue', message: 'is not a name under replyQueues of the policy' };
  return undefined;
}
