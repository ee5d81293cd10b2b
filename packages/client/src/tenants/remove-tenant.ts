import { EXIT_CODE, type ExitCode } from '../exit-code.ts';
import type { Output } from '../output/output.ts';
import { UsageError } from '../usage-error.ts';
import { checkName, noLimits } from './tenant-name.ts';
import type { TenantStore } from './tenant-store.ts';

type Ports = {
  store: Pick<TenantStore, 'find' | 'save' | 'remove'>;
  output: Output;
  now: number;
  json?: boolean | undefined;
  confirm: ((question: string) => Promise<boolean>) | undefined;
};

/** Takes away a tenant's limits, all of them or those of one route. Its keys and its usage stay. */
export async function removeTenant(
  { tenant, route }: { tenant: string; route?: string | undefined },
  { store, output, now, json = false, confirm }: Ports,
): Promise<ExitCode> {
  checkName('tenant', tenant);
  const known = await store.find(tenant);
  if (!known) throw noLimits(tenant);
  if (route !== undefined && !(route in known.routes)) throw new UsageError(`Tenant ${tenant} has no limits on a route "${route}".`);
  const what = route === undefined ? `Tenant ${tenant}` : `Tenant ${tenant} on route ${route}`;
  if (confirm && !(await confirm(`${what} will be unlimited${route === undefined ? '' : ' but for its own limits'}. Go on?`))) {
    output.note('Nothing was changed.');
    return EXIT_CODE.failed;
  }
  if (route === undefined) await store.remove(tenant);
  else {
    const { [route]: _, ...routes } = known.routes;
    const saved = await store.save({ ...known, routes, seq: known.seq + 1, updatedAt: new Date(now).toISOString() });
    if (!saved) throw new Error(`The limits of ${tenant} were changed by somebody else at the same moment. Look at them and try again.`);
  }
  if (json) output.print(JSON.stringify({ tenant, ...(route === undefined ? {} : { route }), removed: true }, null, 2));
  output.note(`${what} has no limits${route === undefined ? '' : ' of its own there'} any more. Keys and usage stay.`);
  return EXIT_CODE.ok;
}
