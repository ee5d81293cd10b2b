import { createHash } from 'node:crypto';
import type { RoutingTable } from '@signalbox/contracts';
import { tableOf } from '../../e2e/kit/routing-tables.ts';

export const FIRST_MODEL = 'amazon.nova-lite-v1:0';
export const SECOND_MODEL = 'amazon.nova-micro-v1:0';
/** A route that only the second table has: who is asked for it reads the table anew. */
export const NEW_ROUTE = 'released';

/** Two tables without chance in them, the second with the models the other way round and a route more. */
export function makeTables(base: RoutingTable): { first: RoutingTable; second: RoutingTable } {
  const first = tableOf(base, { prefix: 'first', models: [FIRST_MODEL, SECOND_MODEL] });
  const second = tableOf(base, { prefix: 'second', models: [SECOND_MODEL, FIRST_MODEL] });
  const { default: route } = second.routes;
  if (route === undefined) throw new Error('unreachable: tableOf makes the route "default"');
  return {
    first: withLongAnswers(first),
    second: versioned({ ...second, routes: { default: route, [NEW_ROUTE]: { ...route, name: NEW_ROUTE } } }),
  };
}

/** So that an answer can be longer than what the table of inferences holds. */
function withLongAnswers(table: RoutingTable): RoutingTable {
  const { default: route } = table.routes;
  if (route === undefined) throw new Error('unreachable: tableOf makes the route "default"');
  return versioned({ ...table, routes: { default: { ...route, maxTokens: { default: 512, cap: 9_000 } } } });
}

function versioned(table: RoutingTable): RoutingTable {
  const hash = createHash('sha256').update(JSON.stringify({ ...table, version: '' }));
  return { ...table, version: hash.digest('hex').slice(0, 12) };
}
