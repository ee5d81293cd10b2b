import type { ObservedAttempts } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { type EvaluateInput, evaluate } from './evaluate.ts';
import { recordProbe } from './record-probe.ts';
import { bucketsOf, observe, START } from './testing/make-buckets.ts';
import { makeTarget } from './testing/make-fleet.ts';
import { circuits, makeHealth, WELL_PEERS } from './testing/make-health.ts';

function judge({ seen = [], ...stated }: Partial<EvaluateInput> & { seen?: readonly ObservedAttempts[] }) {
  const input = { target: makeTarget('a'), buckets: bucketsOf(seen), health: makeHealth(), now: START + 15_000, random: () => 0.5 };
  return evaluate({ ...input, peers: WELL_PEERS, ...stated });
}
const failure = (second: number, tenantSlot = 0) => observe({ outcome: 'faulted', at: START + second * 1_000, tenantSlot });
const answer = (second: number, count = 1) => observe({ at: START + second * 1_000, count, tenantSlot: 15 });

/** What drafts of the rules did wrong in simulations. */
describe('it does not happen again that', () => {
  it('one failed call of one, or two of two, take share from a target', () => {
    expect(judge({ seen: [failure(0)] }).share).toBe(1);
    expect(judge({ seen: [failure(0), failure(0, 1)] }).share).toBe(1);
    expect(judge({ seen: [failure(0), failure(10, 1)], health: makeHealth({ circuit: circuits.degraded() }) }).share).toBe(0.3);
  });

  it('calls that hung from before a recovery and are told after it take the target out again', () => {
    const health = makeHealth({ circuit: circuits.halfOpen(), evidenceFrom: START, relapses: 1 });
    const hung = Array.from({ length: 10 }, (_, tenantSlot) => observe({ outcome: 'timed-out', at: START - 10_000, count: 9, tenantSlot }));
    const answered = Array.from({ length: 3 }, (_, tenantSlot) => observe({ at: START, tenantSlot }));
    expect(judge({ seen: [...hung, ...answered], health }).share).toBe(0.5);
    expect(judge({ seen: [...hung.map((one) => ({ ...one, bucketStart: START })), ...answered], health }).share).toBe(0);
  });

  it('a target that heals stays out because its failures are told late', () => {
    const failures = Array.from({ length: 12 }, (_, slot) => failure(-180, slot));
    const health = makeHealth({ circuit: circuits.degraded({ share: 0.02, changedAt: START - 60_000 }) });
    expect(judge({ seen: [...failures, answer(0, 10)], health }).share).toBeCloseTo(0.12, 9);
  });

  it('a degraded target starves at a request a minute', () => {
    const health = makeHealth({ circuit: circuits.degraded({ share: 0.02, changedAt: START - 60_000 }) });
    const idle = judge({ seen: [answer(-58)], health });
    expect(idle.probes?.count).toBe(3);
    expect(judge({ seen: [0, 0, 10].map((second) => answer(second)), health: idle.health }).share).toBeGreaterThan(0.02);
  });

  it('answers of long ago hide a fresh run of failures', () => {
    const run = [-300, -180, -60].map((second, slot) => failure(second, slot));
    expect(judge({ seen: [answer(-420, 500), ...run] }).share).toBe(0);
  });

  it('leaving a tenant out takes its attempts away and not its hard failures', () => {
    // 8 hard failures of slot 0 among 200 calls; the others fail ambiguously by one in ten. Without its attempts alone: 23 %.
    const seen = [
      observe({ outcome: 'faulted', count: 8 }),
      observe({ outcome: 'model-error', count: 12 }),
      observe({ count: 180 }),
      observe({ outcome: 'model-error', count: 5, tenantSlot: 1 }),
      observe({ count: 52, tenantSlot: 1 }),
    ];
    expect(judge({ seen, peers: { ...WELL_PEERS, failureRates: [0.05] } }).share).toBe(1);
  });

  it('a ramp keeps a whole route closed while nobody else of it is up', () => {
    const needed = { ...WELL_PEERS, isNeeded: true };
    const health = makeHealth({ seq: 3, circuit: circuits.open({}, { passes: 2 }) });
    const probe = { outcome: 'succeeded', slow: false } as const;
    const recorded = recordProbe({ target: makeTarget('a'), health, seq: 3, run: 1, probe, now: START, random: () => 0.5, peers: needed });
    expect(recorded).toMatchObject({ kind: 'returned', health: { circuit: { kind: 'closed' } } });
    expect(judge({ health: makeHealth({ circuit: circuits.halfOpen() }), peers: needed, now: START + 1 }).share).toBe(1);
  });

  it('slow calls are blamed on the one target of a route when all are slow alike', () => {
    const seen = Array.from({ length: 16 }, (_, tenantSlot) => observe({ slow: true, count: 5, tenantSlot }));
    expect(judge({ seen, peers: { ...WELL_PEERS, slowRates: [1, 1] } }).share).toBe(1);
    expect(judge({ seen }).share).toBe(0.02);
  });
});
