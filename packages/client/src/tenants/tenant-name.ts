import { isName } from '@signalbox/limits/operator';
import { UsageError } from '../usage-error.ts';

/** Refuses what cannot be a tenant's or a route's name. */
export function checkName(what: 'tenant' | 'route', name: string): void {
  if (!isName(name)) throw new UsageError(`"${name}" cannot be a ${what}: small letters, digits and hyphens, 63 at most.`);
}

export function noLimits(tenant: string): UsageError {
  return new UsageError(`Tenant ${tenant} has no limits. Set some with: signalbox tenants set ${tenant} --requests-per-minute 60`);
}
