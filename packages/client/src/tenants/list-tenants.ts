import { LIMIT_KINDS, LIMIT_NAMES, type Limits, type TenantLimits } from '@signalbox/limits/operator';
import { EXIT_CODE, type ExitCode } from '../exit-code.ts';
import { formatAmount, UNKNOWN } from '../output/format-figures.ts';
import { type Column, formatTable } from '../output/format-table.ts';
import type { Output } from '../output/output.ts';
import { formatLimit } from './limit-names.ts';
import type { TenantStore } from './tenant-store.ts';

const COLUMNS: readonly Column[] = [
  { head: 'TENANT' },
  { head: 'ROUTE' },
  { head: 'REQ/MIN', align: 'right' },
  { head: 'TOKENS/MIN', align: 'right' },
  { head: 'AT ONCE', align: 'right' },
  { head: '$/DAY', align: 'right' },
  { head: '$/MONTH', align: 'right' },
];

/** The tenants that have limits. */
export async function listTenants({
  store,
  output,
  json = false,
}: {
  store: Pick<TenantStore, 'list'>;
  output: Output;
  json?: boolean | undefined;
}): Promise<ExitCode> {
  const tenants = await store.list();
  if (json) output.print(JSON.stringify({ tenants }, null, 2));
  else {
    if (tenants.length > 0)
      output.print(
        formatTable({
          columns: COLUMNS,
          rows: tenants.flatMap(rowsOf),
          width: output.columns,
          styleHead: (head) => output.style('bold', head),
        }),
      );
    output.note(
      `${tenants.length > 0 ? '\n' : ''}${formatAmount(tenants.length, 'tenant')} with limits; ${UNKNOWN} and all others are unlimited`,
    );
  }
  return EXIT_CODE.ok;
}

function rowsOf({ tenant, limits, routes }: TenantLimits): string[][] {
  return [[tenant, 'all', ...cells(limits)], ...Object.entries(routes).map(([route, ofRoute]) => [tenant, route, ...cells(ofRoute)])];
}

function cells(limits: Limits): string[] {
  return LIMIT_NAMES.map((kind) => {
    const { field } = LIMIT_KINDS[kind];
    const value = limits[field];
    return value === undefined ? UNKNOWN : formatLimit(field, value);
  });
}
