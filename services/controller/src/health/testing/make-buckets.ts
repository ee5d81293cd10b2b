import { OBSERVATION_BUCKET_MS, type ObservedAttempts } from '@signalbox/contracts';
import { targetKey } from '@signalbox/contracts/target-key';
import { bucketOf, countAttempts } from '../count-attempts.ts';
import type { Bucket } from '../counters.ts';

/** Some time at the start of a bucket. */
export const START = 1_790_000_000_000;

/** Attempts on a target as its sandboxes would tell them; what matters to the test is stated. */
export function observe(stated: Partial<ObservedAttempts> & { at?: number } = {}): ObservedAttempts {
  const { at = START, ...fields } = stated;
  const count = fields.count ?? 1;
  return {
    target: 'a',
    definition: 'd0',
    route: 'default',
    bucketStart: bucketOf(at),
    outcome: 'succeeded',
    slow: false,
    tenantSlot: 0,
    count,
    latenciesMs: new Array<number>(Math.min(100, count)).fill(1_200),
    ...fields,
  };
}

/** So many attempts in the second of a time, as its bucket has them. */
export function bySecondOf(at: number, count: number): number[] {
  const second = Math.floor((at - bucketOf(at)) / 1_000);
  return Array.from({ length: OBSERVATION_BUCKET_MS / 1_000 }, (_, index) => (index === second ? count : 0));
}

/** The buckets of one target that observations make, each told in time. */
export function bucketsOf(observations: readonly ObservedAttempts[]): Bucket[] {
  const byStart = Map.groupBy(observations, ({ bucketStart }) => bucketStart);
  return [...byStart].flatMap(([now, own]) => {
    const { changes } = countAttempts({ observations: own, now, isKnown: () => true });
    return changes.map(({ bucketStart, counters }) => ({ bucketStart, counters }));
  });
}

/** The buckets of each target, by its key. */
export function bucketsByTarget(observations: readonly ObservedAttempts[]): Map<string, Bucket[]> {
  const byKey = Map.groupBy(observations, ({ target, definition }) => targetKey({ id: target, definition }));
  return new Map([...byKey].map(([key, own]) => [key, bucketsOf(own)]));
}
