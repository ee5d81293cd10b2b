import type { ObservedAttempts, OutcomeKind } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { type EvaluateFleetInput, evaluateFleet } from './evaluate-fleet.ts';
import type { ManualHold } from './manual-hold.ts';
import { bucketsByTarget, observe, START } from './testing/make-buckets.ts';
import { makeTable } from './testing/make-fleet.ts';
import { makeHealth } from './testing/make-health.ts';

const table = makeTable({ default: { tiers: [['a', 'b', 'c']] } });
const now = START + 15_000;

function judge(seen: readonly ObservedAttempts[], more: Partial<EvaluateFleetInput> = {}) {
  return evaluateFleet({ table, buckets: bucketsByTarget(seen), fleet: { targets: {} }, holds: [], now, random: () => 0.5, ...more });
}

const calls = (outcome: OutcomeKind, count: number) => observe({ target: 'b', outcome, count });
const throttledBefore = (share: number) => ({
  targets: { 'b@d0': makeHealth({ throttle: { share, changedAt: START - 60_000, reason: 'throttled' } }) },
});

describe('a target as it was judged', () => {
  it('has a latency where answers were seen, and a hold where a person has one', () => {
    const hold: ManualHold = { target: 'c', share: 0, author: 'ann', reason: 'upgrade', since: START, until: now + 60_000 };
    const [a, b, c] = judge([calls('succeeded', 10)], { holds: [hold] }).targets;
    expect([a, b, c].map((member) => [member?.id, member?.hold])).toEqual([
      ['a', undefined],
      ['b', undefined],
      ['c', hold],
    ]);
    expect(b?.latencyMs).toBeGreaterThan(1_000);
    expect(Object.keys(a ?? {}).sort()).toEqual(['health', 'id', 'isLastOfTier', 'key', 'share']);
  });

  it('has changed when it begins to be throttled, though its state is the same', () => {
    const { changes } = judge([calls('throttled', 8), calls('succeeded', 12)]);
    expect(changes.map(({ id, previous, current }) => [id, previous.circuit.kind, current.circuit.kind])).toEqual([
      ['b', 'closed', 'closed'],
    ]);
    expect(changes[0]?.current.throttle.share).toBeLessThan(1);
  });

  it('has changed when its quota bears all of its traffic again, not while its share grows', () => {
    const seen = [calls('succeeded', 20)];
    expect(judge(seen, { fleet: throttledBefore(0.5) }).changes).toEqual([]);
    expect(judge(seen, { fleet: throttledBefore(0.95) }).changes.map(({ id }) => id)).toEqual(['b']);
  });
});
