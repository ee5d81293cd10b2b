import { formatCompact, formatCost } from '../output/format-figures.ts';
import { type Column, formatTable } from '../output/format-table.ts';
import { fitRows } from './fit-rows.ts';
import { formatNotes } from './format-notes.ts';
import { ROUTE_COLUMNS, routeRows } from './format-routes.ts';
import { TARGET_COLUMNS, targetRows } from './format-targets.ts';
import { cutText, formatRate } from './top-figures.ts';
import type { TopPicture, TopScreen } from './top-screen.ts';
import type { TopRoute, TopView } from './top-view.ts';

const QUEUE_COLUMNS: readonly Column[] = [
  { head: 'QUEUE' },
  { head: 'WAITING', align: 'right' },
  { head: 'IN FLIGHT', align: 'right' },
  { head: 'PARKED', align: 'right' },
];

/** The whole picture, as wide and as high as the terminal. What moves every second stands below what does not, so that little is redrawn. */
export function formatTop(view: TopView, screen: TopScreen): string {
  const picture = { view, screen };
  const parts = [
    `${titleOf(picture)}\n${cutText(summaryOf(view), screen.columns)}`,
    tableOf(TARGET_COLUMNS, targetRows(picture), screen),
    tableOf(ROUTE_COLUMNS, routeRows(picture), screen),
    tableOf(QUEUE_COLUMNS, queueRows(view), screen),
    formatNotes(picture),
  ];
  const text = parts.filter((part) => part !== '').join('\n\n');
  return fitRows(text.split('\n'), screen.rows).join('\n');
}

function titleOf({ view, screen }: TopPicture): string {
  return screen.style('bold', cutText(`signalbox top, ${view.installation}, table ${view.tableVersion}`, screen.columns));
}

function summaryOf({ at, traffic, routes, isHeard }: TopView): string {
  const time = `${new Date(at).toISOString().slice(11, 19)} UTC`;
  if (!isHeard) return `${time}  no event yet; rates are those of events`;
  const { seconds, costUsd, rejected } = traffic;
  const total = (pick: (counts: NonNullable<TopRoute['traffic']>) => number) =>
    routes.reduce((sum, route) => sum + (route.traffic ? pick(route.traffic) : 0), 0);
  const answered = formatRate(
    total(({ succeeded, degraded }) => succeeded + degraded),
    seconds,
  );
  const failed = formatRate(total((counts) => counts.failed + counts.expired) + rejected, seconds);
  const cost = formatCost((costUsd / seconds) * 3_600);
  return `${time}  ${answered} answered/s  ${failed} failed/s  ${cost}/h  over the last ${Math.round(seconds)} s`;
}

function queueRows({ queues }: TopView): string[][] {
  return queues.map(({ queue, waiting, inFlight, parked }) => [queue, ...[waiting, inFlight, parked].map(formatCompact)]);
}

function tableOf(columns: readonly Column[], rows: string[][], { columns: width, style }: TopScreen): string {
  return rows.length === 0 ? '' : formatTable({ columns, rows, width, styleHead: (head) => style('dim', head) });
}
