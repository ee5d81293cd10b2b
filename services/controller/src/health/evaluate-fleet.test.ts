import type { ObservedAttempts, OutcomeKind, RoutingTable } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { type EvaluateFleetInput, evaluateFleet, type FleetEvaluation } from './evaluate-fleet.ts';
import { peersInFleet } from './fleet-view.ts';
import type { ManualHold } from './manual-hold.ts';
import { bucketsByTarget, observe, START } from './testing/make-buckets.ts';
import { makeTable, makeTarget } from './testing/make-fleet.ts';
import { circuits, makeHealth } from './testing/make-health.ts';

const now = START + 15_000;
const table = makeTable({ default: { tiers: [['a', 'b'], ['c']], fallbacks: ['d'] }, other: { tiers: [['a']], fallbacks: ['e'] } });
const allDown = (ids: string) => [...ids].flatMap((target) => spread(target, 'faulted', 3));
/** As many calls from every one of ten tenants. */
const spread = (target: string, outcome: OutcomeKind, perTenant: number, more: Parameters<typeof observe>[0] = {}) =>
  Array.from({ length: 10 }, (_, tenantSlot) => observe({ target, outcome, count: perTenant, tenantSlot, ...more }));

type Stated = Partial<EvaluateFleetInput> & { seen?: readonly ObservedAttempts[] };
function judge({ seen = [], ...stated }: Stated = {}): FleetEvaluation {
  return evaluateFleet({ table, buckets: bucketsByTarget(seen), fleet: { targets: {} }, holds: [], now, random: () => 0.5, ...stated });
}
const sharesOf = ({ targets }: FleetEvaluation) => Object.fromEntries(targets.map(({ id, share }) => [id, share]));
const hold = (target: string, share: number, more: Partial<ManualHold> = {}): ManualHold => ({
  target,
  share,
  author: 'ann',
  reason: 'upgrade',
  since: START,
  until: START + 600_000,
  ...more,
});

describe('a fleet that is well', () => {
  it('has every target at full share, and nothing to tell', () => {
    const evaluation = judge({ seen: [...spread('a', 'succeeded', 5), ...spread('e', 'succeeded', 1)] });
    expect(sharesOf(evaluation)).toEqual({ a: 1, b: 1, c: 1, d: 1, e: 1 });
    expect(evaluation).toMatchObject({ panic: [], closedTiers: [], suspectSlots: [], changes: [], recoveries: [] });
  });

  it('keeps nothing of targets that were never seen, or that left the table', () => {
    const fleet = { targets: { 'a@d0': makeHealth(), 'a@old': makeHealth(), 'gone@d0': makeHealth() } };
    expect(Object.keys(judge({ fleet, seen: spread('b', 'throttled', 1) }).fleet.targets).sort()).toEqual(['a@d0', 'b@d0', 'd@d0']);
  });
});

describe('a target that is down', () => {
  it('is taken out, with the event and the recovery that follow', () => {
    const { changes, recoveries, ...evaluation } = judge({ seen: [...allDown('b'), ...spread('a', 'succeeded', 3)] });
    expect(sharesOf(evaluation as FleetEvaluation)).toEqual({ a: 1, b: 0, c: 1, d: 1, e: 1 });
    expect(changes).toMatchObject([
      { key: 'b@d0', id: 'b', previous: { circuit: { kind: 'closed' } }, current: { circuit: { kind: 'open' } } },
    ]);
    expect(recoveries).toEqual([{ key: 'b@d0', id: 'b', seq: now + 1, run: 1, probeAt: now + 30_000 }]);
  });

  it('keeps a trickle as the last of a tier, and panic is of routes without anybody', () => {
    const evaluation = judge({ seen: allDown('abc') });
    expect(evaluation.closedTiers).toEqual([
      { route: 'default', tier: 0, kept: 'a' },
      { route: 'default', tier: 1, kept: 'c' },
      { route: 'other', tier: 0, kept: 'a' },
    ]);
    expect(sharesOf(evaluation)).toEqual({ a: 0.005, b: 0, c: 0.005, d: 1, e: 1 });
    expect(evaluation.panic).toEqual([]);
    expect(judge({ seen: allDown('ae') }).panic).toEqual(['other']);
    expect(judge({ seen: allDown('abcde') }).panic).toEqual(['default', 'other']);
  });

  it('that was out first keeps the trickle, before one that is called wrongly', () => {
    const fleet = {
      targets: {
        'a@d0': makeHealth({ circuit: circuits.misconfigured({ since: START - 90_000 }) }),
        'b@d0': makeHealth({ circuit: circuits.open({ since: START }) }),
      },
    };
    expect(judge({ fleet }).closedTiers).toContainEqual({ route: 'default', tier: 0, kept: 'b' });
  });

  it('keeps the trickle for all its tiers, so that no second target has to', () => {
    const shared = makeTable({ one: { tiers: [['b']] }, two: { tiers: [['a', 'b']] } });
    const fleet = {
      targets: {
        'a@d0': makeHealth({ circuit: circuits.open({ since: START - 60_000 }) }),
        'b@d0': makeHealth({ circuit: circuits.open() }),
      },
    };
    expect(sharesOf(judge({ table: shared, fleet }))).toEqual({ a: 0, b: 0.005 });
  });

  it('is judged by the median of the others that are up, on every route that it shares', () => {
    const seen = [
      ...spread('a', 'succeeded', 9),
      ...spread('a', 'faulted', 1),
      ...spread('b', 'faulted', 9),
      ...spread('e', 'succeeded', 9),
    ];
    const peers = (fleet: EvaluateFleetInput['fleet']) =>
      peersInFleet({ table, buckets: bucketsByTarget(seen), fleet, holds: [], now }, 'a');
    const out = { 'b@d0': makeHealth({ circuit: circuits.open() }) };
    expect(peers({ targets: {} })).toEqual({ failureRates: [1, 0, 0, 0], slowRates: [0, 0, 0, 0], isNeeded: false, requestsPerSecond: 14 });
    expect(peers({ targets: out })).toMatchObject({ failureRates: [0, 0, 0] });
    expect(peers({ targets: { 'e@d0': makeHealth({ circuit: circuits.degraded({ share: 0.49 }) }) } })).toMatchObject({ isNeeded: true });
    expect(peers({ targets: { 'e@d0': makeHealth({ circuit: circuits.degraded({ share: 0.5 }) }) } })).toMatchObject({ isNeeded: false });
  });

  it('returns at once when its route has nobody else, and the panic is over', () => {
    const fleet = {
      targets: Object.fromEntries(
        [...'abcde'].map((id) => [`${id}@d0`, makeHealth({ circuit: id === 'e' ? circuits.halfOpen() : circuits.open() })]),
      ),
    };
    const evaluation = judge({ fleet });
    expect(sharesOf(evaluation)).toMatchObject({ e: 1 });
    expect(evaluation.panic).toEqual(['default']);
  });
});

describe('a person’s hold', () => {
  it.each([
    ['ejects what is well', 0, spread('b', 'succeeded', 5)],
    ['restores what is down', 1, allDown('b')],
    ['limits', 0.25, allDown('b')],
  ])('%s', (_, share, seen) => {
    expect(sharesOf(judge({ seen, holds: [hold('b', share)] })).b).toBe(share);
  });

  it('is over at its time, and the latest one counts', () => {
    expect(sharesOf(judge({ holds: [hold('b', 0, { until: now })] })).b).toBe(1);
    expect(sharesOf(judge({ holds: [hold('b', 0.5, { since: now }), hold('b', 0)] })).b).toBe(0.5);
  });

  it('may close a tier and a route, of which nobody keeps a trickle then', () => {
    const evaluation = judge({ holds: [hold('a', 0), hold('e', 0)], seen: allDown('ae') });
    expect(sharesOf(evaluation)).toMatchObject({ a: 0, e: 0 });
    expect(evaluation).toMatchObject({ panic: ['other'], closedTiers: [] });
    expect(judge({ holds: [hold('a', 0)], seen: allDown('b') }).closedTiers).toContainEqual({ route: 'default', tier: 0, kept: 'b' });
  });

  it('stays with a target that is redefined', () => {
    const redefined: RoutingTable = { ...table, targets: { ...table.targets, b: makeTarget('b', { definition: 'd9' }) } };
    expect(judge({ table: redefined, holds: [hold('b', 0)] }).targets.find(({ id }) => id === 'b')).toMatchObject({
      key: 'b@d9',
      share: 0,
    });
  });
});

describe('a fallback without traffic', () => {
  const probed = (input: Stated) => judge(input).probes.map(({ id, count }) => [id, count]);

  it('is called once a minute while its route has traffic', () => {
    const seen = spread('b', 'succeeded', 1);
    expect(probed({ seen })).toEqual([['d', 1]]);
    const { fleet } = judge({ seen });
    expect(probed({ seen, fleet, now: now + 59_000 })).toEqual([]);
    expect(probed({ seen: spread('b', 'succeeded', 1, { at: START + 60_000 }), fleet, now: now + 60_000 })).toEqual([['d', 1]]);
  });

  it.each([
    ['its route has no traffic', { seen: [] }],
    ['it has traffic itself', { seen: spread('d', 'succeeded', 1) }],
    ['it is out', { seen: spread('b', 'succeeded', 1), fleet: { targets: { 'd@d0': makeHealth({ circuit: circuits.open() }) } } }],
    ['a person holds it', { seen: spread('b', 'succeeded', 1), holds: [hold('d', 0)] }],
  ])('is left alone while %s', (_, input) => {
    expect(probed(input)).toEqual([]);
  });
});

describe('a tenant slot', () => {
  const suspects = (seen: readonly ObservedAttempts[]) => judge({ seen }).suspectSlots;
  const poison = (count: number, target = 'a') => observe({ target, outcome: 'model-error', count, tenantSlot: 12 });

  it('is suspect when most of its requests fail on all targets, and the others’ do not', () => {
    expect(suspects([poison(4), poison(4, 'b'), ...spread('a', 'succeeded', 1)])).toEqual([12]);
  });

  it.each([
    ['by four failures', [poison(4), ...spread('a', 'succeeded', 1)]],
    ['when half of its requests are answered', [poison(8), observe({ count: 8, tenantSlot: 12 }), ...spread('a', 'succeeded', 1)]],
    ['when others fail, too', [poison(8), ...spread('a', 'succeeded', 4), ...spread('a', 'timed-out', 1)]],
    ['when nobody else is there to compare', [poison(40)]],
    ['by hard failures', [observe({ outcome: 'faulted', count: 40, tenantSlot: 12 }), ...spread('b', 'succeeded', 4)]],
    ['by what was more than a minute ago', [{ ...poison(40), bucketStart: START - 50_000 }, ...spread('a', 'succeeded', 1)]],
  ])('is not suspect %s', (_, seen) => {
    expect(suspects(seen)).toEqual([]);
  });
});
