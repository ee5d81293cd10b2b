import { EXIT_CODE, type ExitCode } from '../exit-code.ts';
import { formatCount, UNKNOWN } from '../output/format-figures.ts';
import { type Column, formatTable } from '../output/format-table.ts';
import type { Output } from '../output/output.ts';
import type { Release } from '../releases/types.ts';
import { IN_WORDS } from './print-outcome.ts';

const COLUMNS: readonly Column[] = [
  { head: '' },
  { head: 'RELEASE', align: 'right' },
  { head: 'VERSION' },
  { head: 'STARTED (UTC)' },
  { head: 'HOW', dropOrder: 2 },
  { head: 'STATE' },
  { head: 'BYTES', align: 'right', dropOrder: 3 },
  { head: 'WHAT', wraps: true },
];

/** The releases, newest first; the one in force is marked. */
export function printHistory(
  releases: readonly Release[],
  { output, json = false }: { output: Output; json?: boolean | undefined },
): ExitCode {
  if (json) output.print(JSON.stringify(releases, null, 2));
  else if (releases.length === 0) output.print('No routing table was released yet. Release one with: signalbox policy deploy');
  else {
    output.print(
      formatTable({
        columns: COLUMNS,
        rows: releases.map((release) => rowOf(release, output)),
        width: output.columns,
        styleHead: (head) => output.style('bold', head),
      }),
    );
    output.note('\n* is in force. Go back to any of them with: signalbox policy rollback --to <version>');
  }
  return EXIT_CODE.ok;
}

function rowOf(
  { number, tableVersion, startedAt, strategy, state, percentage, bytes, description, rolledBackBecause, isInForce }: Release,
  { style }: Output,
): string[] {
  const isEnded = state === 'COMPLETE' || state === 'ROLLED_BACK' || state === 'REVERTED';
  return [
    isInForce ? style('green', '*') : '',
    String(number),
    tableVersion ?? UNKNOWN,
    startedAt?.toISOString().slice(0, 16).replace('T', ' ') ?? UNKNOWN,
    strategy,
    isEnded ? IN_WORDS[state] : `${IN_WORDS[state]}, ${percentage} %`,
    formatCount(bytes),
    [description, rolledBackBecause].filter(Boolean).join('; '),
  ];
}
