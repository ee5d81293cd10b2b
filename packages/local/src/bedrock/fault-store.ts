import { type Fault, parseFault } from './fault.ts';
import { seededRandom } from './seeded-random.ts';

/** A fault that hit a call; `ended` fires when it is replaced, deleted or over, which frees the calls it holds. */
export type FaultHit = { fault: Fault; ended: AbortSignal };

export type FaultStatus = Fault & { modelId: string; hits: number; active: boolean };

export type FaultStore = {
  set(modelId: string, body: unknown): { status: FaultStatus } | { problem: string };
  /** Decides whether this call is hit, and counts it. */
  draw(modelId: string): FaultHit | undefined;
  /** Ends one model's fault, or all; says how many there were. */
  clear(modelId?: string): number;
  list(): FaultStatus[];
};

type Entry = { fault: Fault; hits: number; ending: AbortController; timer: NodeJS.Timeout | undefined; random: () => number };

/** Holds at most one fault per model id. `rate` draws from a random stream that starts anew with each fault: same seed, same hits. */
export function createFaultStore({ seed }: { seed: number }): FaultStore {
  const entries = new Map<string, Entry>();

  function clearOne(modelId: string): number {
    const entry = entries.get(modelId);
    if (!entry) return 0;
    entries.delete(modelId);
    clearTimeout(entry.timer);
    entry.ending.abort();
    return 1;
  }

  return {
    set(modelId, body) {
      const parsed = parseFault(body);
      if ('problem' in parsed) return parsed;
      clearOne(modelId);
      const entry = createEntry(parsed.fault, seededRandom(`${seed}/${modelId}`));
      entries.set(modelId, entry);
      return { status: statusOf(modelId, entry) };
    },
    draw(modelId) {
      const entry = entries.get(modelId);
      if (!entry || !isActive(entry) || entry.random() >= entry.fault.rate) return undefined;
      entry.hits += 1;
      return { fault: entry.fault, ended: entry.ending.signal };
    },
    clear(modelId) {
      const ids = modelId === undefined ? [...entries.keys()] : [modelId];
      return ids.reduce((count, id) => count + clearOne(id), 0);
    },
    list: () => [...entries].map(([modelId, entry]) => statusOf(modelId, entry)),
  };
}

function createEntry(fault: Fault, random: () => number): Entry {
  const ending = new AbortController();
  const timer = fault.forSeconds === undefined ? undefined : setTimeout(() => ending.abort(), fault.forSeconds * 1000);
  timer?.unref();
  return { fault, hits: 0, ending, timer, random };
}

function isActive({ fault, hits, ending }: Entry): boolean {
  return !ending.signal.aborted && hits < (fault.times ?? Number.POSITIVE_INFINITY);
}

function statusOf(modelId: string, entry: Entry): FaultStatus {
  return { modelId, ...entry.fault, hits: entry.hits, active: isActive(entry) };
}
