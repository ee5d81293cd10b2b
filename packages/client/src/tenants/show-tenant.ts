import {
  counterAt,
  heldIn,
  LIMIT_KINDS,
  LIMIT_NAMES,
  type LimitKind,
  type LimitsState,
  type TenantLimits,
  windowEnd,
} from '@signalbox/limits/operator';
import { EXIT_CODE, type ExitCode } from '../exit-code.ts';
import { UNKNOWN } from '../output/format-figures.ts';
import { type Column, formatTable } from '../output/format-table.ts';
import type { Output } from '../output/output.ts';
import { formatLimit } from './limit-names.ts';
import { checkName, noLimits } from './tenant-name.ts';
import type { TenantStore } from './tenant-store.ts';

const COLUMNS: readonly Column[] = [
  { head: 'LIMIT' },
  { head: 'ROUTE' },
  { head: 'ALLOWED', align: 'right' },
  { head: 'USED', align: 'right' },
  { head: 'HELD', align: 'right' },
  { head: 'LEFT', align: 'right' },
  { head: 'RESETS', dropOrder: 1 },
];

type Standing = {
  limit: LimitKind;
  route: string | null;
  allowed: number;
  used: number;
  held: number;
  left: number;
  resetsAt: string | null;
};
type Ports = { store: Pick<TenantStore, 'find' | 'stateOf'>; output: Output; now: number; json?: boolean | undefined };

/** A tenant's limits and how much of each is used and held now, as far as its processes have told. */
export async function showTenant(tenant: string, { store, output, now, json = false }: Ports): Promise<ExitCode> {
  checkName('tenant', tenant);
  const limits = await store.find(tenant);
  if (!limits) throw noLimits(tenant);
  const standings = standingsOf(limits, await store.stateOf(tenant), now);
  if (json) output.print(JSON.stringify({ ...limits, standings }, null, 2));
  else {
    const rows = standings.map(rowOf);
    if (rows.length === 0) output.print(`${tenant}: unlimited`);
    else output.print(formatTable({ columns: COLUMNS, rows, width: output.columns, styleHead: (head) => output.style('bold', head) }));
    output.note('Processes tell what they used within seconds; held is what they have under way, and their blocks.');
  }
  return EXIT_CODE.ok;
}

function standingsOf({ limits, routes }: TenantLimits, state: LimitsState, now: number): Standing[] {
  const scopes = [[null, limits] as const, ...Object.entries(routes)];
  return scopes.flatMap(([route, stated]) =>
    LIMIT_NAMES.flatMap((kind) => {
      const allowed = stated[LIMIT_KINDS[kind].field];
      return allowed === undefined ? [] : [standingOf({ kind, route, allowed }, state, now)];
    }),
  );
}

function standingOf(
  { kind, route, allowed }: { kind: LimitKind; route: string | null; allowed: number },
  state: LimitsState,
  now: number,
): Standing {
  const { units } = LIMIT_KINDS[kind];
  const counter = counterAt(state, { id: route === null ? kind : `${route}|${kind}`, kind }, now);
  const [used, held] = [counter.used / units, heldIn(counter) / units];
  const end = windowEnd(kind, counter.window);
  const resetsAt = Number.isFinite(end) ? new Date(end).toISOString() : null;
  return { limit: kind, route, allowed, used, held, left: Math.max(0, Math.round((allowed - used - held) * units) / units), resetsAt };
}

function rowOf({ limit, route, allowed, used, held, left, resetsAt }: Standing): string[] {
  const { field } = LIMIT_KINDS[limit];
  const amounts = [allowed, used, held, left].map((amount) => formatLimit(field, amount));
  return [limit, route ?? 'all', ...amounts, resetsAt === null ? UNKNOWN : `${resetsAt.slice(0, 16).replace('T', ' ')} UTC`];
}
