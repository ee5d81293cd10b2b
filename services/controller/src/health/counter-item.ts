import { COUNT_NAMES, COUNTS, type Counters, emptyCounters, SLOT_COUNT_NAMES, SLOT_COUNTS } from './counters.ts';
import { LATENCY_BINS } from './latency-histogram.ts';

const BIN_NAMES = Array.from({ length: LATENCY_BINS }, (_, bin) => `h${bin}`);

/** The counts of a bucket as attributes of its item. */
export type CounterItem = Readonly<Record<string, unknown>>;

/**
 * Counters as the attributes to ADD to a bucket's item; what is 0 stays away. `a` attempts, `f` faults, `t` throttles, `n` not ready,
 * `m` ambiguous, `s` slow, `c` misconfigured, `h0`… latency bins, and by tenant slot `A0`… attempts,
 * `F0`… ambiguous, `S0`… slow, `H0`… hard.
 */
export function toCounterItem(counters: Counters): Record<string, number> {
  const item: Record<string, number> = {};
  const set = (name: string, count: number) => {
    if (count !== 0) item[name] = count;
  };
  for (const name of COUNT_NAMES) set(COUNTS[name], counters[name]);
  // Most of them are 0, and names are made only for those that are not.
  for (const [bin, name] of BIN_NAMES.entries()) set(name, counters.latency[bin] ?? 0);
  for (const name of SLOT_COUNT_NAMES)
    for (const [slot, count] of counters.slots[name].entries()) if (count !== 0) item[SLOT_COUNTS[name] + slot] = count;
  return item;
}

/** Counters of an item as it was read. Attributes that are no counts, like its keys and those of a later version, are passed over. */
export function fromCounterItem(item: CounterItem): Counters {
  const counters = emptyCounters();
  const get = (name: string) => {
    const count = item[name];
    return typeof count === 'number' && Number.isFinite(count) && count > 0 ? count : 0;
  };
  for (const name of COUNT_NAMES) counters[name] = get(COUNTS[name]);
  counters.latency = counters.latency.map((_, bin) => get(`h${bin}`));
  for (const name of SLOT_COUNT_NAMES) counters.slots[name] = counters.slots[name].map((_, slot) => get(SLOT_COUNTS[name] + slot));
  return counters;
}
