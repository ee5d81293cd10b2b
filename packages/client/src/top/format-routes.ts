import { UNKNOWN } from '../output/format-figures.ts';
import type { Column } from '../output/format-table.ts';
import { formatRate, LATENCY_COLUMNS, latencyCells } from './top-figures.ts';
import type { TopPicture } from './top-screen.ts';

export const ROUTE_COLUMNS: readonly Column[] = [
  { head: 'ROUTE', cuts: true },
  { head: 'UP', align: 'right' },
  { head: 'ANSWERED/S', align: 'right' },
  { head: 'DEGRADED/S', align: 'right', dropOrder: 6 },
  { head: 'FAILED/S', align: 'right' },
  { head: 'WAITS/S', align: 'right', dropOrder: 2 },
  ...LATENCY_COLUMNS,
  { head: '' },
];

/** How many targets of each route are up, and what became of its requests in the last minute. */
export function routeRows({ view, screen }: TopPicture): string[][] {
  return view.routes.map(({ name, traffic, isPanic, targetsUp, targets }) => {
    const { succeeded = 0, degraded = 0, failed = 0, expired = 0, deferrals = 0 } = traffic ?? {};
    const counts = [succeeded + degraded, degraded, failed + expired, deferrals];
    const up = `${targetsUp} of ${targets}`;
    return [
      name,
      targetsUp < targets ? screen.style('yellow', up) : up,
      ...counts.map((count) => (view.isHeard ? formatRate(count, view.traffic.seconds) : UNKNOWN)),
      ...latencyCells(traffic),
      isPanic ? screen.style('red', 'panic') : '',
    ];
  });
}
