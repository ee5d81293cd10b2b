import type { LimitsState } from './core/limits-state.ts';
import type { TenantLimits } from './tenant-limits.ts';

/** A tenant's state as the store had it, with the number of its write: 0 when there is none. */
export type Versioned = { state: LimitsState; seq: number };

/** What a write came to: done, or the state that another wrote before. */
export type Written = { kind: 'written' } | ({ kind: 'overtaken' } & Versioned);

/** Where limits are kept. Each rejects with UnavailableError when it cannot be reached. */
export type LimitsStore = {
  /** The tenant's limits as they are known now; undefined for a tenant that has none. Cheap: it is asked with each request. */
  limitsOf(tenant: string): Promise<TenantLimits | undefined>;
  read(tenant: string): Promise<Versioned>;
  /** Writes the state on the condition that it is still the one of `seq`. */
  write(tenant: string, change: Versioned): Promise<Written>;
};
