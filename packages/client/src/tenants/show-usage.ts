import { addUsage, NO_USAGE, type UsageCount } from '@signalbox/limits/operator';
import { EXIT_CODE, type ExitCode } from '../exit-code.ts';
import { formatCost, formatCount } from '../output/format-figures.ts';
import { type Column, formatTable } from '../output/format-table.ts';
import type { Output } from '../output/output.ts';
import { UsageError } from '../usage-error.ts';
import { checkName } from './tenant-name.ts';
import type { TenantStore, UsageSheet } from './tenant-store.ts';

export type UsageOptions = { tenant: string; from?: string | undefined; to?: string | undefined; by: string };
type Ports = { store: Pick<TenantStore, 'usageOf'>; output: Output; now: number; json?: boolean | undefined };
type By = { kind: 'day' } | { kind: 'route' } | { kind: 'label'; name: string };
type Row = ReturnType<typeof toRow>;

/** What a tenant's requests used and cost, by day, route or the values of a label. */
export async function showUsage(options: UsageOptions, { store, output, now, json = false }: Ports): Promise<ExitCode> {
  const { tenant } = options;
  checkName('tenant', tenant);
  const by = readBy(options.by);
  const days = readDays(options, now);
  const sheets = await store.usageOf(tenant, days);
  const rows = [...sumBy(sheets, by)].map(([key, count]) => toRow(key, count)).sort(by.kind === 'day' ? byKey : byCost);
  const total = toRow('total', sum(sheets.filter(({ group }) => group.by === 'route')));
  if (json) output.print(JSON.stringify({ tenant, ...days, by: options.by, rows, total }, null, 2));
  else printRows({ rows, total, by, output });
  if (total.unpriced > 0) output.note(`The cost of ${formatCount(total.unpriced)} is not known, so the sum is too low by theirs.`);
  if (by.kind === 'label' && rows.length === 0) output.note(`No request of those days had a label "${by.name}".`);
  return EXIT_CODE.ok;
}

function printRows({ rows, total, by, output }: { rows: readonly Row[]; total: Row; by: By; output: Output }): void {
  const figures = ['REQUESTS', 'TOKENS IN', 'TOKENS OUT', 'COST'].map((head): Column => ({ head, align: 'right' }));
  const columns: Column[] = [{ head: by.kind === 'label' ? by.name.toUpperCase() : by.kind.toUpperCase(), cuts: true }, ...figures];
  const cells = ({ key, requests, inputTokens, outputTokens, costUsd }: Row) => [
    key,
    formatCount(requests),
    formatCount(inputTokens),
    formatCount(outputTokens),
    formatCost(costUsd),
  ];
  output.print(
    formatTable({ columns, rows: [...rows, total].map(cells), width: output.columns, styleHead: (head) => output.style('bold', head) }),
  );
}

function sumBy(sheets: readonly UsageSheet[], by: By): Map<string, UsageCount> {
  const sums = new Map<string, UsageCount>();
  for (const { day, group, counts } of sheets) {
    if (group.by !== (by.kind === 'label' ? 'label' : 'route') || (group.by === 'label' && by.kind === 'label' && group.name !== by.name))
      continue;
    for (const [value, count] of counts) {
      const key = by.kind === 'day' ? day : value;
      sums.set(key, addUsage(sums.get(key) ?? NO_USAGE, count));
    }
  }
  return sums;
}

function sum(sheets: readonly UsageSheet[]): UsageCount {
  return sheets.flatMap(({ counts }) => [...counts.values()]).reduce(addUsage, NO_USAGE);
}

function toRow(key: string, { requests, inputTokens, outputTokens, nanoUsd, unpriced }: UsageCount) {
  return { key, requests, inputTokens, outputTokens, costUsd: nanoUsd / 1e9, unpriced };
}

function byKey(one: Row, other: Row): number {
  return one.key < other.key ? -1 : 1;
}

function byCost(one: Row, other: Row): number {
  return other.costUsd - one.costUsd || other.requests - one.requests || byKey(one, other);
}

function readBy(text: string): By {
  if (text === 'day' || text === 'route') return { kind: text };
  const [, name] = /^label:([a-zA-Z0-9_.-]{1,64})$/.exec(text) ?? [];
  if (name === undefined) throw new UsageError(`--by is day, route or label:<name>, such as label:team; not "${text}".`);
  return { kind: 'label', name };
}

/** This month to today, unless days are named. */
function readDays({ from, to }: UsageOptions, now: number): { from: string; to: string } {
  const today = new Date(now).toISOString().slice(0, 10);
  const days = { from: readDay('--from', from) ?? `${(to ?? today).slice(0, 7)}-01`, to: readDay('--to', to) ?? today };
  if (days.from > days.to) throw new UsageError(`--from ${days.from} is after --to ${days.to}.`);
  return days;
}

function readDay(option: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text);
  if (!isDay) throw new UsageError(`${option} is a day such as 2026-09-21, UTC; not "${text}".`);
  return text;
}
