import { type ApiKey, stateOfKey } from '@signalbox/limits/operator';
import { EXIT_CODE, type ExitCode } from '../exit-code.ts';
import { formatAmount, UNKNOWN } from '../output/format-figures.ts';
import { type Column, formatTable } from '../output/format-table.ts';
import type { Output } from '../output/output.ts';
import type { KeyStore } from './key-store.ts';
import { keyDocument, type PrintInput } from './print-key.ts';

const COLUMNS: readonly Column[] = [
  { head: 'PREFIX' },
  { head: 'TENANT' },
  { head: 'STATE' },
  { head: 'SCOPES', wraps: true },
  { head: 'EXPIRES', dropOrder: 1 },
  { head: 'CREATED', dropOrder: 3 },
  { head: 'ENDS WITH', dropOrder: 4 },
  { head: 'LABEL', dropOrder: 2, cuts: true },
];
const COLOURS = { active: 'green', expired: 'yellow', revoked: 'red' } as const;

/** The keys there are, all of them or those of one tenant. */
export async function listKeys(
  { tenant }: { tenant?: string | undefined },
  { store, output, now, json = false }: PrintInput & { store: Pick<KeyStore, 'list'> },
): Promise<ExitCode> {
  const keys = (await store.list()).filter((key) => tenant === undefined || key.tenant === tenant);
  if (json) output.print(JSON.stringify({ keys: keys.map((key) => keyDocument(key, now)) }, null, 2));
  else {
    const rows = keys.map((key) => rowOf(key, { output, now }));
    if (keys.length > 0)
      output.print(formatTable({ columns: COLUMNS, rows, width: output.columns, styleHead: (head) => output.style('bold', head) }));
    output.note(`${keys.length > 0 ? '\n' : ''}${formatAmount(keys.length, 'key')}`);
  }
  return EXIT_CODE.ok;
}

function rowOf(key: ApiKey, { output, now }: { output: Output; now: number }): string[] {
  const state = stateOfKey(key, now);
  return [
    key.prefix,
    key.tenant,
    output.style(COLOURS[state], state),
    key.scopes.join(', ') || UNKNOWN,
    key.expiresAt?.slice(0, 10) ?? 'never',
    key.createdAt.slice(0, 10),
    key.lastFour === undefined ? UNKNOWN : `…${key.lastFour}`,
    key.label ?? '',
  ];
}
