import { createHash } from 'node:crypto';
import { connect, deployTable } from '@signalbox/client/releases';
import type { Route, RoutingTable, RoutingTarget, StackFile } from '@signalbox/contracts';
import { readTableCopy } from './routing-tables.ts';

/** A route with targets of its own, so that what befalls one route is no affair of another. */
export type TroubleRoute = {
  name: string;
  weights: readonly number[];
  fallbacks?: number;
  slowMs?: number;
  attemptMs?: number;
  firstTokenMs?: number;
};

/** What the target calls: the same word in the simulator. */
export function targetOf(route: string, index: number): string {
  return `${route}-${index}`;
}

/** Puts a table in force that has these routes. Candidates come first, in the order of their weights, then fallbacks. */
export async function deployTroubleTable(stack: StackFile, routes: readonly TroubleRoute[]): Promise<RoutingTable> {
  const table = makeTroubleTable(await readTableCopy(stack), routes);
  await deployTable(await connect({ stack }), { table, emergency: true });
  return table;
}

function makeTroubleTable(base: RoutingTable, routes: readonly TroubleRoute[]): RoutingTable {
  const { default: pattern } = base.routes;
  const [sample] = Object.values(base.targets);
  if (!pattern || !sample) throw new Error('the policy has no route "default", or no target');
  const targets = routes.flatMap((route) => idsOf(route).map((id) => makeTarget(sample, id)));
  const table = {
    ...base,
    targets: Object.fromEntries(targets.map((target) => [target.id, target])),
    // A producer that names no route asks for `default`, so there must be one.
    routes: {
      default: { ...makeRoute(pattern, routes[0] as TroubleRoute), name: 'default' },
      ...Object.fromEntries(routes.map((route) => [route.name, makeRoute(pattern, route)])),
    },
  };
  return { ...table, version: createHash('sha256').update(JSON.stringify(table)).digest('hex').slice(0, 12) };
}

function idsOf({ name, weights, fallbacks = 0 }: TroubleRoute): string[] {
  return Array.from({ length: weights.length + fallbacks }, (_, index) => targetOf(name, index));
}

function makeTarget(sample: RoutingTarget, id: string): RoutingTarget {
  return { ...sample, id, modelId: id, definition: createHash('sha256').update(id).digest('hex').slice(0, 8) };
}

function makeRoute(pattern: Route, trouble: TroubleRoute): Route {
  const { name, weights, slowMs, attemptMs = 30_000, firstTokenMs } = trouble;
  const ids = idsOf(trouble);
  return {
    name,
    operation: pattern.operation,
    strategy: 'weighted',
    candidates: weights.map((weight, index) => ({ target: ids[index] ?? '', weight })),
    fallbacks: ids.slice(weights.length),
    maxTokens: { default: 64, cap: 256 },
    limits: { attemptMs, maxTargets: 3, ...(slowMs !== undefined && { slowMs }), ...(firstTokenMs !== undefined && { firstTokenMs }) },
  };
}
