import { describe, expect, it } from 'vitest';
import type { Circuit } from './circuit.ts';
import { emptyCounters } from './counters.ts';
import { judgeServing } from './judge-serving.ts';
import { latencyBin, latencyQuantile } from './latency-histogram.ts';
import { median } from './peers.ts';
import type { TargetHealth } from './target-health.ts';
import { START } from './testing/make-buckets.ts';
import { circuits, makeHealth } from './testing/make-health.ts';
import { THRESHOLDS } from './thresholds.ts';
import { UNKNOWN_WITNESSES } from './witnesses.ts';

type Seen = { attempts?: number; faults?: number; slow?: number };
const closed: Circuit = { kind: 'closed', since: START - 600_000, reason: 'new' };

/** A target whose others do no better, so that it is never lowered; `attempts` calls that took as long. */
function judged({ attempts = 100, faults = 0, slow = 0 }: Seen, circuit: Circuit, more: Partial<TargetHealth> = {}): TargetHealth {
  if (circuit.kind !== 'closed' && circuit.kind !== 'degraded') throw new Error(`A target that is ${circuit.kind} does not serve`);
  const witnesses = { failed: UNKNOWN_WITNESSES, slow: UNKNOWN_WITNESSES };
  const counters = { ...emptyCounters(), attempts, faults, slow, witnesses };
  counters.latency[latencyBin(1_000)] = attempts;
  const evidence = { fast: counters, moments: [], slow: counters, long: counters, run: emptyCounters(), lately: counters };
  const peers = { failureRates: [0.9], slowRates: [0.9], isNeeded: false, requestsPerSecond: 100 };
  const health = makeHealth({ circuit, ...more });
  return judgeServing({ health, evidence, thresholds: THRESHOLDS, peers, now: START, random: () => 0.5 }, circuit).health;
}

describe('a degraded target', () => {
  const degraded = circuits.degraded({ share: 0.1, changedAt: START - 60_000 });
  const stateOf = (seen: Seen) => {
    const { circuit } = judged(seen, degraded);
    return circuit.kind === 'degraded' ? circuit.share : circuit.kind;
  };

  it('gets more while few calls fail and few are slow, and says how many were answered', () => {
    expect(stateOf({ faults: 4, slow: 9 })).toBeCloseTo(0.6, 9);
    expect(judged({ faults: 4 }, degraded).circuit.reason).toBe('recovering: 96 of 100 calls answered in time');
  });

  it.each<[string, Seen]>([
    ['one in twenty fails', { faults: 5 }],
    ['one in ten is slow', { slow: 10 }],
    ['there are two calls', { attempts: 2 }],
  ])('stays as it is when %s', (_, seen) => {
    expect(stateOf(seen)).toBe(0.1);
  });
});

describe('the normal latency', () => {
  const usual = latencyQuantile(judgedLatency(), 0.5);

  function judgedLatency() {
    const { latency } = emptyCounters();
    latency[latencyBin(1_000)] = 1;
    return latency;
  }

  it('is learnt from twenty answers of a target that is well', () => {
    expect(judged({ attempts: 20 }, closed)).toMatchObject({ baselineMs: usual, baselineAt: START });
    expect(judged({ attempts: 19 }, closed).baselineMs).toBeUndefined();
  });

  it('moves by a fiftieth each five seconds', () => {
    const learnt = judged({}, closed, { baselineMs: 2_000, baselineAt: START - 5_000 });
    expect(learnt.baselineMs).toBeCloseTo(2_000 + 0.02 * ((usual ?? 0) - 2_000), 6);
    expect(judged({}, closed, { baselineMs: 2_000, baselineAt: START - 4_999 }).baselineMs).toBe(2_000);
  });

  it.each<[string, Seen]>([
    ['one in twenty calls fails', { faults: 5 }],
    ['one in ten is slow', { slow: 10 }],
  ])('is not learnt while %s', (_, seen) => {
    expect(judged(seen, closed).baselineMs).toBeUndefined();
  });
});

describe('the median', () => {
  it.each<[number[], number | undefined]>([
    [[], undefined],
    [[3], 3],
    [[9, 1, 4], 4],
    [[8, 2], 5],
    [[10, 1, 3, 5], 4],
  ])('of %j is %s', (values, expected) => {
    expect(median(values)).toBe(expected);
  });
});
