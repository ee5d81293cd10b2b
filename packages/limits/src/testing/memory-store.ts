import { EMPTY_STATE } from '../core/limits-state.ts';
import type { LimitsStore, Versioned } from '../ports.ts';
import type { TenantLimits } from '../tenant-limits.ts';

export type MemoryStore = LimitsStore & {
  /** What operators set. */
  tenants: Map<string, TenantLimits>;
  states: Map<string, Versioned>;
  /** Calls that reached the store, but for looking up limits. */
  calls: { read: number; write: number };
  /** What happens before a call does anything: rejects to keep it away. */
  before: (operation: 'read' | 'write') => Promise<void>;
};

/** A store in memory that keeps to the terms of the real one: one write at a time, on condition of the last. */
export function createMemoryStore(): MemoryStore {
  const store: MemoryStore = {
    tenants: new Map(),
    states: new Map(),
    calls: { read: 0, write: 0 },
    before: async () => undefined,
    limitsOf: async (tenant) => store.tenants.get(tenant),
    async read(tenant) {
      await store.before('read');
      store.calls.read++;
      return structuredClone(stateOf(store, tenant));
    },
    async write(tenant, change) {
      await store.before('write');
      store.calls.write++;
      const current = stateOf(store, tenant);
      if (change.seq !== current.seq + 1) return { kind: 'overtaken', ...structuredClone(current) };
      store.states.set(tenant, structuredClone(change));
      return { kind: 'written' };
    },
  };
  return store;
}

/** A tenant's limits as an operator would set them. */
export function limitsFor(tenant: string, limits: TenantLimits['limits'], routes: TenantLimits['routes'] = {}): TenantLimits {
  return { tenant, limits, routes, seq: 1, updatedAt: '2026-09-21T10:00:00.000Z' };
}

function stateOf({ states }: MemoryStore, tenant: string): Versioned {
  return states.get(tenant) ?? { state: EMPTY_STATE, seq: 0 };
}
