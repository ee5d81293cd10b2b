import {
  COUNT_NAMES,
  COUNTS,
  type Counters,
  emptyCounters,
  SECOND_COUNT_NAMES,
  SECOND_COUNTS,
  SLOT_COUNT_NAMES,
  SLOT_COUNTS,
  WITNESS_NAMES,
  WITNESSES,
} from './counters.ts';
import { slotsOfWitnesses, toWitnesses, UNKNOWN_WITNESSES } from './witnesses.ts';

/** The counts of a bucket as attributes of its item. */
export type CounterItem = Readonly<Record<string, unknown>>;

type Count = number | ReadonlySet<number>;

/**
 * Calls `visit` with each attribute to ADD to a bucket's item; what is 0 stays away. `a` attempts, `f` faults, `t` throttles, `n` not ready,
 * `m` ambiguous, `s` slow, `c` misconfigured, `h0`… latency bins, and by tenant slot `A0`… attempts,
 * `F0`… ambiguous, `S0`… slow, `H0`… hard; by second of attempt starts `d0`… decided, `e0`… hard, `u0`… ambiguous; and as sets of
 * hash slots the witnesses: `w` of failures, `v` of slow calls. A busy row has some 330 bytes, one with every count there is 1,050.
 */
export function eachCount(counters: Counters, visit: (name: string, count: Count) => void): void {
  for (const name of COUNT_NAMES) if (counters[name] !== 0) visit(COUNTS[name], counters[name]);
  visitEach(NAMES.latency, counters.latency, visit);
  for (const name of SLOT_COUNT_NAMES) visitEach(NAMES.slots[name], counters.slots[name], visit);
  for (const name of SECOND_COUNT_NAMES) visitEach(NAMES.seconds[name], counters.seconds[name], visit);
  for (const name of WITNESS_NAMES) {
    const bits = counters.witnesses[name];
    if (bits !== 0) visit(WITNESSES[name], new Set(slotsOfWitnesses(bits)));
  }
}

/** The names of a list's counts, made once: they are wanted for every change of the whole fleet. */
const NAMES = namesOf(emptyCounters());

function namesOf({ latency, slots, seconds }: Counters) {
  const each = (prefix: string, { length }: readonly number[]) => Array.from({ length }, (_, index) => prefix + index);
  return {
    latency: each('h', latency),
    slots: {
      attempts: each(SLOT_COUNTS.attempts, slots.attempts),
      ambiguous: each(SLOT_COUNTS.ambiguous, slots.ambiguous),
      slow: each(SLOT_COUNTS.slow, slots.slow),
      hard: each(SLOT_COUNTS.hard, slots.hard),
    },
    seconds: {
      decided: each(SECOND_COUNTS.decided, seconds.decided),
      hard: each(SECOND_COUNTS.hard, seconds.hard),
      ambiguous: each(SECOND_COUNTS.ambiguous, seconds.ambiguous),
    },
  };
}

function visitEach(names: readonly string[], counts: readonly number[], visit: (name: string, count: number) => void): void {
  // No iterator: most are 0, and this runs for every change of the whole fleet.
  for (let index = 0; index < names.length; index++) if (counts[index]) visit(names[index] as string, counts[index] as number);
}

/** The names of all counts. */
export const COUNT_ATTRIBUTES: readonly string[] = [
  ...COUNT_NAMES.map((name) => COUNTS[name]),
  ...NAMES.latency,
  ...Object.values(NAMES.slots).flat(),
  ...Object.values(NAMES.seconds).flat(),
  ...WITNESS_NAMES.map((name) => WITNESSES[name]),
];

/** The attributes of `eachCount` as an object. */
export function toCounterItem(counters: Counters): Record<string, Count> {
  const item: Record<string, Count> = {};
  eachCount(counters, (name, count) => {
    item[name] = count;
  });
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
  for (const name of SECOND_COUNT_NAMES)
    counters.seconds[name] = counters.seconds[name].map((_, second) => get(SECOND_COUNTS[name] + second));
  for (const name of WITNESS_NAMES) {
    const slots = item[WITNESSES[name]];
    counters.witnesses[name] = slots instanceof Set ? toWitnesses([...slots].filter((slot) => typeof slot === 'number')) : 0;
  }
  // Of a bucket in which failures were counted by a version that knows no witnesses.
  if (!(WITNESSES.failed in item)) counters.witnesses.failed = unknownOf(counters.faults + counters.notReady + counters.ambiguous);
  if (!(WITNESSES.slow in item)) counters.witnesses.slow = unknownOf(counters.slow);
  return counters;
}

function unknownOf(count: number): number {
  return count > 0 ? UNKNOWN_WITNESSES : 0;
}
