import type { ObservedAttempts, OutcomeKind } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { type EvaluateInput, evaluate } from './evaluate.ts';
import { ALONE } from './peers.ts';
import { bucketsOf, observe, START } from './testing/make-buckets.ts';
import { makeTarget } from './testing/make-fleet.ts';
import { circuits, makeHealth, WELL_PEERS } from './testing/make-health.ts';

type Stated = Partial<EvaluateInput> & { seen?: readonly ObservedAttempts[] };

/** The verdict 15 s after the start, on a target that is well until then unless the test states otherwise. */
function judge({ seen = [], ...stated }: Stated) {
  return evaluate({
    target: makeTarget('a'),
    buckets: bucketsOf(seen),
    health: makeHealth(),
    now: START + 15_000,
    random: () => 0.5,
    peers: WELL_PEERS,
    ...stated,
  });
}

/** As many calls from every one of ten tenants. */
const spread = (outcome: OutcomeKind, perTenant: number, stated: Parameters<typeof observe>[0] = {}) =>
  Array.from({ length: 10 }, (_, tenantSlot) => observe({ outcome, count: perTenant, tenantSlot, ...stated }));
const mixed = (failed: number, answered: number) => [...spread('faulted', failed), ...spread('succeeded', answered)];
const one = (outcome: OutcomeKind, at = START, tenantSlot = 0) => observe({ outcome, at, tenantSlot });

describe('a closed target', () => {
  it('that was never seen has all its traffic', () => {
    expect(judge({ health: undefined })).toMatchObject({
      share: 1,
      health: { circuit: { kind: 'closed' }, definition: 'd0', seq: START + 15_000 },
    });
  });

  it('stays as it is while its calls are answered, and says what they took', () => {
    const { health, share, latencyMs, probes, recovery } = judge({ seen: spread('succeeded', 5) });
    expect({ kind: health.circuit.kind, share, probes, recovery }).toEqual({
      kind: 'closed',
      share: 1,
      probes: undefined,
      recovery: undefined,
    });
    expect(latencyMs).toBeGreaterThan(1_000);
    expect(latencyMs).toBeLessThan(1_400);
  });

  it('is ejected when half its calls fail, with a recovery not before its time is over', () => {
    const { health, share, recovery } = judge({ seen: mixed(6, 4) });
    expect(share).toBe(0);
    expect(health.circuit).toMatchObject({
      kind: 'open',
      cause: 'faulting',
      since: START + 15_000,
      reason: 'ejected: 60 of 100 calls failed (60 %)',
    });
    expect(recovery).toEqual({ seq: 2, run: 1, probeAt: START + 45_000 });
    expect(health).toMatchObject({ seq: 2, relapses: 1 });
  });

  it.each([
    [0, 22_500],
    [0.5, 30_000],
    [0.999_999, 37_500],
  ])('is ejected for a time that chance %d makes %d ms', (chance, expected) => {
    const { recovery } = judge({ seen: mixed(6, 4), random: () => chance });
    expect(recovery?.probeAt).toBeCloseTo(START + 15_000 + expected, -1);
  });

  it.each([
    [1, 0, 60_000],
    [2, 0, 120_000],
    [6, 0, 120_000],
    [2, 10, 60_000],
    [2, 20, 30_000],
    [2, 600, 30_000],
  ])('with %i relapses and %i quiet minutes since is ejected for %i ms', (relapses, quietMinutes, expected) => {
    const health = makeHealth({ relapses, quietSince: START + 15_000 - quietMinutes * 60_000 });
    expect(judge({ seen: mixed(6, 4), health }).recovery?.probeAt).toBe(START + 15_000 + expected);
  });

  it.each([
    [1, 29, 'closed', 1],
    [1, 9, 'degraded', 0.3],
    [3, 9, 'degraded', 0.02],
  ])('of whose calls %i fail for %i answered is %s at %d', (failed, answered, kind, share) => {
    const got = judge({ seen: mixed(failed * 3, answered * 3) });
    expect([got.health.circuit.kind, got.share]).toEqual([kind, share]);
  });

  it('is not degraded for what is bad at the others, too, and says how it compares', () => {
    const bad = { ...WELL_PEERS, failureRates: [0.3, 0.3, 0] };
    expect(judge({ seen: mixed(9, 27), peers: bad }).share).toBe(1);
    expect(judge({ seen: mixed(9, 27), peers: { ...bad, failureRates: [0.01, 0, 0.3] } }).health.circuit.reason).toBe(
      'degraded: 90 of 360 calls failed (25 %); others 1 %',
    );
  });

  it('is not degraded where one of its routes has nobody else', () => {
    expect(judge({ seen: mixed(9, 27), peers: { ...WELL_PEERS, isNeeded: true } }).share).toBe(1);
    expect(judge({ seen: spread('succeeded', 9, { slow: true }), peers: { ...WELL_PEERS, isNeeded: true } }).share).toBe(1);
  });

  it('is not judged by what did not happen yet', () => {
    expect(judge({ seen: spread('faulted', 9, { at: START + 20_000 }) })).toMatchObject({ share: 1 });
  });

  it('is not degraded when a route has nobody else, and ejected all the same when it is down', () => {
    expect(judge({ seen: mixed(9, 27), peers: ALONE }).share).toBe(1);
    expect(judge({ seen: mixed(9, 1), peers: ALONE }).share).toBe(0);
  });

  it('is degraded by a small rate that lasts, while it still does', () => {
    const minutes = [-170, -130, -90, -50].flatMap((second) => [
      ...spread('faulted', 2, { at: START + second * 1_000 }),
      ...spread('succeeded', 23, { at: START + second * 1_000 }),
    ]);
    const now = [...spread('succeeded', 10), one('faulted'), ...[1, 2, 3, 4, 5, 6, 7].map((slot) => one('faulted', START, slot))];
    expect(judge({ seen: [...minutes, ...now] }).health.circuit).toMatchObject({ kind: 'degraded', share: 0.3 });
    expect(judge({ seen: [...minutes, ...spread('succeeded', 10)] }).share).toBe(1);
  });

  it('is degraded when its calls are over their limit, and half take three times as long as on good days', () => {
    const seen = [...spread('succeeded', 4, { slow: true, latenciesMs: [13_000] }), ...spread('succeeded', 6, { latenciesMs: [5_000] })];
    const usual = makeHealth({ baselineMs: 1_300 });
    expect(judge({ seen, health: usual }).health.circuit).toMatchObject({ kind: 'degraded', share: 0.02 });
    expect(judge({ seen, health: usual }).health.circuit.reason).toBe(
      'slow: 40 % of calls are over their limit, half take over 4.8 s (normally 1.3 s)',
    );
    expect(judge({ seen, health: makeHealth({ baselineMs: 4_000 }) }).share).toBe(1);
    expect(judge({ seen, health: usual, peers: { ...WELL_PEERS, slowRates: [0.4, 0.5] } }).share).toBe(1);
  });

  it('is degraded when most of its calls are over their limit, whatever is normal, and not by two of two', () => {
    expect(judge({ seen: [observe({ slow: true, count: 2 })] }).share).toBe(1);
    expect(judge({ seen: spread('succeeded', 9, { slow: true }) }).share).toBe(0.02);
  });

  it('learns what is normal on good days only, once in five seconds, and slowly', () => {
    const learn = (seen: readonly ObservedAttempts[], health = makeHealth({ baselineMs: 1_000 })) => judge({ seen, health }).health;
    const well = spread('succeeded', 5, { latenciesMs: [2_000] });
    expect(learn(well).baselineMs).toBeGreaterThan(1_015);
    expect(learn(well).baselineMs).toBeLessThan(1_025);
    expect(learn(well, learn(well)).baselineMs).toBe(learn(well).baselineMs);
    expect(learn(spread('succeeded', 1, { latenciesMs: [2_000] })).baselineMs).toBe(1_000);
    expect(learn([...well, ...spread('faulted', 1)]).baselineMs).toBe(1_000);
    expect(learn(well, makeHealth()).baselineMs).toBeGreaterThan(1_800);
  });

  it('is misconfigured when its calls are refused, which is no relapse', () => {
    const { health, share, recovery } = judge({ seen: [observe({ outcome: 'misconfigured', count: 4 })] });
    expect(share).toBe(0);
    expect(health).toMatchObject({
      relapses: 0,
      circuit: { kind: 'misconfigured', reason: 'misconfigured: 4 calls refused; see model id, access and rights' },
    });
    expect(recovery?.probeAt).toBe(START + 75_000);
  });

  it('is misconfigured by refusals minutes apart', () => {
    const seen = [-240, -120, 0].map((second) => one('misconfigured', START + second * 1_000));
    expect(judge({ seen }).health.circuit.kind).toBe('misconfigured');
    expect(judge({ seen: [...seen, one('succeeded')] }).health.circuit.kind).toBe('closed');
  });

  it.each([
    ['two refusals', [observe({ outcome: 'misconfigured', count: 2 })]],
    ['refusals of one process among many answers', [observe({ outcome: 'misconfigured', count: 20 }), ...spread('succeeded', 10)]],
  ])('is not misconfigured by %s', (_, seen) => {
    expect(judge({ seen }).share).toBe(1);
  });

  it('is out until it is ready when its calls find no model loaded, which is no relapse', () => {
    const { health, recovery } = judge({ seen: spread('not-ready', 2) });
    expect(health).toMatchObject({ relapses: 0, circuit: { kind: 'open', cause: 'not-ready' } });
    expect(recovery?.probeAt).toBe(START + 45_000);
    expect(judge({ seen: [...spread('not-ready', 2), ...spread('faulted', 3)] }).health).toMatchObject({
      relapses: 1,
      circuit: { cause: 'faulting' },
    });
  });

  it('has no more than six relapses', () => {
    expect(judge({ seen: mixed(6, 4), health: makeHealth({ relapses: 6, quietSince: START }) }).health.relapses).toBe(6);
  });
});

describe('a target with little traffic', () => {
  it('is not judged by one failure or two, but probed', () => {
    for (const seen of [[one('faulted')], [one('faulted'), one('faulted', START + 10_000)]]) {
      expect(judge({ seen })).toMatchObject({
        share: 1,
        probes: { count: 3, gapMs: 3_000, reason: 'the last calls failed, and there are too few to judge by' },
      });
    }
  });

  it('is not probed again within 45 s', () => {
    const { health } = judge({ seen: [one('faulted')] });
    const later = (seconds: number) => judge({ seen: [one('faulted')], health, now: START + seconds * 1_000 }).probes?.count;
    expect([later(20), later(59), later(60)]).toEqual([undefined, undefined, 3]);
  });

  it('is ejected by three failures in a row, minutes apart', () => {
    const seen = [-360, -240, -120].map((second, slot) => one('faulted', START + second * 1_000, slot));
    expect(judge({ seen }).health.circuit.reason).toBe('ejected: the last 3 calls all failed');
    expect(judge({ seen: [...seen, one('succeeded', START)] }).share).toBe(1);
  });

  it('is not judged by what was more than a quarter of an hour ago, or before it was let in again', () => {
    const seen = [-900, -240, -120].map((second) => one('faulted', START + second * 1_000));
    expect(judge({ seen }).share).toBe(1);
    const recent = [-360, -240, -120].map((second) => one('faulted', START + second * 1_000));
    expect(judge({ seen: recent, health: makeHealth({ evidenceFrom: START - 240_000 }) }).share).toBe(1);
  });

  it('is ejected by a run of failures of different tenants that may be their requests’ doing', () => {
    const seen = [-360, -240, -180, -120].map((second, slot) => one('timed-out', START + second * 1_000, slot));
    expect(judge({ seen }).health.circuit.reason).toBe('ejected: the last 3 calls all failed');
  });

  it('is judged by all of its calls where they are fewer, and by no more than it takes', () => {
    const few = [...[0, 1, 2, 3, 4].map((slot) => one('faulted', START, slot)), one('succeeded')];
    expect(judge({ seen: few }).health.circuit.reason).toBe('ejected: 5 of 6 calls failed (83 %)');
    const before = spread('faulted', 10, { at: START - 600_000 });
    expect(judge({ seen: [...before, ...spread('succeeded', 1, { at: START - 300_000 })] }).share).toBe(1);
  });

  it('is judged by as many calls as it takes, from different buckets', () => {
    const seen = [
      one('succeeded', START - 50_000),
      ...[-40, -30, -20].flatMap((second) => [one('faulted', START + second * 1_000, 1), one('faulted', START + second * 1_000, 2)]),
      one('succeeded', START - 20_000),
    ];
    expect(judge({ seen }).health.circuit.reason).toBe('ejected: 6 of 8 calls failed (75 %)');
  });
});

describe('a tenant whose requests fail', () => {
  it('does not move the target, while another is answered', () => {
    expect(judge({ seen: [observe({ outcome: 'timed-out', count: 80, tenantSlot: 4 }), ...spread('succeeded', 1)] })).toMatchObject({
      share: 1,
    });
  });

  it('has the target probed where there is no other', () => {
    const { share, probes } = judge({ seen: [observe({ outcome: 'timed-out', count: 80, tenantSlot: 4 })] });
    expect([share, probes?.reason]).toEqual([1, 'calls of one tenant fail: is it the target or the tenant?']);
  });
});

describe('a throttled target', () => {
  const throttled = [...spread('throttled', 3), ...spread('succeeded', 7)];

  it('gets what its quota bears, and stays closed', () => {
    const { share, health } = judge({ seen: throttled });
    expect(share).toBeCloseTo(0.679, 3);
    expect(health).toMatchObject({
      seq: 1,
      circuit: { kind: 'closed' },
      throttle: { reason: 'throttled: 30 % of 100 calls were over the quota' },
    });
  });

  it('is lowered once per dead time, never below the floor, and never ejected', () => {
    const { health } = judge({ seen: throttled });
    expect(judge({ seen: throttled, health, now: START + 18_000 }).share).toBeCloseTo(0.679, 3);
    const all = judge({ seen: spread('throttled', 50), health: makeHealth({ throttle: { share: 0.06, changedAt: 0, reason: '' } }) });
    expect([all.share, all.health.circuit.kind]).toEqual([0.05, 'closed']);
  });

  it('gets more again bit by bit when nothing is throttled, also without traffic', () => {
    const health = makeHealth({ throttle: { share: 0.5, changedAt: START, reason: 'throttled' } });
    expect(judge({ health, now: START + 20_000 }).share).toBe(0.5);
    expect(judge({ health, now: START + 20_001 }).share).toBeCloseTo(0.575, 6);
    expect(
      judge({ health: { ...health, throttle: { ...health.throttle, share: 0.9 } }, now: START + 60_000 }).health.throttle,
    ).toMatchObject({
      share: 1,
      reason: 'not throttled',
    });
  });

  it('is not moved by a few throttles of a few calls', () => {
    expect(judge({ seen: [observe({ outcome: 'throttled', count: 3 }), observe({ count: 7 })] }).share).toBeLessThan(1);
    expect(judge({ seen: [observe({ outcome: 'throttled', count: 4 }), observe({ count: 5 })] }).share).toBe(1);
    expect(judge({ seen: [observe({ outcome: 'throttled', count: 1 }), observe({ count: 15 })] }).share).toBe(1);
  });

  it('that fails as well has both held against it, each for itself', () => {
    const { share, health } = judge({ seen: [...spread('throttled', 10), ...spread('faulted', 2), ...spread('succeeded', 8)] });
    expect(health.circuit).toMatchObject({ kind: 'degraded', share: 0.3 });
    expect(share).toBeCloseTo(0.3 * 0.5 * 0.97, 6);
  });
});

describe('a degraded target', () => {
  const degraded = (more: Parameters<typeof circuits.degraded>[0] = {}) => makeHealth({ circuit: circuits.degraded(more) });
  const later = START + 35_000;
  const at = { at: START + 30_000 };

  it('is lowered again only after the dead time, unless it got much worse', () => {
    const bad = [...spread('faulted', 2), ...spread('succeeded', 10)];
    expect(judge({ seen: bad, health: degraded() }).share).toBe(0.3);
    expect(judge({ seen: bad, health: degraded({ changedAt: START - 20_001 + 15_000 }) }).share).toBeCloseTo(0.09, 9);
    expect(judge({ seen: mixed(3, 9), health: degraded() }).share).toBe(0.02);
  });

  it('does not learn what is normal, also while it is seen well', () => {
    const health = { ...degraded({ changedAt: START + 15_000 }), baselineMs: 1_000 };
    expect(judge({ seen: spread('succeeded', 5, at), health, now: later }).health.baselineMs).toBe(1_000);
  });

  it('is not raised while it is worse than the others, whatever its thresholds say', () => {
    const target = makeTarget('a', { health: { recoverRate: 0.9, openRate: 0.95 } });
    const health = degraded({ share: 0.02, changedAt: START - 60_000 });
    expect(judge({ seen: mixed(3, 9), health, target }).share).toBe(0.02);
    expect(judge({ seen: mixed(3, 9), health, target, peers: { ...WELL_PEERS, failureRates: [0.3] } }).share).toBeCloseTo(0.12, 9);
  });

  it('keeps since when it is degraded while its share moves', () => {
    const { health } = judge({ seen: mixed(3, 9), health: degraded({ since: START - 77_000 }) });
    expect(health).toMatchObject({ seq: 1, circuit: { since: START - 77_000, changedAt: START + 15_000 } });
  });

  it('gets six times as much when it is seen well, and is closed at full share', () => {
    const well = spread('succeeded', 1, at);
    expect(judge({ seen: well, health: degraded({ share: 0.02 }), now: later }).share).toBeCloseTo(0.12, 9);
    expect(judge({ seen: well, health: degraded({ share: 0.3 }), now: later }).health.circuit).toMatchObject({
      kind: 'closed',
      reason: 'recovered: 10 calls well',
    });
    expect(judge({ seen: well, health: degraded({ share: 0.02, changedAt: START + 15_000 }), now: later }).share).toBe(0.02);
    expect(judge({ seen: spread('succeeded', 1, at).slice(0, 2), health: degraded({ share: 0.02 }), now: later }).share).toBe(0.02);
  });

  it('is not taken out afterwards by what it was degraded for, when traffic ends', () => {
    const before = spread('faulted', 9, { at: START - 60_000 });
    const well = spread('succeeded', 1, at).slice(0, 3);
    const { health } = judge({ seen: [...before, ...well], health: degraded(), now: later });
    expect(health.circuit.kind).toBe('closed');
    expect(judge({ seen: [...before, ...well], health, now: START + 90_000 }).share).toBe(1);
  });

  it('waits longer for it with every relapse', () => {
    const health = { ...degraded({ share: 0.02 }), relapses: 1, quietSince: START };
    const after = (seconds: number) =>
      judge({ seen: spread('succeeded', 1, { at: START + (seconds - 5) * 1_000 }), health, now: START + seconds * 1_000 }).share;
    expect([after(39), after(41)]).toEqual([0.02, 0.12]);
  });

  it('is probed when it gets too little traffic to be seen well, and rises by the probes', () => {
    const idle = judge({ health: degraded({ share: 0.02 }), now: START + 60_000 });
    expect(idle).toMatchObject({ share: 0.02, probes: { count: 3, reason: 'degraded, and too little traffic to see it recover' } });
    const probed = [0, 1, 2].map(() => observe({ at: START + 60_000 }));
    expect(judge({ seen: probed, health: idle.health, now: START + 69_000 }).share).toBeCloseTo(0.12, 9);
  });

  it('is ejected when it is down', () => {
    expect(judge({ seen: mixed(6, 4), health: degraded() }).health.circuit.kind).toBe('open');
  });
});

describe('a half-open target', () => {
  const halfOpen = (more: Parameters<typeof circuits.halfOpen>[0] = {}) =>
    makeHealth({ circuit: circuits.halfOpen(more), evidenceFrom: START, relapses: 1 });

  it('takes the next step after ten seconds in which it is seen well', () => {
    const well = [one('succeeded'), one('succeeded'), one('succeeded')];
    expect(judge({ seen: well, health: halfOpen(), now: START + 9_999 }).share).toBe(0.1);
    expect(judge({ seen: well, health: halfOpen(), now: START + 10_000 }).share).toBe(0.5);
    expect(judge({ seen: well.slice(1), health: halfOpen(), now: START + 10_000 }).share).toBe(0.1);
    expect(judge({ seen: well, health: halfOpen({ step: 2 }), now: START + 10_000 }).health).toMatchObject({
      seq: 2,
      circuit: { kind: 'closed', reason: 'recovered: well at 50 % of its traffic' },
      quietSince: START + 10_000,
      evidenceFrom: START,
    });
  });

  it('does not wait for traffic for more than a minute', () => {
    expect(judge({ health: halfOpen(), now: START + 59_999 }).share).toBe(0.1);
    expect(judge({ health: halfOpen(), now: START + 60_000 }).share).toBe(0.5);
  });

  it.each([
    [1, 2, 'half-open'],
    [2, 1, 'open'],
    [2, 2, 'open'],
    [5, 40, 'half-open'],
    [15, 25, 'open'],
  ])('of whose calls %i fail and %i do not is %s', (failed, answered, kind) => {
    const seen = [observe({ outcome: 'faulted', count: failed }), observe({ count: answered })];
    expect(judge({ seen, health: halfOpen(), now: START + 9_000 }).health.circuit.kind).toBe(kind);
  });

  it('that fails is out for longer than before', () => {
    const { recovery, health } = judge({ seen: [observe({ outcome: 'faulted', count: 5 })], health: { ...halfOpen(), quietSince: START } });
    expect(recovery?.probeAt).toBe(START + 75_000);
    expect(health.circuit.reason).toBe('relapsed: 5 of 5 calls failed (100 %) on its way back');
  });

  it('that is slow is out again', () => {
    expect(judge({ seen: spread('succeeded', 2, { slow: true }), health: halfOpen() }).health.circuit.reason).toBe(
      'relapsed, slow: 100 % of calls are over their limit, half take over 1.3 s',
    );
  });

  it('is closed at once where a route has nobody else', () => {
    const peers = { ...WELL_PEERS, isNeeded: true };
    expect(judge({ health: halfOpen(), now: START + 1_000, peers }).share).toBe(1);
    expect(judge({ seen: spread('succeeded', 2, { slow: true }), health: halfOpen(), peers }).share).toBe(1);
  });
});

describe.each(['open', 'misconfigured'] as const)('a target that is %s', (kind) => {
  const out = (stage: Parameters<typeof circuits.open>[1] = {}) => makeHealth({ seq: 7, circuit: circuits[kind]({}, stage) });

  it('stays out, with no second recovery, while the first is heard of', () => {
    const { share, recovery, health } = judge({ health: out(), now: START + 89_000 });
    expect({ share, recovery, seq: health.seq }).toEqual({ share: 0, recovery: undefined, seq: 7 });
  });

  it('gets another recovery when the first falls silent for twice its longest wait', () => {
    const at = (seconds: number) => judge({ health: out(), now: START + seconds * 1_000 });
    expect(at(150).recovery).toBeUndefined();
    expect(at(151).recovery).toEqual({ seq: 7, run: 2, probeAt: START + 30_000 });
    expect(judge({ health: at(151).health, now: START + 152_000 }).recovery).toBeUndefined();
    expect(judge({ health: out({ heardAt: START + 140_000 }), now: START + 200_000 }).recovery).toBeUndefined();
  });

  it('is probed within five seconds where a route has nobody else, by a new recovery', () => {
    const peers = { ...WELL_PEERS, isNeeded: true };
    const sooner = judge({ health: out(), peers, now: START + 5_000 });
    expect(sooner.recovery).toEqual({ seq: 8, run: 1, probeAt: START + 10_000 });
    expect(judge({ health: sooner.health, peers, now: START + 6_000 }).recovery).toBeUndefined();
  });

  it('is let in by customers’ calls that were made all the same and answered, once its time is over', () => {
    const seen = spread('succeeded', 1, { at: START + 30_000 });
    expect(judge({ seen, health: out(), now: START + 39_000 }).health.circuit.kind).toBe('half-open');
    expect(judge({ seen: seen.slice(0, 7), health: out(), now: START + 39_000 }).share).toBe(0);
    expect(judge({ seen: [...seen, one('faulted', START + 30_000)], health: out(), now: START + 39_000 }).share).toBe(0);
    expect(judge({ seen, health: out({ until: START + 40_000 }), now: START + 39_000 }).share).toBe(0);
    expect(judge({ seen: [...seen, one('misconfigured', START + 30_000)], health: out(), now: START + 39_000 }).share).toBe(0);
    const since = { ...makeHealth(), circuit: circuits[kind]({ since: START + 32_000 }, { until: START + 33_000 }) };
    expect(judge({ seen, health: since, now: START + 39_000 }).share).toBe(0);
  });
});

describe('a rule’s edge', () => {
  it.each([
    [10, 0.3],
    [11, 1],
  ])('small rate over minutes: with at least %i calls asked for in the fast window the share is %d', (degradeSlowWindowAttempts, share) => {
    const target = makeTarget('a', { health: { degradeSlowWindowAttempts, openRate: 0.9, severeRate: 0.9 } });
    const before = [-100, -60].flatMap((second) => [
      ...spread('faulted', 2, { at: START + second * 1_000 }),
      ...spread('succeeded', 20, { at: START + second * 1_000 }),
    ]);
    // 3 of 10, whose lower bound alone is just above what degrades.
    const now = [
      ...[1, 2, 3].map((slot) => one('faulted', START, slot)),
      ...[4, 5, 6, 7, 8, 9, 10].map((slot) => one('succeeded', START, slot)),
    ];
    const lenient = { ...target, health: { ...target.health, degradeRate: 0.2 } };
    expect(judge({ seen: [...before, ...now], target: lenient }).share).toBe(share);
  });
});

describe('a target’s own thresholds', () => {
  it('may ask for less difference to the others, and then a low rate in the fast window still does not degrade', () => {
    const target = makeTarget('a', { health: { degradeMargin: 0 } });
    const before = [...spread('faulted', 20, { at: START - 60_000 }), ...spread('succeeded', 80, { at: START - 60_000 })];
    expect(judge({ seen: [...before, ...mixed(1, 30)], target }).share).toBe(1);
    expect(judge({ seen: [...before, ...mixed(1, 17)], target }).share).toBe(0.3);
  });

  it('hold for it, and what it does not state is as elsewhere', () => {
    const lenient = makeTarget('a', { health: { openRate: 0.9, maxEjectionMs: undefined } });
    expect(judge({ seen: mixed(6, 4) }).health.circuit.kind).toBe('open');
    expect(judge({ seen: mixed(6, 4), target: lenient }).health.circuit.kind).toBe('degraded');
    expect(judge({ seen: mixed(10, 0), target: lenient, health: makeHealth({ relapses: 4, quietSince: START }) }).recovery?.probeAt).toBe(
      START + 135_000,
    );
  });
});

it('a redefined target starts clean', () => {
  const health = makeHealth({ circuit: circuits.open(), relapses: 4, throttle: { share: 0.1, changedAt: START, reason: 'throttled' } });
  expect(judge({ target: makeTarget('a', { definition: 'd1' }), health })).toMatchObject({
    share: 1,
    health: { definition: 'd1', relapses: 0, circuit: { kind: 'closed' } },
  });
});
