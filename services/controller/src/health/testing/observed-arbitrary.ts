import { type ObservedAttempts, OutcomeKind, WITNESS_SLOTS } from '@signalbox/contracts';
import fc from 'fast-check';
import { bySecondOf, observe, START } from './make-buckets.ts';

type Choice = { targets?: readonly string[]; outcomes?: readonly OutcomeKind[]; seconds?: number };

/** Observations of some targets in the seconds from the start. */
export function observedArbitrary(choice: Choice = {}): fc.Arbitrary<ObservedAttempts> {
  const { targets = ['a'], outcomes = OutcomeKind.options, seconds = 60 } = choice;
  const fields = {
    target: fc.constantFrom(...targets),
    outcome: fc.constantFrom(...outcomes),
    slow: fc.boolean(),
    tenantSlot: fc.nat({ max: 15 }),
    count: fc.integer({ min: 1, max: 40 }),
    originalStatus: fc.constantFrom(undefined, 400, 429, 500),
    at: fc.nat({ max: seconds * 1_000 }).map((ms) => START + ms),
    latencyMs: fc.integer({ min: 1, max: 200_000 }),
    // Of a worker that tells when in its bucket, and whose requests, or of one that does not.
    witness: fc.option(fc.nat({ max: WITNESS_SLOTS - 1 })),
  };
  return fc.record(fields).map(({ latencyMs, originalStatus, witness, ...stated }) => {
    const latenciesMs = new Array<number>(Math.min(100, stated.count)).fill(latencyMs);
    const more = witness !== null && { bySecond: bySecondOf(stated.at, stated.count), witnesses: [witness] };
    return observe({ ...stated, latenciesMs, ...(originalStatus !== undefined && { originalStatus }), ...more });
  });
}
