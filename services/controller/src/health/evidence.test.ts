import type { OutcomeKind } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { countAttempts } from './count-attempts.ts';
import { evaluate } from './evaluate.ts';
import { gatherEvidence } from './evidence.ts';
import { startHealth } from './target-health.ts';
import { bucketsOf, observe, START } from './testing/make-buckets.ts';
import { makeTarget } from './testing/make-fleet.ts';
import { circuits, makeHealth, WELL_PEERS } from './testing/make-health.ts';
import { THRESHOLDS } from './thresholds.ts';

const calls = (outcome: OutcomeKind, count: number, ago: number) => observe({ outcome, count, at: START - ago });
const gather = (seen: ReturnType<typeof calls>[], now: number, from = 0) =>
  gatherEvidence({ buckets: bucketsOf(seen), from, now, thresholds: THRESHOLDS });

describe('evidence', () => {
  it('has a bucket that begins right now, and none of the future', () => {
    expect(gather([calls('faulted', 3, 0)], START).fast.faults).toBe(3);
    expect(gather([calls('faulted', 3, 0)], START - 1).fast.faults).toBe(0);
  });

  it('has a bucket that is as old as its window, not older', () => {
    const seen = [calls('faulted', 3, 0)];
    expect([START + 20_000, START + 20_001].map((now) => gather(seen, now).fast.faults)).toEqual([3, 0]);
    expect([START + 180_000, START + 180_001].map((now) => gather(seen, now).slow.faults)).toEqual([3, 0]);
    expect([START + 900_000, START + 900_001].map((now) => gather(seen, now).long.faults)).toEqual([3, 0]);
    expect([START, START + 1].map((from) => gather(seen, START, from).fast.faults)).toEqual([3, 0]);
  });

  it('goes back as far as it takes for enough calls, and no further', () => {
    const older = calls('faulted', 5, 60_000);
    expect(gather([calls('succeeded', 8, 0), older], START).long.attempts).toBe(8);
    expect(gather([calls('succeeded', 7, 0), older], START).long.attempts).toBe(12);
  });

  it('has as a run what failed since the last answer', () => {
    const run = gather(
      [calls('faulted', 2, 0), calls('faulted', 1, 20_000), calls('succeeded', 1, 40_000), calls('faulted', 9, 60_000)],
      START,
    );
    expect(run.run.faults).toBe(3);
    expect(gather([calls('faulted', 2, 0)], START).run.faults).toBe(2);
  });
});

describe('attempts of the future', () => {
  const counted = (bucketStart: number, now: number) =>
    countAttempts({ observations: [observe({ count: 4, bucketStart })], now, isKnown: () => true });

  it('are told apart, and those that begin right now are none', () => {
    expect([START - 10_000, START, START + 10_000].map((start) => counted(start, START).ahead)).toEqual([0, 0, 4]);
  });
});

describe('a target without answers', () => {
  it('has no latency', () => {
    const judged = evaluate({ target: makeTarget('a'), buckets: [], health: undefined, now: START, random: () => 0.5, peers: WELL_PEERS });
    expect(judged).not.toHaveProperty('latencyMs');
    expect(judged).not.toHaveProperty('probes');
    expect(judged).not.toHaveProperty('recovery');
  });

  it('begins with the latency that was measured, if any', () => {
    expect(startHealth({ definition: 'd0', measured: { latencyMs: 900 } }, START).baselineMs).toBe(900);
    expect(startHealth({ definition: 'd0' }, START)).not.toHaveProperty('baselineMs');
  });
});

describe('a degraded target that recovers', () => {
  it('keeps what showed that it is well, and nothing from before', () => {
    const now = START + 30_000;
    const recovered = (evidenceFrom: number) =>
      evaluate({
        target: makeTarget('a'),
        buckets: bucketsOf([observe({ count: 40, at: START + 20_000 })]),
        health: makeHealth({ circuit: circuits.degraded({ share: 0.3, changedAt: START - 60_000 }), evidenceFrom }),
        now,
        random: () => 0.5,
        peers: WELL_PEERS,
      }).health;
    expect(recovered(0)).toMatchObject({ circuit: { kind: 'closed' }, evidenceFrom: now - 20_000, quietSince: START - 3_600_000 });
    expect(recovered(now - 15_000).evidenceFrom).toBe(now - 15_000);
  });
});
