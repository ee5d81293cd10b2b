import type { Route, RoutingTable, TargetList, TargetListing } from '@signalbox/contracts';
import type { QueueDepth } from './queue-depths.ts';
import type { RouteTraffic, TargetTraffic, Traffic } from './traffic.ts';

/** The last event of the controller about a target. */
export type LastChange = { at: number; type: string; reason: string };

export type TopTarget = TargetListing & { traffic: TargetTraffic | undefined; lastChange: LastChange | undefined };
export type TopRoute = {
  name: string;
  traffic: RouteTraffic | undefined;
  isPanic: boolean;
  /** Of its targets, those with half of their traffic or more. */
  targetsUp: number;
  targets: number;
};

/** Everything that is shown at one moment. */
export type TopView = {
  at: number;
  installation: string;
  tableVersion: string;
  health: TargetList['health'];
  targets: TopTarget[];
  routes: TopRoute[];
  queues: QueueDepth[];
  traffic: Omit<Traffic, 'targets' | 'routes'>;
  /** False while no event came: then nothing is known of rates. */
  isHeard: boolean;
  /** How long the newest event was under way, in milliseconds. */
  lagMs: number;
  /** What could not be read, in words. */
  problems: string[];
};

type ViewInput = Pick<TopView, 'at' | 'installation' | 'queues' | 'isHeard' | 'lagMs' | 'problems'> & {
  table: RoutingTable;
  list: TargetList;
  traffic: Traffic;
  lastChanges: ReadonlyMap<string, LastChange>;
};

/** Half of its traffic or more: what the controller calls up when it looks for panic. */
const UP_SHARE = 0.5;

/** Puts together what was read and what was heard. */
export function createTopView({ table, list, traffic, lastChanges, ...rest }: ViewInput): TopView {
  const { targets: _targets, routes: _routes, ...totals } = traffic;
  return {
    ...rest,
    tableVersion: list.tableVersion,
    health: list.health,
    traffic: totals,
    targets: list.targets.map((target) => ({
      ...target,
      traffic: traffic.targets.get(target.target),
      lastChange: lastChanges.get(target.target),
    })),
    routes: Object.values(table.routes)
      .toSorted((one, other) => (one.name < other.name ? -1 : 1))
      .map((route) => toTopRoute(route, list, traffic)),
  };
}

function toTopRoute({ name }: Route, { targets, panic }: TargetList, { routes }: Traffic): TopRoute {
  const asked = targets.filter((target) => target.routes.includes(name));
  const up = asked.filter(({ share }) => share >= UP_SHARE);
  return { name, traffic: routes.get(name), isPanic: panic.includes(name), targetsUp: up.length, targets: asked.length };
}
