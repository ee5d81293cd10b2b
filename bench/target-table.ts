import type { Route, RoutingTable } from '@signalbox/contracts';
import { makeRuleTable } from './rule-tables.ts';

/** A table of so many targets and one route: for who looks at targets alone. */
export function makeTargetTable(size: number): RoutingTable {
  const { table, route } = makeRuleTable(10);
  const [sample] = Object.values(table.targets);
  if (!sample) throw new Error('the sample table has no target');
  const targets = Array.from({ length: size }, (_, index) => ({ ...sample, id: `target-${index}`, definition: `d${index}` }));
  const { rules: _, ...withoutRules } = route;
  const routes: Record<string, Route> = { default: withoutRules };
  return { ...table, version: `bench-targets-${size}`, targets: Object.fromEntries(targets.map((target) => [target.id, target])), routes };
}
