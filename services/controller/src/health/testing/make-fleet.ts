import type { BedrockTarget, Route, RoutingTable, RoutingTarget } from '@signalbox/contracts';
import { routingTable } from '@signalbox/contracts/samples';

/** A target for tests; what matters to the test is stated. */
export function makeTarget(id: string, stated: Partial<BedrockTarget> = {}): BedrockTarget {
  const { measured: _, ...sample } = routingTable.targets['nova-lite'] as BedrockTarget;
  return { ...sample, id, definition: 'd0', ...stated };
}

type Tiers = { tiers: readonly (readonly string[])[]; fallbacks?: readonly string[] };

/** A table of routes by the tiers of their candidates; a target is made for every name. */
export function makeTable(routes: Readonly<Record<string, Tiers>>, targets: readonly RoutingTarget[] = []): RoutingTable {
  const stated = new Map(targets.map((target) => [target.id, target]));
  const ids = new Set(Object.values(routes).flatMap(({ tiers, fallbacks = [] }) => [...tiers.flat(), ...fallbacks]));
  return {
    ...routingTable,
    targets: Object.fromEntries([...ids].map((id) => [id, stated.get(id) ?? makeTarget(id)])),
    routes: Object.fromEntries(Object.entries(routes).map(([name, tiers]) => [name, makeRoute(name, tiers)])),
  };
}

function makeRoute(name: string, { tiers, fallbacks = [] }: Tiers): Route {
  const sample = Object.values(routingTable.routes)[0] as Route;
  const candidates = tiers.flatMap((ids, tier) => ids.map((target) => ({ target, weight: 1, tier })));
  return { ...sample, name, candidates, fallbacks: [...fallbacks] };
}
