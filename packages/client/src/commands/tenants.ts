import { type Command, InvalidArgumentError } from 'commander';
import type { Output } from '../output/output.ts';
import type { LimitChanges } from '../tenants/set-tenant.ts';
import type { TenantStore } from '../tenants/tenant-store.ts';
import { createContext } from './command-context.ts';
import { toNumber, toWhole } from './numbers.ts';

type PlaceFlags = { stage?: string; stack?: string; json?: boolean };
type SetFlags = PlaceFlags & LimitChanges & { route?: string };
type UsageFlags = PlaceFlags & { from?: string; to?: string; by: string };
type Ports = { store: TenantStore; output: Output; now: number; json: boolean | undefined };

/** A limit, or null for `none`. */
const orNone = (read: (value: string) => number, kind: string) => (value: string) => {
  if (value === 'none') return null;
  try {
    return read(value);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new InvalidArgumentError(`must be ${kind} above 0, or none`);
  }
};
const toLimit = orNone(toWhole, 'a whole number');
const toDollars = orNone(toNumber, 'a number of dollars');

export function addTenantsCommands(program: Command): void {
  const tenants = program.command('tenants').description('what tenants may use, and what they used');
  addSet(tenants);
  withPlace(tenants.command('show').description('the limits of a tenant, and how much of each is used now'))
    .argument('<tenant>', 'a tenant that has limits')
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExample:\n  $ signalbox tenants show acme')
    .action((tenant: string, flags: PlaceFlags) =>
      run(flags, async (ports) => (await import('../tenants/show-tenant.ts')).showTenant(tenant, ports)),
    );
  withPlace(tenants.command('list').description('the tenants that have limits'))
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExample:\n  $ signalbox tenants list --stage prod')
    .action((flags: PlaceFlags) => run(flags, async (ports) => (await import('../tenants/list-tenants.ts')).listTenants(ports)));
  addUsage(tenants);
  addRemove(tenants);
}

function addSet(tenants: Command): void {
  withPlace(tenants.command('set').description('limit what a tenant may use; what is not named stays as it is'))
    .argument('<tenant>', 'as keys and messages name it')
    .option('--route <route>', 'on this route alone, beside the limits over all routes')
    .option('--requests-per-minute <count>', 'requests begun in a minute; none for no limit', toLimit)
    .option('--tokens-per-minute <count>', 'tokens of input and output in a minute', toLimit)
    .option('--concurrency <count>', 'requests under way at once', toLimit)
    .option('--usd-per-day <dollars>', 'money in a day, UTC', toDollars)
    .option('--usd-per-month <dollars>', 'money in a month, UTC', toDollars)
    .option('--json', 'print the limits as JSON')
    .addHelpText('after', '\nExample:\n  $ signalbox tenants set acme --requests-per-minute 600 --usd-per-day 25')
    .action((tenant: string, { stage, stack, json, route, ...changes }: SetFlags) =>
      run({ ...(stage && { stage }), ...(stack && { stack }), ...(json && { json }) }, async (ports) =>
        (await import('../tenants/set-tenant.ts')).setTenant({ tenant, route, changes }, ports),
      ),
    );
}

function addUsage(tenants: Command): void {
  withPlace(tenants.command('usage').description('what a tenant used and what it cost'))
    .argument('<tenant>', 'as keys and messages name it')
    .option('--from <day>', 'the first day, such as 2026-09-01; the first of the month unless it is named')
    .option('--to <day>', 'the last day; today unless it is named')
    .option('--by <what>', 'day, route, or label:<name>', 'day')
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nDays are UTC. They are kept 400 days.\n\nExample:\n  $ signalbox tenants usage acme --by label:team')
    .action((tenant: string, { from, to, by, ...flags }: UsageFlags) =>
      run(flags, async (ports) => (await import('../tenants/show-usage.ts')).showUsage({ tenant, from, to, by }, ports)),
    );
}

function addRemove(tenants: Command): void {
  withPlace(tenants.command('remove').description('take away the limits of a tenant; its keys and its usage stay'))
    .argument('<tenant>', 'a tenant that has limits')
    .option('--route <route>', 'those of this route alone')
    .option('--yes', 'do not ask')
    .option('--json', 'print what was removed as JSON')
    .addHelpText('after', '\nExample:\n  $ signalbox tenants remove acme --route vision')
    .action((tenant: string, { route, yes, ...flags }: PlaceFlags & { route?: string; yes?: boolean }) =>
      run(flags, async (ports) => {
        const [{ removeTenant }, { confirmer }] = await Promise.all([
          import('../tenants/remove-tenant.ts'),
          import('../policy/confirm.ts'),
        ]);
        return removeTenant({ tenant, route }, { ...ports, confirm: confirmer({ yes, output: ports.output }) });
      }),
    );
}

function withPlace(command: Command): Command {
  return command
    .option('--stage <stage>', 'of an installation on AWS')
    .option('--stack <file>', 'of an embedded one, by its stack.json or its data directory');
}

async function run({ json, ...flags }: PlaceFlags, work: (ports: Ports) => Promise<number>): Promise<void> {
  const [{ findPlace }, { withTable }, { openTenantStore }] = await Promise.all([
    import('../installation/place.ts'),
    import('../installation/open-table.ts'),
    import('../tenants/tenant-store.ts'),
  ]);
  const { output, now } = createContext();
  process.exitCode = await withTable(findPlace(flags), 'limits', (table) =>
    work({ store: openTenantStore(table), output, now: now.getTime(), json }),
  );
}
