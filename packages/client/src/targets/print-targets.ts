import type { TargetListing } from '@signalbox/contracts';
import { EXIT_CODE, type ExitCode } from '../exit-code.ts';
import { UNKNOWN } from '../output/format-figures.ts';
import { type Column, formatTable } from '../output/format-table.ts';
import type { Output } from '../output/output.ts';
import { describeHealth } from './describe-health.ts';
import type { TargetsRead } from './read-targets.ts';
import { formatTime, reasonCell, shareCell, stateCell } from './target-cells.ts';

type PrintInput = { output: Output; now: number; json?: boolean | undefined };

const COLUMNS: readonly Column[] = [
  { head: 'TARGET' },
  { head: 'STATE' },
  { head: 'SHARE', align: 'right' },
  { head: 'SINCE', dropOrder: 2 },
  { head: 'P50', align: 'right', dropOrder: 4 },
  { head: 'REASON', wraps: true },
  { head: 'ROUTES', wraps: true, dropOrder: 3 },
  { head: 'MODEL', dropOrder: 5 },
  { head: 'REGION', dropOrder: 6 },
  { head: 'KIND', dropOrder: 7 },
];

/** The targets and how each is; fails when that could not be read. */
export function printTargets({ list, problem }: TargetsRead, { output, now, json = false }: PrintInput): ExitCode {
  const words = describeHealth({ health: list.health, problem, now });
  if (json) output.print(JSON.stringify(list, null, 2));
  else {
    const rows = list.targets.map((target) => rowOf(target, { output, now }));
    output.print(formatTable({ columns: COLUMNS, rows, width: output.columns, styleHead: (head) => output.style('bold', head) }));
    if (list.panic.length > 0) output.note(`In panic, with no target that is up: ${list.panic.join(', ')}. Requests try them in turn.`);
  }
  if (words !== undefined) output.note(words);
  return list.health.kind === 'unreachable' ? EXIT_CODE.failed : EXIT_CODE.ok;
}

function rowOf(target: TargetListing, { output, now }: { output: Output; now: number }): string[] {
  return [
    target.target,
    stateCell(target, output),
    shareCell(target, output),
    target.since === undefined ? UNKNOWN : formatTime(target.since, now),
    target.latencyMs === undefined ? UNKNOWN : `${Math.round(target.latencyMs)} ms`,
    reasonCell(target, now),
    target.routes.join(', ') || UNKNOWN,
    target.model,
    target.region,
    target.kind,
  ];
}
