import { Limits, type TenantLimits } from '@signalbox/limits/operator';
import { EXIT_CODE, type ExitCode } from '../exit-code.ts';
import type { Output } from '../output/output.ts';
import { UsageError } from '../usage-error.ts';
import { describeLimits } from './limit-names.ts';
import { checkName } from './tenant-name.ts';
import type { TenantStore } from './tenant-store.ts';

/** Limits to set; null takes one away, and what is not named stays. */
export type LimitChanges = { [Field in keyof Limits]?: number | null | undefined };
export type SetTenantOptions = { tenant: string; route?: string | undefined; changes: LimitChanges };
type Ports = { store: Pick<TenantStore, 'find' | 'save'>; output: Output; now: number; json?: boolean | undefined };

/** Changes a tenant's limits, over all its routes or of one. */
export async function setTenant(
  { tenant, route, changes }: SetTenantOptions,
  { store, output, now, json = false }: Ports,
): Promise<ExitCode> {
  checkName('tenant', tenant);
  if (route !== undefined) checkName('route', route);
  if (Object.values(changes).every((value) => value === undefined))
    throw new UsageError('Name a limit to set, such as --requests-per-minute 60; "none" takes one away. See: signalbox tenants set --help');
  const known = await store.find(tenant);
  const changed = change(known ?? { tenant, limits: {}, routes: {}, seq: 0, updatedAt: '' }, { route, changes });
  const saved = { ...changed, seq: changed.seq + 1, updatedAt: new Date(now).toISOString() };
  if (!(await store.save(saved)))
    throw new Error(`The limits of ${tenant} were changed by somebody else at the same moment. Look at them and try again.`);
  if (json) output.print(JSON.stringify(saved, null, 2));
  else printSaved(saved, output);
  output.note('In force everywhere within seconds. A limit on money counts from when it was first set.');
  return EXIT_CODE.ok;
}

function change(known: TenantLimits, { route, changes }: Omit<SetTenantOptions, 'tenant'>): TenantLimits {
  if (route === undefined) return { ...known, limits: merge(known.limits, changes) };
  const { [route]: before = {}, ...others } = known.routes;
  const after = merge(before, changes);
  return { ...known, routes: Object.keys(after).length > 0 ? { ...others, [route]: after } : others };
}

function merge(limits: Limits, changes: LimitChanges): Limits {
  const stated = Object.entries(changes).filter(([, value]) => value !== undefined);
  const merged = { ...limits, ...Object.fromEntries(stated) };
  return Limits.parse(Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null)));
}

export function printSaved({ tenant, limits, routes }: TenantLimits, output: Output): void {
  output.print(`${tenant}: ${describeLimits(limits)}`);
  for (const [route, ofRoute] of Object.entries(routes)) output.print(`${tenant} on ${route}: ${describeLimits(ofRoute)}`);
}
