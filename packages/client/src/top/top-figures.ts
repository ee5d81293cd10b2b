import { formatCompact, formatShare, UNKNOWN } from '../output/format-figures.ts';
import type { Column } from '../output/format-table.ts';
import type { Latency } from './traffic.ts';

export const LATENCY_COLUMNS: readonly Column[] = [
  { head: 'P50', align: 'right', dropOrder: 4 },
  { head: 'P95', align: 'right', dropOrder: 3 },
  { head: 'P99', align: 'right', dropOrder: 5 },
];

/** The cells of those columns. */
export function latencyCells(latency: Latency | undefined): string[] {
  return [latency?.p50Ms, latency?.p95Ms, latency?.p99Ms].map((ms) => (ms === undefined ? UNKNOWN : formatMs(ms)));
}

/** So many a second: `0.3`, `1.5K`. */
export function formatRate(count: number, seconds: number): string {
  const perSecond = count / seconds;
  return perSecond >= 100 ? formatCompact(Math.round(perSecond)) : perSecond.toFixed(1);
}

/** The part of all that something is; of nothing it is not known. */
export function formatPart(count: number, all: number): string {
  return all === 0 ? UNKNOWN : formatShare(count / all);
}

/** Text of at most that many characters. */
export function cutText(text: string, width = Number.POSITIVE_INFINITY): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

function formatMs(milliseconds: number): string {
  return milliseconds < 10_000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1_000).toFixed(1)} s`;
}
