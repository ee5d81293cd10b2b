import { describe, expect, it } from 'vitest';
import { type Counters, emptyCounters } from './counters.ts';
import { peersInFleet } from './fleet-view.ts';
import { judgeFailures } from './judge-failures.ts';
import { makeTable } from './testing/make-fleet.ts';
import { THRESHOLDS } from './thresholds.ts';

type Slot = { attempts: number; hard?: number; ambiguous?: number };

/** Counters of these tenant slots, from 0. */
function slots(...given: Slot[]): Counters {
  const counters = emptyCounters();
  for (const [slot, { attempts, hard = 0, ambiguous = 0 }] of given.entries()) {
    counters.attempts += attempts;
    counters.faults += hard;
    counters.ambiguous += ambiguous;
    counters.slots.attempts[slot] = attempts;
    counters.slots.hard[slot] = hard;
    counters.slots.ambiguous[slot] = ambiguous;
  }
  return counters;
}

describe('the comparison of tenants', () => {
  it('counts hard failures also of the tenant whose doubtful ones are left out', () => {
    const counters = slots({ attempts: 50, hard: 30, ambiguous: 1 }, { attempts: 10 });
    expect(judgeFailures(counters, THRESHOLDS)).toMatchObject({ failures: 30, decided: 60, isDoubtful: false });
  });

  it('leaves no doubt with eight calls of others, and some with seven', () => {
    const judged = (others: number) => judgeFailures(slots({ attempts: 4, ambiguous: 4 }, { attempts: others }), THRESHOLDS);
    expect([8, 7].map((others) => judged(others).isDoubtful)).toEqual([false, true]);
  });
});

describe('the comparison of targets', () => {
  const table = makeTable({ one: { tiers: [['a', 'b']] }, two: { tiers: [['c', 'd']] } });
  const peersOf = (given: typeof table) =>
    peersInFleet({ table: given, buckets: new Map(), fleet: { targets: {} }, holds: [], now: 0 }, 'a');

  it('is with those of the same routes', () => {
    expect(peersOf(table)).toMatchObject({ failureRates: [0], slowRates: [0], isNeeded: false });
  });

  it('passes over a target that the table does not have', () => {
    const { b: _, ...targets } = table.targets;
    expect(peersOf({ ...table, targets })).toMatchObject({ failureRates: [], isNeeded: true });
  });
});
