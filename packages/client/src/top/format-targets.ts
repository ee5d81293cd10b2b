import { printableLine } from '../kept/printable.ts';
import { formatAge, UNKNOWN } from '../output/format-figures.ts';
import type { Column } from '../output/format-table.ts';
import { reasonCell, shareCell, stateCell } from '../targets/target-cells.ts';
import { formatPart, formatRate, LATENCY_COLUMNS, latencyCells } from './top-figures.ts';
import type { TopPicture } from './top-screen.ts';
import type { TopTarget } from './top-view.ts';

export const TARGET_COLUMNS: readonly Column[] = [
  { head: 'TARGET', cuts: true },
  { head: 'STATE' },
  { head: 'SHARE', align: 'right' },
  { head: 'CALLS/S', align: 'right', dropOrder: 1 },
  { head: 'FAILED', align: 'right', dropOrder: 2 },
  { head: 'THROTTLED', align: 'right', dropOrder: 6 },
  ...LATENCY_COLUMNS,
  { head: 'LAST REASON', cuts: true },
];

/** How each target is, and what the last minute brought it. */
export function targetRows({ view, screen }: TopPicture): string[][] {
  return view.targets.map((target) => {
    const { attempts = 0, failed = 0, throttled = 0 } = target.traffic ?? {};
    const bad = [failed, throttled].map((count) => {
      const part = formatPart(count, attempts);
      return count === 0 ? part : screen.style('red', part);
    });
    return [
      target.target,
      stateCell(target, screen),
      shareCell(target, screen),
      view.isHeard ? formatRate(attempts, view.traffic.seconds) : UNKNOWN,
      ...bad,
      ...latencyCells(target.traffic),
      lastReasonOf(target, view.at),
    ];
  });
}

/** Why it is so; of one that is well again, why it became so. */
function lastReasonOf(target: TopTarget, now: number): string {
  if (target.reason !== undefined) {
    const age = target.since === undefined ? '' : ` (${formatAge(now - Date.parse(target.since))})`;
    return `${reasonCell(target, now)}${age}`;
  }
  const { lastChange } = target;
  return lastChange ? `${printableLine(lastChange.reason)} (${formatAge(now - lastChange.at)} ago)` : UNKNOWN;
}
