import type { Route, RoutingTable } from '@signalbox/contracts';

/** The ids of all targets of a route, candidates before fallbacks. */
export function targetsOf(route: Route): string[] {
  return [...new Set([...route.candidates.map(({ target }) => target), ...route.fallbacks])];
}

type Groups = ReadonlyMap<string, readonly (readonly string[])[]>;
const groupsByTable = new WeakMap<RoutingTable, Groups>();

/**
 * The targets of each route that has a target, itself among them, route by route. Looked up in an index that is made once for a table, which
 * must not be changed: a fleet of a thousand targets has as many routes, and each judgement asks for every target.
 */
export function groupsOf(table: RoutingTable, targetId: string): readonly (readonly string[])[] {
  const known = groupsByTable.get(table) ?? indexGroups(table);
  groupsByTable.set(table, known);
  return known.get(targetId) ?? [];
}

function indexGroups({ routes }: RoutingTable): Groups {
  const groups = new Map<string, string[][]>();
  for (const targets of Object.values(routes).map(targetsOf)) {
    for (const id of targets) {
      const own = groups.get(id);
      if (own) own.push(targets);
      else groups.set(id, [targets]);
    }
  }
  return groups;
}
