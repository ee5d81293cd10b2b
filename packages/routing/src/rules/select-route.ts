import type { Route, RoutingTable } from '@signalbox/contracts';
import type { RequestFeatures } from '../features/request-features.ts';
import { findRoute } from '../find-route.ts';
import { EventPatternError } from '../pattern/index.ts';
import { createRuleIndex, type RuleIndex } from './rule-index.ts';

/** Where a request goes, and the rule that sends it there. */
export type SelectedRoute = { readonly route: Route; readonly rule?: string };

export type SelectRouteInput = { table: RoutingTable; route: Route; features: RequestFeatures };

type Prepared = { table: RoutingTable; find: RuleIndex; selected: readonly (SelectedRoute | undefined)[]; otherwise: SelectedRoute };

/** A route is of one table; should it ever stand in two, it is prepared anew. */
const prepared = new WeakMap<Route, Prepared>();

/**
 * The route that the first matching rule of `route` names, and `route` itself when none matches. The rules of the route that is found are
 * not asked. Of the features only those are read that can decide. Rules are compiled once for each table and route.
 */
export function selectRoute({ table, route, features }: SelectRouteInput): SelectedRoute {
  const { find, selected, otherwise } = prepare(table, route);
  const rule = find(features);
  if (rule === -1) return otherwise;
  const found = selected[rule];
  if (!found) throw new Error(describeMissing(route, rule));
  return found;
}

/**
 * Compiles the rules of every route of a table, so that no request waits for it: 15 ms for a thousand rules, where a request of ten takes
 * well under a microsecond. Throws for a rule that is no pattern.
 */
export function prepareRules(table: RoutingTable): void {
  for (const route of Object.values(table.routes)) prepare(table, route);
}

function prepare(table: RoutingTable, route: Route): Prepared {
  const known = prepared.get(route);
  if (known?.table === table) return known;
  const rules = route.rules ?? [];
  const made: Prepared = {
    table,
    find: rules.length === 0 ? () => -1 : compileRules(route),
    selected: rules.map(({ name, route: to }) => {
      const found = findRoute(table, to);
      return found && { route: found, rule: name };
    }),
    otherwise: { route },
  };
  prepared.set(route, made);
  return made;
}

function compileRules({ name, rules = [] }: Route): RuleIndex {
  try {
    return createRuleIndex(rules);
  } catch (error) {
    if (!(error instanceof EventPatternError)) throw error;
    throw new Error(
      `The rules of route "${name}" cannot be compiled. Run the policy through the compiler again. Reason: ${error.message}`,
      {
        cause: error,
      },
    );
  }
}

function describeMissing({ name, rules }: Route, position: number): string {
  const rule = rules?.[position];
  return `unreachable: rule "${rule?.name}" of route "${name}" names route "${rule?.route}", which the table does not have`;
}
