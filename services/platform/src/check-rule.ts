import type { Route, RouteRule, RoutingTable } from '@signalbox/contracts';
import { compileEventPattern, EventPatternError } from '@signalbox/routing/pattern';
import type { TableProblem } from './check-table.ts';

/**
 * Whether a rule's pattern can be matched and its route taken. Rules cannot lead in a circle: those of the route that a rule leads to
 * are not asked.
 */
export function checkRule(input: { at: string; rule: RouteRule; route: Route; routes: RoutingTable['routes'] }): TableProblem[] {
  return [...checkPattern(input), ...checkDestination(input)];
}

function checkPattern({ at, rule }: { at: string; rule: RouteRule }): TableProblem[] {
  try {
    compileEventPattern(rule.when);
    return [];
  } catch (error) {
    if (error instanceof EventPatternError) return [`${at}.when: ${error.message}`];
    throw error;
  }
}

function checkDestination({ at, rule, route, routes }: Parameters<typeof checkRule>[0]): TableProblem[] {
  const destination = Object.hasOwn(routes, rule.route) ? routes[rule.route] : undefined;
  if (destination === undefined) return [`${at}.route: there is no route "${rule.route}"`];
  if (destination.operation === route.operation) return [];
  return [`${at}.route: "${rule.route}" is for ${destination.operation}, and requests of this route are for ${route.operation}`];
}
