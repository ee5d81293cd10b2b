import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countAttempts } from './count-attempts.ts';
import { fromCounterItem, toCounterItem } from './counter-item.ts';
import { addCounters } from './counters.ts';
import { type EvaluateInput, evaluate } from './evaluate.ts';
import { bucketsOf, observe, START } from './testing/make-buckets.ts';
import { makeTarget } from './testing/make-fleet.ts';
import { makeHealth, WELL_PEERS } from './testing/make-health.ts';
import { countWitnesses, slotsOfWitnesses, toWitnesses, UNKNOWN_WITNESSES } from './witnesses.ts';

const slots = fc.uniqueArray(fc.nat({ max: 31 }));

describe('witnesses', () => {
  it('are the slots that were added, each once, in any order and however often', () => {
    fc.assert(
      fc.property(slots, slots, (one, other) => {
        const all = [...new Set([...one, ...other])].sort((left, right) => left - right);
        expect(slotsOfWitnesses(toWitnesses([...other, ...one, ...one]))).toEqual(all);
        expect(countWitnesses(toWitnesses(one) | toWitnesses(other))).toBe(all.length);
      }),
    );
  });

  it('of a worker that names none are as many as there can be, in the item too', () => {
    const [bucket] = bucketsOf([observe({ outcome: 'faulted', count: 2 })]);
    expect(bucket?.counters.witnesses.failed).toBe(UNKNOWN_WITNESSES);
    expect(fromCounterItem({ a: 2, f: 2 }).witnesses).toEqual({ failed: UNKNOWN_WITNESSES, slow: 0 });
    expect(fromCounterItem({ a: 2, s: 2 }).witnesses).toEqual({ failed: 0, slow: UNKNOWN_WITNESSES });
    expect(toCounterItem(fromCounterItem({ a: 2, f: 2, w: new Set([4, 'x']) }))).toEqual({ a: 2, f: 2, w: new Set([4]) });
  });
});

describe('what is counted twice', () => {
  /** One report of a bucket, added as often as its write was thought to have failed. */
  const addedTimes = (times: number, observed: Parameters<typeof observe>[0]) => {
    const { changes } = countAttempts({ observations: [observe(observed)], now: START, isKnown: () => true });
    const [bucket] = bucketsOf([observe(observed)]);
    if (!bucket) throw new Error('the report counted nothing');
    for (let time = 1; time < times; time++) for (const { counters } of changes) addCounters(bucket.counters, counters);
    return [bucket];
  };
  const judge = (buckets: EvaluateInput['buckets']) =>
    evaluate({
      target: makeTarget('a'),
      buckets,
      health: makeHealth(),
      now: START + 1_000,
      random: () => 0.5,
      peers: WELL_PEERS,
    });

  it.each([2, 3, 12])('%i times makes no third witness: two requests that failed eject nothing, three do', (times) => {
    const two = { outcome: 'faulted' as const, count: 2, witnesses: [4, 9] };
    expect(judge(addedTimes(times, two)).share).toBe(1);
    const three = { outcome: 'faulted' as const, count: 3, witnesses: [4, 9, 11] };
    expect(judge(addedTimes(times, three)).health.circuit.kind).toBe('open');
  });

  it('takes no share for slow calls either', () => {
    const well = bucketsOf([observe({ count: 2, tenantSlot: 1, at: START - 10_000 })]);
    const slow = (witnesses: number[]) =>
      witnesses.flatMap((witness, tenantSlot) => addedTimes(4, { slow: true, tenantSlot: tenantSlot + 2, witnesses: [witness] }));
    expect(judge([...well, ...slow([4, 5, 4, 5])]).share).toBe(1);
    expect(judge([...well, ...slow([4, 5, 6, 7])]).share).toBeLessThan(1);
  });

  it('is one request that is tried again and again, too', () => {
    const again = addedTimes(1, { outcome: 'faulted', count: 6, witnesses: [4] });
    expect(judge(again).share).toBe(1);
  });
});
