import { UnavailableError } from '@signalbox/runtime/errors';
import { type Exchanged, exchange, type Report } from './core/exchange.ts';
import type { LimitsStore, Versioned } from './ports.ts';

type Ports = { store: Pick<LimitsStore, 'read' | 'write'>; now: () => number; random: () => number; sleep: (ms: number) => Promise<void> };

/** The new standing of what was reported, or with a refusal nothing when nothing changed by it. */
type Traded = Pick<Exchanged, 'grants' | 'shortage'>;

/** Processes that ask at the same moment overtake each other; who is overtaken so often waits with its request. */
const MOST_TRIES = 30;
const PAUSE_MS = 4;
const LONGEST_PAUSE_MS = 60;

/** Makes one process's exchanges with the store for one tenant. It remembers the state that it last saw, so that an exchange is one write. */
export function createTrade(tenant: string, { store, now, random, sleep }: Ports) {
  let known: Versioned | undefined;

  /** What the store agreed to; rejects with UnavailableError when it cannot be reached. */
  return async function trade(reports: readonly Report[]): Promise<Traded> {
    let isFresh = known === undefined;
    for (let tried = 1; tried <= MOST_TRIES; tried++) {
      known ??= await read();
      const exchanged = exchange({ state: known.state, reports, now: now() });
      // A refusal is worth a look at how things are now.
      if (exchanged.shortage && !isFresh) {
        known = await read();
        isFresh = true;
        continue;
      }
      if (exchanged.shortage && saysNothing(reports)) return { grants: {}, shortage: exchanged.shortage };
      const written = await write({ state: exchanged.state, seq: known.seq });
      if (written) return exchanged;
      isFresh = true;
      if (tried > 1) await sleep(random() * Math.min(LONGEST_PAUSE_MS, PAUSE_MS * tried));
    }
    throw new UnavailableError({ message: `The limits of tenant ${tenant} are asked for by too many at once; try again in a moment.` });
  };

  async function read(): Promise<Versioned> {
    return store.read(tenant);
  }

  async function write({ state, seq }: Versioned): Promise<boolean> {
    const next = { state, seq: seq + 1 };
    try {
      const written = await store.write(tenant, next);
      known = written.kind === 'written' ? next : { state: written.state, seq: written.seq };
      return written.kind === 'written';
    } catch (error) {
      // Nobody knows whether it was written.
      known = undefined;
      throw error;
    }
  }
}

/** True when only the refusal would be written. */
function saysNothing(reports: readonly Report[]): boolean {
  return reports.every(({ spent, held, keeps }) => spent.amount === 0 && (held?.amount ?? 0) === keeps);
}
