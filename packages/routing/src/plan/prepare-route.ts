import type { Route, RoutingTable, RoutingTarget } from '@signalbox/contracts';
import type { Plan, PlannedTarget } from './planned-target.ts';

/** A target of a route with what a plan asks of it, in the form that is quickest to compare. */
export type PreparedTarget = {
  target: RoutingTarget;
  weight: number;
  isFallback: boolean;
  modalities: number;
  capabilities: ReadonlySet<string>;
  /** Undefined when the content may be processed outside the target's own region. */
  region: string | undefined;
  degraded?: { from: string; reason: string };
};

/** A route with its targets resolved. */
export type PreparedRoute = {
  candidates: readonly PreparedTarget[];
  fallbacks: readonly PreparedTarget[];
  /** Modalities that every target of the route reads. */
  commonModalities: number;
  /** The plan of every request that excludes no target; undefined when candidates are drawn. */
  wholePlan: Plan | undefined;
};

const MODALITY_BITS: Record<string, number> = { text: 1, image: 2, document: 4, video: 8, audio: 16 };
const preparedByTable = new WeakMap<RoutingTable, WeakMap<Route, PreparedRoute>>();

/** Resolves a route once per table: tables are frozen, and thousands of requests are planned on each. */
export function prepareRoute(table: RoutingTable, route: Route): PreparedRoute {
  const routes = preparedByTable.get(table) ?? new WeakMap<Route, PreparedRoute>();
  const known = routes.get(route);
  if (known) return known;
  const prepared = resolveRoute(table, route);
  routes.set(route, prepared);
  preparedByTable.set(table, routes);
  return prepared;
}

/** A set of modalities as bits. One that no request can ask for has no bit. */
export function modalityBits(modalities: readonly string[]): number {
  let bits = 0;
  for (const modality of modalities) bits |= MODALITY_BITS[modality] ?? 0;
  return bits;
}

/** The target in its place; `probability` is 1 where nothing was drawn. */
export function placeTarget(prepared: PreparedTarget, place: number, probability = 1): PlannedTarget {
  const { target, isFallback, degraded } = prepared;
  const planned: PlannedTarget = { target, probability, isFirstDraw: place === 0, isFallback };
  if (degraded) planned.degraded = degraded;
  return planned;
}

function resolveRoute(table: RoutingTable, route: Route): PreparedRoute {
  const candidates = route.candidates.map(({ target, weight }) => prepareTarget({ target: findTarget(table, route, target), weight }));
  const lowest = Math.max(...candidates.map(({ target }) => table.classes.indexOf(target.class)));
  const fallbacks = route.fallbacks.map((id) => {
    const target = findTarget(table, route, id);
    const isLower = table.classes.indexOf(target.class) > lowest;
    const degraded = isLower && { degraded: { from: table.classes[lowest] ?? '', reason: `answered by class ${target.class}` } };
    return { ...prepareTarget({ target, weight: 0 }), isFallback: true, ...degraded };
  });
  const targets = [...candidates, ...fallbacks];
  return {
    candidates,
    fallbacks,
    commonModalities: targets.reduce((bits, { modalities }) => bits & modalities, -1),
    wholePlan: route.strategy === 'static' ? planWhole(targets) : undefined,
  };
}

function planWhole(targets: readonly PreparedTarget[]): Plan {
  const placed = targets.map((target, place) => Object.freeze(placeTarget(target, place)));
  return Object.freeze({ targets: Object.freeze(placed), excluded: Object.freeze([]) });
}

function prepareTarget({ target, weight }: { target: RoutingTarget; weight: number }): PreparedTarget {
  return {
    target,
    weight,
    isFallback: false,
    modalities: modalityBits(target.inputModalities),
    capabilities: new Set(target.capabilities),
    region: staysInRegion(target) ? target.region : undefined,
  };
}

/** An inference profile, named by a prefix of the model's id or by its ARN, may run the model in another region than the one called. */
function staysInRegion({ model, modelId }: RoutingTarget): boolean {
  if (modelId.startsWith('arn:')) return !/inference-profile|prompt-router/.test(modelId);
  return modelId === model;
}

function findTarget(table: RoutingTable, route: Route, id: string): RoutingTarget {
  const target = Object.hasOwn(table.targets, id) ? table.targets[id] : undefined;
  if (target) return target;
  throw new Error(`Routing table ${table.version}: route "${route.name}" names the target "${id}", which the table does not have`);
}
