import type { Route, RoutingTable, RoutingTarget } from '@signalbox/contracts';
import { drawBy } from './chance.ts';
import { drawLine } from './draw-line.ts';
import { groupAsWritten } from './group-candidates.ts';
import type { Line } from './line-up.ts';
import type { Plan } from './planned-target.ts';
import { type PreparedTarget, prepareTarget } from './prepare-target.ts';
import { ceilingVerdict, isCeilingIdle, keepBelowCeiling, outputStretch } from './price-ceiling.ts';

/** A route with its targets resolved, and what is the same for every request of it. */
export type PreparedRoute = {
  /** The candidates, tier by tier, each in the order in which they are written. */
  tiers: readonly (readonly PreparedTarget[])[];
  fallbacks: readonly PreparedTarget[];
  /** Modalities that every target of the route reads. */
  commonModalities: number;
  /** Of the targets whose context is known, the least. */
  smallestContext: number;
  /** False when the route's own residency leaves a target out. */
  isOpenToAll: boolean;
  /** The route's, unless prices are so near to each other that it never matters. */
  priceCeiling: number | undefined;
  /** The line of every request that excludes nobody while everyone is well; undefined when each request is ranked by its own figures. */
  wholeLine: Line | undefined;
  /** Its plan, when nothing is drawn. */
  wholePlan: Plan | undefined;
};

const UNDRAWN = drawBy(() => {
  throw new Error('A plan without groups of several draws nothing');
});

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

function resolveRoute(table: RoutingTable, route: Route): PreparedRoute {
  const tiers = resolveTiers(table, route);
  const fallbacks = resolveFallbacks(table, route);
  const targets = [...tiers.flat(), ...fallbacks];
  const isOpenToAll = !targets.some(({ breaksResidency }) => breaksResidency);
  const prepared: PreparedRoute = {
    tiers,
    fallbacks,
    commonModalities: targets.reduce((bits, { modalities }) => bits & modalities, -1),
    smallestContext: Math.min(...targets.map(({ target }) => target.contextTokens ?? Number.POSITIVE_INFINITY)),
    isOpenToAll,
    priceCeiling: effectiveCeiling(route, targets),
    wholeLine: undefined,
    wholePlan: undefined,
  };
  const wholeLine = isOpenToAll ? lineUpWhole(prepared, route) : undefined;
  return { ...prepared, wholeLine, wholePlan: wholeLine && planWhole(wholeLine, prepared, route) };
}

function effectiveCeiling(route: Route, targets: readonly PreparedTarget[]): number | undefined {
  const { priceCeiling: ceiling } = route;
  const offers = targets.map(({ target }) => target);
  return ceiling === undefined || isCeilingIdle(offers, { ceiling, route }) ? undefined : ceiling;
}

function resolveTiers(table: RoutingTable, route: Route): PreparedTarget[][] {
  const byTier = Map.groupBy(route.candidates, ({ tier = 0 }) => tier);
  const inOrder = [...byTier].sort(([one], [other]) => one - other);
  return inOrder.map(([, candidates]) =>
    candidates.map(({ target, weight }) => prepareTarget(findTarget(table, route, target), route, { weight, isFallback: false })),
  );
}

function resolveFallbacks(table: RoutingTable, route: Route): PreparedTarget[] {
  const rankOf = (id: string) => table.classes.indexOf(findTarget(table, route, id).class);
  const lowest = Math.max(...route.candidates.map(({ target }) => rankOf(target)));
  return route.fallbacks.map((id) => {
    const prepared = prepareTarget(findTarget(table, route, id), route, { weight: 1, isFallback: true });
    if (rankOf(id) <= lowest) return prepared;
    return { ...prepared, degraded: { from: table.classes[lowest] ?? '', reason: `answered by class ${prepared.target.class}` } };
  });
}

function lineUpWhole({ tiers, fallbacks }: PreparedRoute, { strategy }: Route): Line | undefined {
  if (strategy !== 'static' && strategy !== 'weighted') return undefined;
  const grouped = tiers.map((tier) => groupAsWritten(tier, strategy));
  return { tiers: grouped, fallbacks, excluded: Object.freeze([]), heldOut: Object.freeze([]), health: undefined };
}

/** Undefined when a group of several is drawn from, and when it takes a request's tokens to tell what is above the price ceiling. */
function planWhole(line: Line, { priceCeiling: ceiling }: PreparedRoute, route: Route): Plan | undefined {
  if (line.tiers.some((groups) => groups.some(({ length }) => length > 1))) return undefined;
  const whole = { ...drawLine(line, UNDRAWN), excluded: line.excluded };
  const [first, ...later] = whole.targets.map(({ target }) => target);
  if (ceiling === undefined || !first) return freezePlan(whole);
  const verdicts = later.map((target) => ceilingVerdict(target.price, first.price, ceiling, outputStretch(target, first, route)));
  if (verdicts.includes('depends')) return undefined;
  return freezePlan(keepBelowCeiling(whole, (target) => verdicts[later.indexOf(target)] === 'above'));
}

function freezePlan({ targets, excluded, heldOut }: Plan): Plan {
  for (const planned of targets) Object.freeze(planned);
  return Object.freeze({ targets: Object.freeze(targets), excluded: Object.freeze(excluded), heldOut });
}

function findTarget(table: RoutingTable, route: Route, id: string): RoutingTarget {
  const target = Object.hasOwn(table.targets, id) ? table.targets[id] : undefined;
  if (target) return target;
  throw new Error(`Routing table ${table.version}: route "${route.name}" names the target "${id}", which the table does not have`);
}
