import type { ObservedAttempts } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { evaluateFleet } from './evaluate-fleet.ts';
import { bucketsByTarget, observe, START } from './testing/make-buckets.ts';
import { makeTable } from './testing/make-fleet.ts';
import { makeHealth } from './testing/make-health.ts';

const table = makeTable({ default: { tiers: [['a', 'b']], fallbacks: ['c'] } });

type Given = { seen?: readonly ObservedAttempts[]; orderedAt?: number; now?: number };

/** What the fallback is asked, by traffic of the others and by when it was asked last. */
function probesOf({ seen = [observe({ target: 'b' })], orderedAt, now = START + 5_000 }: Given = {}) {
  const targets = orderedAt === undefined ? {} : { 'c@d0': makeHealth({ probesOrderedAt: orderedAt }) };
  const judged = evaluateFleet({ table, buckets: bucketsByTarget(seen), fleet: { targets }, holds: [], now, random: () => 0.5 });
  return { probes: judged.probes, health: judged.fleet.targets['c@d0'] };
}

describe('a fallback that nobody uses', () => {
  it('is called once, and says why', () => {
    const { probes, health } = probesOf();
    expect(probes).toEqual([{ key: 'c@d0', id: 'c', count: 1, gapMs: 0, reason: 'a fallback without traffic is kept in use' }]);
    expect(health?.probesOrderedAt).toBe(START + 5_000);
  });

  it('is called again after a minute, not before', () => {
    const now = START + 5_000;
    expect(probesOf({ orderedAt: now - 59_999 }).probes).toEqual([]);
    expect(probesOf({ orderedAt: now - 60_000 }).probes).toHaveLength(1);
  });

  it('is left alone when the traffic of its route was a minute ago', () => {
    const seen = [observe({ target: 'b', at: START })];
    expect(probesOf({ seen, now: START + 59_999 }).probes).toHaveLength(1);
    expect(probesOf({ seen, now: START + 60_000 }).probes).toEqual([]);
  });

  it('is left alone when calls of its route were not even made', () => {
    expect(probesOf({ seen: [observe({ target: 'b', outcome: 'misconfigured' })] }).probes).toEqual([]);
  });
});
