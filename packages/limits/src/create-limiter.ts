import { countersOf } from './core/counters-of.ts';
import { type Account, createAccount } from './create-account.ts';
import type { Limited } from './describe-limit.ts';
import type { LimitsStore } from './ports.ts';
import type { Granted, Reservation } from './reservation.ts';
import type { TenantLimits } from './tenant-limits.ts';

export type Limiter = {
  /** Takes the estimate of a request from its tenant's limits. Rejects with UnavailableError when limits cannot be looked up. */
  reserve(reservation: Reservation): Promise<Granted | Limited>;
  /** Tells the store of money that was spent and slots that are free again. To be called when a piece of work is done: Lambda may freeze or drop a process after it. */
  flush(): Promise<void>;
};

type LimiterOptions = {
  store: LimitsStore;
  now?: () => number;
  random?: () => number;
  sleep?: (ms: number) => Promise<void>;
  /** Runs something later, without keeping the process alive. */
  later?: (ms: number, run: () => void) => void;
  /** What went wrong while nobody waited for it. */
  onError: (error: unknown) => void;
};

/** More tenants than this in one process: those that came first and hold nothing are forgotten. */
const MOST_ACCOUNTS = 1_000;

const UNLIMITED: Granted = { kind: 'granted', settle: () => undefined, release: () => undefined };

/**
 * Keeps tenants within their limits. What a process may spend it leases in blocks and spends in memory; a tenant without limits costs nothing.
 *
 * @example
 * const limiter = createLimiter({ store: createLimitsStore({ tableName, onError }), onError });
 * const reserved = await limiter.reserve({ tenant: 'acme', route: 'default', tokens: 1_200, usd: 0.004 });
 * if (reserved.kind === 'limited') return tooMany(reserved);
 * reserved.settle({ tokens: 873, usd: 0.0021 });
 */
export function createLimiter({
  store,
  now = Date.now,
  random = Math.random,
  sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  later = (ms, run) => void setTimeout(run, ms).unref(),
  onError,
}: LimiterOptions): Limiter {
  const accounts = new Map<string, Account>();

  function accountOf(tenant: string): Account {
    let account = accounts.get(tenant);
    if (!account) {
      if (accounts.size >= MOST_ACCOUNTS) forgetIdle(accounts, now());
      account = createAccount(tenant, { store, now, random, sleep, later, onError });
      accounts.set(tenant, account);
    }
    return account;
  }

  return {
    async reserve({ tenant, route, tokens, usd }) {
      const limits = await store.limitsOf(tenant);
      if (!limits || isUnlimited(limits, route)) return UNLIMITED;
      const amounts = { tokens: typeof tokens === 'function' ? tokens : () => tokens, usd: typeof usd === 'function' ? usd : () => usd };
      return accountOf(tenant).reserve(countersOf(limits, route), amounts);
    },
    async flush() {
      await Promise.all([...accounts.values()].map((account) => account.flush()));
    },
  };
}

function isUnlimited({ limits, routes }: TenantLimits, route: string): boolean {
  return Object.keys(limits).length === 0 && Object.keys(routes[route] ?? {}).length === 0;
}

function forgetIdle(accounts: Map<string, Account>, now: number): void {
  for (const [tenant, account] of accounts) if (account.isIdle(now)) accounts.delete(tenant);
}
