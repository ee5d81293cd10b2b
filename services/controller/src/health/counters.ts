import { OBSERVATION_BUCKET_MS, TENANT_SLOTS } from '@signalbox/contracts';
import { LATENCY_BINS } from './latency-histogram.ts';

/** Counts by tenant slot; attempts are those that were not throttled, `hard` are faults and calls that met a cold target. */
type SlotCounters = { attempts: number[]; hard: number[]; ambiguous: number[]; slow: number[] };

/** Counts by the second of the bucket in which an attempt began, of attempts whose second is known; `decided` are those that were let in. */
type SecondCounters = { decided: number[]; hard: number[]; ambiguous: number[] };

/** Whose requests failed, and whose were slow: a bit for each hash slot of requests. Added by union, so that what is counted twice adds nothing. */
type Witnesses = { failed: number; slow: number };

/** What the fleet saw of one target in one bucket of attempt starts. Only sums and unions: merged in any order. */
export type Counters = {
  /** Attempts that say something of the target, throttled ones included; not those of a wrong caller or a wrong configuration. */
  attempts: number;
  faults: number;
  throttles: number;
  notReady: number;
  ambiguous: number;
  /** Of the attempts that were not throttled: those that ran past their route's slow threshold. */
  slow: number;
  /** Calls that could not be made as the table says; not among `attempts`. */
  misconfigured: number;
  /** Latencies of answers. */
  latency: number[];
  slots: SlotCounters;
  seconds: SecondCounters;
  witnesses: Witnesses;
};

/** Counters of one bucket; `bucketStart` is milliseconds since the epoch. */
export type Bucket = { bucketStart: number; counters: Counters };

/** The plain counts, by the names under which they are stored. */
export const COUNTS = {
  attempts: 'a',
  faults: 'f',
  throttles: 't',
  notReady: 'n',
  ambiguous: 'm',
  slow: 's',
  misconfigured: 'c',
} as const satisfies { [Name in Exclude<keyof Counters, 'latency' | 'slots' | 'seconds' | 'witnesses'>]: string };

export const SLOT_COUNTS = { attempts: 'A', ambiguous: 'F', slow: 'S', hard: 'H' } as const satisfies Record<keyof SlotCounters, string>;

export const SECOND_COUNTS = { decided: 'd', hard: 'e', ambiguous: 'u' } as const satisfies Record<keyof SecondCounters, string>;

export const WITNESSES = { failed: 'w', slow: 'v' } as const satisfies Record<keyof Witnesses, string>;

export const SECONDS = OBSERVATION_BUCKET_MS / 1_000;

export const COUNT_NAMES = Object.keys(COUNTS) as (keyof typeof COUNTS)[];
export const SLOT_COUNT_NAMES = Object.keys(SLOT_COUNTS) as (keyof typeof SLOT_COUNTS)[];
export const SECOND_COUNT_NAMES = Object.keys(SECOND_COUNTS) as (keyof typeof SECOND_COUNTS)[];
export const WITNESS_NAMES = Object.keys(WITNESSES) as (keyof typeof WITNESSES)[];

const zeros = (length: number) => new Array<number>(length).fill(0);

export function emptyCounters(): Counters {
  return {
    attempts: 0,
    faults: 0,
    throttles: 0,
    notReady: 0,
    ambiguous: 0,
    slow: 0,
    misconfigured: 0,
    latency: zeros(LATENCY_BINS),
    slots: {
      attempts: zeros(TENANT_SLOTS),
      hard: zeros(TENANT_SLOTS),
      ambiguous: zeros(TENANT_SLOTS),
      slow: zeros(TENANT_SLOTS),
    },
    seconds: { decided: zeros(SECONDS), hard: zeros(SECONDS), ambiguous: zeros(SECONDS) },
    witnesses: { failed: 0, slow: 0 },
  };
}

/** Adds counters to others in place. */
export function addCounters(sum: Counters, added: Counters): void {
  for (const name of COUNT_NAMES) sum[name] += added[name];
  addEach(sum.latency, added.latency);
  for (const name of SLOT_COUNT_NAMES) addEach(sum.slots[name], added.slots[name]);
  for (const name of SECOND_COUNT_NAMES) addEach(sum.seconds[name], added.seconds[name]);
  for (const name of WITNESS_NAMES) sum.witnesses[name] |= added.witnesses[name];
}

/** The sum of many. */
export function sumCounters(all: Iterable<Counters>): Counters {
  const sum = emptyCounters();
  for (const counters of all) addCounters(sum, counters);
  return sum;
}

/** Attempts that were let in: all but the throttled ones. */
export function decidedOf({ attempts, throttles }: Counters): number {
  return attempts - throttles;
}

/** Failures that no request can cause: faults, and calls that met a target that is not up yet. */
export function hardOf({ faults, notReady }: Counters): number {
  return faults + notReady;
}

/** Attempts that were answered, be it slowly. */
export function answeredOf(counters: Counters): number {
  return decidedOf(counters) - hardOf(counters) - counters.ambiguous;
}

function addEach(sum: number[], added: readonly number[]): void {
  // No iterator: this runs for a hundred numbers of every bucket that is counted or read.
  for (let index = 0; index < added.length; index++) sum[index] = (sum[index] ?? 0) + (added[index] ?? 0);
}
