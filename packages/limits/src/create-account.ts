import { UnavailableError } from '@signalbox/runtime/errors';
import type { Counter } from './core/counters-of.ts';
import type { Report, Shortage } from './core/exchange.ts';
import { LIMIT_KINDS } from './core/limit-kind.ts';
import {
  accept,
  freshen,
  grantOneself,
  has,
  isEmpty,
  isOwing,
  knownRefusal,
  needsRenewal,
  openPurse,
  type Purse,
  refuse,
  reportOf,
  settle,
  type Taken,
  take,
} from './core/purse.ts';
import { type Limited, toLimited } from './describe-limit.ts';
import type { LimitsStore } from './ports.ts';
import type { Granted, Used } from './reservation.ts';
import { createTrade } from './trade.ts';

type Ports = {
  store: Pick<LimitsStore, 'read' | 'write'>;
  now: () => number;
  random: () => number;
  sleep: (ms: number) => Promise<void>;
  later: (ms: number, run: () => void) => void;
  onError: (error: unknown) => void;
};
type Amounts = { tokens: () => number; usd: () => number | null };
type Need = { purse: Purse; amount: number };

/** One tenant's purses in this process. */
export type Account = {
  reserve(counters: readonly Counter[], amounts: Amounts): Promise<Granted | Limited>;
  flush(): Promise<void>;
  isIdle(now: number): boolean;
};

/** Well within the ten seconds of a block. */
const RENEW_MS = 4_000;
/** How long rates and slots go by what was last known while the store is away; money never does. */
const GRACE_MS = 60_000;
const SELF_GRANT_MS = 10_000;

export function createAccount(tenant: string, ports: Ports): Account {
  const { now, later, onError } = ports;
  const purses = new Map<string, Purse>();
  const trade = createTrade(tenant, ports);
  let reachedAt = Number.NEGATIVE_INFINITY;
  let isRenewing = false;
  /** Exchanges of one process follow each other. */
  let last: Promise<unknown> = Promise.resolve();

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = last.then(work);
    // Whoever waits for `result` hears of its failure.
    last = result.catch(() => undefined);
    return result;
  }

  function purseOf(counter: Counter): Purse {
    const known = purses.get(counter.id);
    if (known) {
      known.counter = counter;
      freshen(known, now());
      return known;
    }
    const purse = openPurse(counter, now());
    purses.set(counter.id, purse);
    return purse;
  }

  async function exchange(reports: readonly Report[]): Promise<Shortage | undefined> {
    const { grants, shortage } = await trade(reports);
    reachedAt = now();
    for (const report of reports) {
      const [purse, granted] = [purses.get(report.counter.id), grants[report.counter.id]];
      if (purse && granted) accept(purse, report, granted);
    }
    return shortage;
  }

  /** Of every purse that has something to tell, with what the request needs of its own. */
  function reportsFor(needs: readonly Need[], keepsSlots = true): Report[] {
    const amounts = new Map(needs.map(({ purse, amount }) => [purse, amount]));
    const all = [...purses.values()];
    for (const purse of all) freshen(purse, now());
    return all
      .filter((purse) => amounts.has(purse) || !isEmpty(purse, now()))
      .map((purse) => reportOf(purse, { needs: amounts.get(purse) ?? 0, keepsSlots: keepsSlots || amounts.has(purse) }));
  }

  /** Meanwhile others of this process may take from what was leased: then there is one more exchange. */
  async function leaseAndGrant(needs: readonly Need[]): Promise<Granted | Limited> {
    for (;;) {
      for (const { purse } of needs) freshen(purse, now());
      if (isWithin(needs)) return grant(needs);
      const limited = refusalOf(needs, now()) ?? (await lease(needs));
      if (limited) return limited;
    }
  }

  async function lease(needs: readonly Need[]): Promise<Limited | undefined> {
    try {
      const shortage = await exchange(reportsFor(needs));
      const short = shortage && purses.get(shortage.counter.id);
      if (!shortage || !short) return undefined;
      refuse(short, shortage, now());
      return toLimited(shortage, now());
    } catch (error) {
      goOnAlone(needs, error);
      return undefined;
    }
  }

  /** The store is away: rates and slots go on for a while by what was last known, money does not. */
  function goOnAlone(needs: readonly Need[], error: unknown): void {
    const short = needs.filter(({ purse, amount }) => !has(purse, amount));
    const isMoney = short.some(({ purse }) => LIMIT_KINDS[purse.counter.kind].style === 'budget');
    if (!(error instanceof UnavailableError) || isMoney || now() - reachedAt > GRACE_MS) throw error;
    onError(error);
    for (const { purse, amount } of short) grantOneself(purse, { needs: amount, now: now(), forMs: SELF_GRANT_MS });
  }

  function grant(needs: readonly Need[]): Granted {
    const taken = needs.map(({ purse, amount }) => take(purse, amount));
    renewLater();
    let isOpen = true;
    const close = (actualOf: (taken: Taken) => number | null) => {
      if (!isOpen) return;
      isOpen = false;
      for (const one of taken) settle(one, actualOf(one), now());
    };
    return { kind: 'granted', settle: (used) => close((one) => usedOf(one, used)), release: () => close(() => 0) };
  }

  function renewLater(): void {
    if (isRenewing || ![...purses.values()].some(needsRenewal)) return;
    isRenewing = true;
    later(RENEW_MS, () => {
      isRenewing = false;
      void renew();
    });
  }

  /** What is under way stays held while its process lives, and what was used is told in time. */
  async function renew(): Promise<void> {
    if (![...purses.values()].some(needsRenewal)) return;
    await inTurn(() => exchange(reportsFor([]))).catch(onError);
    renewLater();
  }

  return {
    async reserve(counters, amounts) {
      const needs = counters.map((counter) => ({ purse: purseOf(counter), amount: amountOf(counter, amounts) }));
      return isWithin(needs) ? grant(needs) : inTurn(() => leaseAndGrant(needs));
    },
    async flush() {
      if (![...purses.values()].some(isOwing)) return;
      await inTurn(() => exchange(reportsFor([], false))).catch(onError);
    },
    isIdle: (at) => [...purses.values()].every((purse) => isEmpty(purse, at)),
  };
}

function isWithin(needs: readonly Need[]): boolean {
  return needs.every(({ purse, amount }) => has(purse, amount));
}

function refusalOf(needs: readonly Need[], now: number): Limited | undefined {
  for (const { purse, amount } of needs) {
    const shortage = has(purse, amount) ? undefined : knownRefusal(purse, amount, now);
    if (shortage) return toLimited({ ...shortage, needed: amount }, now);
  }
  return undefined;
}

/** What a request needs of a counter, in its whole units; never nothing, so that an empty counter refuses also what has no price. */
function amountOf({ kind }: Counter, { tokens, usd }: Amounts): number {
  const { style, units } = LIMIT_KINDS[kind];
  if (style === 'budget') return Math.max(1, Math.ceil((usd() ?? 0) * units));
  return kind === 'tokens-per-minute' ? Math.max(1, Math.ceil(tokens())) : 1;
}

function usedOf({ purse, amount }: Taken, { tokens, usd }: Used): number | null {
  const { style, units } = LIMIT_KINDS[purse.counter.kind];
  if (style === 'budget') return usd === null ? null : Math.round(usd * units);
  return purse.counter.kind === 'tokens-per-minute' ? tokens : amount;
}
