import type { LimitsState, TenantLimits } from '@signalbox/limits/operator';
import type { TenantStore, UsageSheet } from '../tenants/tenant-store.ts';

/** Tenants in memory; what they use is given. */
export function createTestTenants({ state = { counters: {} }, sheets = [] }: { state?: LimitsState; sheets?: UsageSheet[] } = {}) {
  const tenants = new Map<string, TenantLimits>();
  const asked: { from: string; to: string }[] = [];
  const store: TenantStore = {
    find: async (tenant) => tenants.get(tenant),
    list: async () => [...tenants.values()],
    async save(limits) {
      if ((tenants.get(limits.tenant)?.seq ?? 0) !== limits.seq - 1) return false;
      tenants.set(limits.tenant, limits);
      return true;
    },
    remove: async (tenant) => void tenants.delete(tenant),
    stateOf: async () => state,
    async usageOf(_tenant, days) {
      asked.push(days);
      return sheets;
    },
  };
  return { store, tenants, asked };
}
