import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyCounters } from './counters.ts';
import { shiftThrottle } from './shift-throttle.ts';
import { START } from './testing/make-buckets.ts';
import { makeHealth, WELL_PEERS } from './testing/make-health.ts';
import { THRESHOLDS, type Thresholds } from './thresholds.ts';

type Given = {
  share?: number;
  isShut?: boolean;
  attempts?: number;
  throttles?: number;
  sinceMs?: number;
  isNeeded?: boolean;
  thresholds?: Partial<Thresholds>;
};

function shifted({ share = 1, isShut, attempts = 0, throttles = 0, sinceMs = 60_000, isNeeded = false, thresholds }: Given) {
  const none = emptyCounters();
  const health = makeHealth({ throttle: { share, changedAt: START - sinceMs, reason: 'before', ...(isShut && { isShut }) } });
  return shiftThrottle({
    health,
    evidence: { fast: { ...none, attempts, throttles }, moments: [], slow: none, long: none, run: none, lately: none },
    thresholds: { ...THRESHOLDS, ...thresholds },
    peers: { ...WELL_PEERS, isNeeded },
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

describe('a target that throttles every call', () => {
  it.each<[string, Given, { share: number; isShut?: true }]>([
    ['falls to the floor', { attempts: 50, throttles: 50 }, { share: 0.05, isShut: true }],
    [
      'falls below it when the floor had nothing but 429 either',
      { share: 0.05, isShut: true, attempts: 20, throttles: 20 },
      { share: 0.015, isShut: true },
    ],
    ['does so too when it came to the floor by steps', { share: 0.05, attempts: 20, throttles: 20 }, { share: 0.015, isShut: true }],
    ['stays there while that goes on', { share: 0.015, isShut: true, attempts: 20, throttles: 20 }, { share: 0.015, isShut: true }],
    [
      'keeps the floor where a route has nobody else',
      { share: 0.05, isNeeded: true, attempts: 20, throttles: 20 },
      { share: 0.05, isShut: true },
    ],
    [
      'keeps a lower floor that the policy states',
      { share: 0.01, attempts: 20, throttles: 20, thresholds: { throttleFloorShare: 0.01 } },
      { share: 0.01, isShut: true },
    ],
    ['keeps the floor while one call is let in', { share: 0.05, attempts: 20, throttles: 19 }, { share: 0.05 }],
    [
      'has the floor again at the first call that is let in',
      { share: 0.015, isShut: true, attempts: 20, throttles: 19, sinceMs: 0 },
      { share: 0.05, isShut: true },
    ],
    ['then doubles', { share: 0.05, isShut: true, attempts: 3 }, { share: 0.1, isShut: true }],
    ['grows as others where too few calls tell', { share: 0.05, isShut: true, attempts: 2 }, { share: 0.05 * 1.15, isShut: true }],
    [
      'may find that it bears no more than the floor',
      { share: 0.05, isShut: true, attempts: 20, throttles: 5 },
      { share: 0.05, isShut: true },
    ],
    ['knows what fits by the first 429 above it', { share: 0.4, isShut: true, attempts: 100, throttles: 25 }, { share: 0.4 * 0.75 * 0.97 }],
    ['is forgotten with the last step', { share: 0.8, isShut: true, attempts: 100 }, { share: 1 }],
  ])('%s', (_, given, expected) => {
    const { share, isShut } = shifted(given);
    expect({ share, ...(isShut && { isShut }) }).toEqual(expected);
  });

  it('is back after five steps, and was after 22 by the usual factor', () => {
    const steps = (isShut: boolean) => {
      let throttle: { share: number; isShut?: boolean | undefined } = { share: 0.05, isShut };
      for (let step = 1; ; step++) {
        throttle = shifted({ share: throttle.share, isShut: throttle.isShut ?? false, attempts: 100 });
        if (throttle.share === 1) return step;
      }
    };
    expect([true, false].map(steps)).toEqual([5, 22]);
  });
});

it('never leaves a share below the floor but where nothing was let in, nor above 1', () => {
  const given = fc.record({
    share: fc.double({ min: 0.015, max: 1, noNaN: true }),
    isShut: fc.boolean(),
    attempts: fc.nat(200),
    part: fc.double({ min: 0, max: 1, noNaN: true }),
    sinceMs: fc.nat(60_000),
  });
  fc.assert(
    fc.property(given, ({ part, share: before, ...rest }) => {
      const share = rest.isShut ? before : Math.max(0.05, before);
      const throttles = Math.floor(rest.attempts * part);
      const after = shifted({ ...rest, share, throttles });
      expect(after.share).toBeLessThanOrEqual(1);
      expect(after.share).toBeGreaterThanOrEqual(0.015);
      if (throttles < rest.attempts) expect(after.share).toBeGreaterThanOrEqual(0.05);
      if (after.share < 0.05) expect(after.isShut).toBe(true);
    }),
  );
});
