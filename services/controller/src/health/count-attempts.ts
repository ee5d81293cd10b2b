import { OBSERVATION_BUCKET_MS, type ObservedAttempts, WITNESS_SLOTS } from '@signalbox/contracts';
import { targetKey } from '@signalbox/contracts/target-key';
import { type HealthClass, healthClass } from '@signalbox/routing/health-class';
import { type Counters, decidedOf, emptyCounters, SECONDS } from './counters.ts';
import { latencyBin } from './latency-histogram.ts';
import { AHEAD_AFTER_MS, LATE_AFTER_MS } from './thresholds.ts';
import { toWitnesses, UNKNOWN_WITNESSES } from './witnesses.ts';

type CountInput = {
  observations: readonly ObservedAttempts[];
  /** Milliseconds since the epoch. */
  now: number;
  /** True for the keys, `<target id>@<definition>`, of the routing table: what anybody else reports on is not kept. */
  isKnown: (key: string) => boolean;
};

/** What a batch of observations adds to one bucket of one target. */
export type CounterChange = { key: string; bucketStart: number; counters: Counters };

export type CountedAttempts = {
  changes: CounterChange[];
  /** Attempts that came too late for health; those that began in the future, up to five minutes ahead counted as of now; those on unknown targets. */
  late: number;
  ahead: number;
  unknown: number;
};

/**
 * What observations add to the counters, one change per target and bucket. Attempts count in the bucket in which they began, however
 * late they are told: so calls that hang over from an outage cannot speak against a target that has healed.
 */
export function countAttempts({ observations, now, isKnown }: CountInput): CountedAttempts {
  const changes = new Map<string, CounterChange>();
  const counted = { late: 0, ahead: 0, unknown: 0 };
  for (const observed of observations) {
    const key = targetKey({ id: observed.target, definition: observed.definition });
    if (!isKnown(key)) counted.unknown += observed.count;
    else if (observed.bucketStart < now - LATE_AFTER_MS) counted.late += observed.count;
    else if (observed.bucketStart > now + AHEAD_AFTER_MS) counted.ahead += observed.count;
    else {
      if (observed.bucketStart > now) counted.ahead += observed.count;
      const bucketStart = bucketOf(Math.min(observed.bucketStart, now));
      const name = `${key} ${bucketStart}`;
      const change = changes.get(name) ?? { key, bucketStart, counters: emptyCounters() };
      changes.set(name, change);
      addObserved(change.counters, observed);
    }
  }
  return { changes: [...changes.values()].filter(({ counters }) => counters.attempts + counters.misconfigured > 0), ...counted };
}

/** The start of the bucket of a time, both in milliseconds since the epoch. */
export function bucketOf(time: number): number {
  return Math.floor(time / OBSERVATION_BUCKET_MS) * OBSERVATION_BUCKET_MS;
}

/** One of our own calls; times in milliseconds, the begin since the epoch. */
type Probe = Pick<ObservedAttempts, 'outcome' | 'slow' | 'originalStatus'> & { startedAt: number; latencyMs: number };

/**
 * What one of our own calls adds. Its prompt is known to be good: where a customer's call would leave doubt, it is the target's fault.
 * It has no tenant slot, so that it still counts when the worst tenant is left out.
 */
export function countProbe(probe: Probe): Counters {
  const counters = emptyCounters();
  const health = healthClass(probe);
  addClass(counters, health === 'ambiguous' ? 'fault' : health, 1);
  counters.slow = probe.slow ? decidedOf(counters) : 0;
  if (hasAnswered(health)) addLatency(counters, probe.latencyMs);
  // Probes are seconds apart, so that each is a witness of its own.
  const witness = toWitnesses([Math.floor(probe.startedAt / 1_000) % WITNESS_SLOTS]);
  if (counters.faults + counters.notReady > 0) counters.witnesses.failed = witness;
  if (counters.slow > 0) counters.witnesses.slow = witness;
  return counters;
}

/** Straight into the sum: this runs for every observation of the whole fleet. */
function addObserved(counters: Counters, observed: ObservedAttempts): void {
  const { slow, tenantSlot, count, latenciesMs, bySecond } = observed;
  const health = healthClass(observed);
  addClass(counters, health, count);
  if (health === 'nothing' || health === 'misconfigured' || health === 'throttle') return;
  const { slots, seconds, witnesses } = counters;
  const isHard = health === 'fault' || health === 'not-ready';
  addAt(slots.attempts, tenantSlot, count);
  if (isHard) addAt(slots.hard, tenantSlot, count);
  if (health === 'ambiguous') addAt(slots.ambiguous, tenantSlot, count);
  if (slow) addAt(slots.slow, tenantSlot, count);
  if (slow) counters.slow += count;
  if (bySecond) addSeconds(seconds.decided, bySecond);
  if (bySecond && isHard) addSeconds(seconds.hard, bySecond);
  if (bySecond && health === 'ambiguous') addSeconds(seconds.ambiguous, bySecond);
  if (isHard || health === 'ambiguous') witnesses.failed |= witnessesOf(observed);
  if (slow) witnesses.slow |= witnessesOf(observed);
  if (hasAnswered(health)) for (const latencyMs of latenciesMs) addLatency(counters, latencyMs);
}

function addClass(counters: Counters, health: HealthClass, count: number): void {
  if (health === 'misconfigured') counters.misconfigured += count;
  else if (health !== 'nothing') counters.attempts += count;
  if (health === 'fault') counters.faults += count;
  if (health === 'throttle') counters.throttles += count;
  if (health === 'not-ready') counters.notReady += count;
  if (health === 'ambiguous') counters.ambiguous += count;
}

function addSeconds(seconds: number[], bySecond: readonly number[]): void {
  for (let second = 0; second < SECONDS; second++) if (bySecond[second]) addAt(seconds, second, bySecond[second] as number);
}

function witnessesOf({ witnesses }: ObservedAttempts): number {
  return witnesses ? toWitnesses(witnesses) : UNKNOWN_WITNESSES;
}

function addLatency({ latency }: Counters, latencyMs: number): void {
  addAt(latency, latencyBin(latencyMs), 1);
}

function addAt(counts: number[], index: number, count: number): void {
  counts[index] = (counts[index] ?? 0) + count;
}

function hasAnswered(health: HealthClass): boolean {
  return health === 'well' || health === 'slow';
}
