import { describe, expect, it } from 'vitest';
import { emptyCounters } from './counters.ts';
import { shiftThrottle } from './shift-throttle.ts';
import { START } from './testing/make-buckets.ts';
import { makeHealth, WELL_PEERS } from './testing/make-health.ts';
import { THRESHOLDS, type Thresholds } from './thresholds.ts';

type Given = { share?: number; attempts?: number; throttles?: number; sinceMs?: number; thresholds?: Partial<Thresholds> };

function shifted({ share = 1, attempts = 0, throttles = 0, sinceMs = 60_000, thresholds }: Given) {
  const none = emptyCounters();
  const health = makeHealth({ throttle: { share, changedAt: START - sinceMs, reason: 'before' } });
  return shiftThrottle({
    health,
    evidence: { fast: { ...none, attempts, throttles }, moments: [], slow: none, long: none, run: none, lately: none },
    thresholds: { ...THRESHOLDS, ...thresholds },
    peers: WELL_PEERS,
    now: START,
    random: () => 0.5,
  });
}

describe('the share that a quota bears', () => {
  it('is what fits, with some air', () => {
    expect(shifted({ attempts: 100, throttles: 30 })).toEqual({
      share: 0.7 * 0.97,
      changedAt: START,
      reason: 'throttled: 30 % of 100 calls were over the quota',
    });
  });

  it('stays while hardly any are throttled, or too few calls tell', () => {
    const kept = { share: 1, changedAt: START - 60_000, reason: 'before' };
    expect(shifted({ attempts: 100, throttles: 5, thresholds: { throttleLowerBound: 0 } })).toEqual(kept);
    expect(shifted({ attempts: 9, throttles: 9 })).toEqual(kept);
    expect(shifted({})).toEqual(kept);
  });

  it('grows once hardly any are throttled, and is told as whole again', () => {
    expect(shifted({ share: 0.5, attempts: 100 })).toEqual({
      share: 0.575,
      changedAt: START,
      reason: 'throttled before: share grows while the quota bears it',
    });
    expect(shifted({ share: 0.9, attempts: 100 })).toEqual({ share: 1, changedAt: START, reason: 'not throttled' });
    expect(shifted({ share: 0.5 }).share).toBe(0.575);
  });

  it('stays where it is between the two rates, and while its last change has no effect yet', () => {
    expect(shifted({ share: 0.5, attempts: 100, throttles: 1 }).share).toBe(0.5);
    expect(shifted({ share: 0.5, attempts: 100, throttles: 3 }).share).toBe(0.5);
    expect(shifted({ share: 0.5, attempts: 100, sinceMs: 20_000 }).share).toBe(0.5);
    expect(shifted({ share: 0.5, attempts: 100, sinceMs: 20_001 }).share).toBe(0.575);
  });
});
