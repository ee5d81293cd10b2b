import { isDeepStrictEqual } from 'node:util';
import type { Route, RoutingTable } from '@signalbox/contracts';

export type FieldChange = { field: string; before: unknown; after: unknown };
export type Change =
  | { kind: 'added'; what: 'target' | 'route'; name: string }
  | { kind: 'removed'; what: 'target' | 'route'; name: string }
  | { kind: 'changed'; what: 'target' | 'route' | 'table'; name: string; fields: FieldChange[] };

/** How often a target is the first choice of a route, before and after: 0 to 1; null where a figure decides that changes by itself. */
export type TrafficMove = {
  route: string;
  strategy: { before: string; after: string };
  targets: { target: string; before: number | null; after: number | null }[];
};
export type TableDiff = { changes: Change[]; moves: TrafficMove[] };

/** Follows from the rest: nobody decides it. */
const DERIVED: ReadonlySet<string> = new Set(['id', 'name', 'definition']);

/** What a release of a table would change. Without a table before, everything is new. */
export function diffTables(before: RoutingTable | undefined, after: RoutingTable): TableDiff {
  const changes = [
    ...diffMembers('target', before?.targets ?? {}, after.targets),
    ...diffMembers('route', before?.routes ?? {}, after.routes),
    ...(before ? diffRest(before, after) : []),
  ];
  return { changes, moves: before ? diffTraffic(before, after) : [] };
}

function diffMembers(
  what: 'target' | 'route',
  before: Readonly<Record<string, object>>,
  after: Readonly<Record<string, object>>,
): Change[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name): Change[] => {
    const [old, current] = [before[name], after[name]];
    if (!old) return [{ kind: 'added', what, name }];
    if (!current) return [{ kind: 'removed', what, name }];
    const fields = diffFields(old, current);
    return fields.length > 0 ? [{ kind: 'changed', what, name, fields }] : [];
  });
}

function diffRest(before: RoutingTable, after: RoutingTable): Change[] {
  const restOf = ({ classes, replyQueues }: RoutingTable) => ({ classes, replyQueues });
  const fields = diffFields(restOf(before), restOf(after));
  return fields.length > 0 ? [{ kind: 'changed', what: 'table', name: '', fields }] : [];
}

/** Every value that differs, by its path; lists as a whole. */
function diffFields(before: object, after: object, prefix = ''): FieldChange[] {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((field) => prefix !== '' || !DERIVED.has(field));
  return fields.flatMap((field): FieldChange[] => {
    const [old, current] = [fieldOf(before, field), fieldOf(after, field)];
    // What is not stated and what is not known is the same to whoever reads it.
    if (isDeepStrictEqual(old ?? null, current ?? null)) return [];
    if (isMapping(old) && isMapping(current)) return diffFields(old, current, `${prefix}${field}.`);
    return [{ field: `${prefix}${field}`, before: old, after: current }];
  });
}

function fieldOf(value: object, field: string): unknown {
  return (value as Record<string, unknown>)[field];
}

function isMapping(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function diffTraffic(before: RoutingTable, after: RoutingTable): TrafficMove[] {
  return Object.values(after.routes).flatMap((route): TrafficMove[] => {
    const old = before.routes[route.name];
    if (!old) return [];
    const [from, to] = [firstChoices(old), firstChoices(route)];
    const names = [...new Set([...from.keys(), ...to.keys()])];
    const targets = names.map((target) => ({ target, before: shareIn(from, target), after: shareIn(to, target) }));
    const moving = targets.filter((one) => one.before !== one.after);
    return moving.length > 0 ? [{ route: route.name, strategy: { before: old.strategy, after: route.strategy }, targets: moving }] : [];
  });
}

/** Who is asked first while everyone is well: the first tier by its strategy. */
function firstChoices({ strategy, candidates }: Route): Map<string, number | null> {
  const first = candidates.filter(({ tier = 0 }) => tier === Math.min(...candidates.map((one) => one.tier ?? 0)));
  const total = first.reduce((sum, { weight }) => sum + weight, 0);
  const shareOf = (weight: number, index: number) => {
    if (strategy === 'static') return index === 0 ? 1 : 0;
    return strategy === 'weighted' ? weight / total : null;
  };
  return new Map(first.map(({ target, weight }, index) => [target, shareOf(weight, index)]));
}

function shareIn(choices: ReadonlyMap<string, number | null>, target: string): number | null {
  return choices.has(target) ? (choices.get(target) ?? null) : 0;
}
