import { describe, expect, it } from 'vitest';
import { type Counters, emptyCounters } from './counters.ts';
import { findBadness } from './find-badness.ts';
import { latencyBin, latencyQuantile } from './latency-histogram.ts';
import type { Moment } from './moments.ts';
import type { Peers } from './peers.ts';
import { makeHealth, WELL_PEERS } from './testing/make-health.ts';
import { THRESHOLDS } from './thresholds.ts';
import { UNKNOWN_WITNESSES } from './witnesses.ts';

type Seen = { attempts: number; faults?: number; slow?: number; latencyMs?: number };

/** Calls of one window; all of them took as long, if that is stated. */
function window({ attempts, faults = 0, slow = 0, latencyMs }: Seen): Counters {
  const witnesses = { failed: UNKNOWN_WITNESSES, slow: UNKNOWN_WITNESSES };
  const counters = { ...emptyCounters(), attempts, faults, slow, witnesses };
  if (latencyMs !== undefined) counters.latency[latencyBin(latencyMs)] = attempts - faults;
  return counters;
}

type Given = { fast: Seen; moments?: Moment[]; slow?: Seen; peers?: Partial<Peers>; baselineMs?: number };

function badnessOf({ fast, moments = [], slow = fast, peers, baselineMs }: Given) {
  const none = emptyCounters();
  return findBadness({
    health: makeHealth(baselineMs === undefined ? {} : { baselineMs }),
    evidence: { fast: window(fast), moments, slow: window(slow), long: none, run: none, lately: none },
    thresholds: THRESHOLDS,
    peers: { ...WELL_PEERS, ...peers },
  });
}

describe('a failing target', () => {
  it('is bad when it fails by more than the margin above the others', () => {
    const peers = { failureRates: [0.2, 0.2] };
    expect(badnessOf({ fast: { attempts: 100, faults: 25 }, peers })).toBeUndefined();
    expect(badnessOf({ fast: { attempts: 100, faults: 26 }, peers })).toEqual({
      isSevere: true,
      why: 'degraded: 26 of 100 calls failed (26 %); others 20 %',
    });
  });

  it('is left as it is where there is nobody to compare with, or nobody else', () => {
    const fast = { attempts: 100, faults: 30, slow: 60 };
    expect(badnessOf({ fast, peers: { failureRates: [], slowRates: [] } })).toBeUndefined();
    expect(badnessOf({ fast, peers: { isNeeded: true } })).toBeUndefined();
  });

  it('is bad by few calls that say enough, without the slow window', () => {
    expect(badnessOf({ fast: { attempts: 9, faults: 5 } })).toMatchObject({ isSevere: true });
  });

  it('is bad by a burst that drowns in what was before, if it exceeds the others as well', () => {
    const fast = { attempts: 400, faults: 20 };
    const burst = [{ hard: 6, ambiguous: 0, decided: 10, around: window({ attempts: 100, faults: 6 }) }];
    expect(badnessOf({ fast })).toBeUndefined();
    expect(badnessOf({ fast, moments: burst })).toEqual({ isSevere: true, why: 'degraded: 6 of 10 calls failed (60 %); others 0 %' });
    expect(badnessOf({ fast, moments: burst, peers: { failureRates: [0.56] } })).toBeUndefined();
  });

  it('smoulders when the slow window makes a small rate certain, and the fast one still has it', () => {
    const fast = { attempts: 100, faults: 6 };
    expect(badnessOf({ fast, slow: { attempts: 900, faults: 60 } })).toMatchObject({ isSevere: false });
    expect(badnessOf({ fast, slow: { attempts: 900, faults: 45 } })).toBeUndefined();
    expect(badnessOf({ fast: { attempts: 100, faults: 5 }, slow: { attempts: 900, faults: 90 } })).toBeUndefined();
  });
});

describe('a slow target', () => {
  it('is bad by three slow calls of four, and says only what it knows', () => {
    expect(badnessOf({ fast: { attempts: 4, slow: 3 } })).toEqual({ isSevere: true, why: 'slow: 75 % of calls are over their limit' });
    const { why } = badnessOf({ fast: { attempts: 4, slow: 3, latencyMs: 12_000 } }) ?? {};
    expect(why).toMatch(/^slow: 75 % of calls are over their limit, half take over 1\d s$/);
    const known = badnessOf({ fast: { attempts: 4, slow: 3, latencyMs: 12_000 }, baselineMs: 1_500 })?.why;
    expect(known).toBe(`${why} (normally 1.5 s)`);
  });

  it('is not bad by two, nor by a rate that so few calls do not make certain', () => {
    expect(badnessOf({ fast: { attempts: 2, slow: 2 } })).toBeUndefined();
    expect(badnessOf({ fast: { attempts: 5, slow: 3 } })).toBeUndefined();
  });

  it('is not bad where the others are as slow', () => {
    const peers = { slowRates: [0.7, 0.7] };
    expect(badnessOf({ fast: { attempts: 100, slow: 75 }, peers })).toBeUndefined();
    expect(badnessOf({ fast: { attempts: 100, slow: 76 }, peers })).toMatchObject({ isSevere: true });
  });

  it('has to be far off its normal latency while half of its calls or less are slow', () => {
    const medianMs = latencyQuantile(window({ attempts: 1, latencyMs: 6_000 }).latency, 0.5) ?? 0;
    const fast = { attempts: 100, slow: 50, latencyMs: 6_000 };
    expect(badnessOf({ fast })).toBeUndefined();
    expect(badnessOf({ fast: { ...fast, slow: 51 } })).toMatchObject({ isSevere: true });
    expect(badnessOf({ fast, baselineMs: medianMs / 2.9 })).toBeUndefined();
    expect(badnessOf({ fast, baselineMs: medianMs / 3.1 })).toMatchObject({ isSevere: true });
  });
});
