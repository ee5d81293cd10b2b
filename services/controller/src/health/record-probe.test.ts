import type { OutcomeKind } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { type ProbeInput, recordProbe } from './record-probe.ts';
import { START } from './testing/make-buckets.ts';
import { makeTarget } from './testing/make-fleet.ts';
import { circuits, makeHealth, WELL_PEERS } from './testing/make-health.ts';

const now = START + 30_000;
type Stage = Parameters<typeof circuits.open>[1];
const out = (stage: Stage = {}, kind: 'open' | 'misconfigured' = 'open') => makeHealth({ seq: 7, circuit: circuits[kind]({}, stage) });

function record(outcome: OutcomeKind, stated: Partial<ProbeInput> & { slow?: boolean } = {}) {
  const { slow = false, ...input } = stated;
  const target = makeTarget('a');
  return recordProbe({
    target,
    health: out(),
    seq: 7,
    run: 1,
    probe: { outcome, slow },
    now,
    random: () => 0.5,
    peers: WELL_PEERS,
    ...input,
  });
}
/** The wait after a probe in ms; undefined when there is none. */
function waitMs(...input: Parameters<typeof record>): number | undefined {
  const recorded = record(...input);
  return recorded.kind === 'waiting' ? recorded.until - now : undefined;
}

describe('a probe that passes', () => {
  it('is followed by the next one, and the third lets the target in for a part of its traffic', () => {
    const first = record('succeeded');
    expect(first).toMatchObject({
      kind: 'waiting',
      until: now + 2_000,
      health: { seq: 7, circuit: { recovery: { passes: 1, failures: 0, heardAt: now } } },
    });
    expect(record('succeeded', { health: out({ passes: 1 }) }).kind).toBe('waiting');
    expect(record('succeeded', { health: out({ passes: 2 }) })).toMatchObject({
      kind: 'returned',
      health: { seq: 8, evidenceFrom: now, circuit: { kind: 'half-open', step: 1, since: now, reason: 'returning: 3 probes passed' } },
    });
  });

  it.each([
    ['a route has nobody else', { ...WELL_PEERS, isNeeded: true }],
    ['a tenth of so little traffic would starve it', { ...WELL_PEERS, requestsPerSecond: 2.9 }],
  ])('lets the target in at once where %s', (_, peers) => {
    expect(record('succeeded', { health: out({ passes: 2 }), peers })).toMatchObject({
      kind: 'returned',
      health: { circuit: { kind: 'closed' }, evidenceFrom: now },
    });
  });

  it.each(['throttled', 'rejected', 'too-long', 'refused'] as const)('is also one that is %s: the target is there', (outcome) => {
    expect(record(outcome)).toMatchObject({ kind: 'waiting', health: { circuit: { recovery: { passes: 1 } } } });
  });
});

describe('a probe that fails', () => {
  it.each(['faulted', 'timed-out', 'model-error', 'malformed', 'not-ready', 'misconfigured'] as const)(
    'by %s begins the count anew',
    (outcome) => {
      expect(record(outcome, { health: out({ passes: 2 }) })).toMatchObject({
        kind: 'waiting',
        health: { circuit: { recovery: { passes: 0, failures: 1 } } },
      });
    },
  );

  it('makes the next one wait longer, up to half a minute, and is no relapse', () => {
    const waits = [0, 1, 2, 3, 40].map((failures) => waitMs('faulted', { health: out({ failures }) }));
    expect(waits).toEqual([10_000, 15_000, 22_500, 30_000, 30_000]);
    expect(record('faulted')).toMatchObject({ health: { relapses: 0, seq: 7 } });
  });

  it('waits as long as its reason takes to pass', () => {
    expect(waitMs('not-ready')).toBe(30_000);
    expect(waitMs('misconfigured')).toBe(60_000);
  });

  it('is repeated in five seconds where a route has nobody else', () => {
    expect(waitMs('faulted', { health: out({ failures: 9 }), peers: { ...WELL_PEERS, isNeeded: true } })).toBe(5_000);
  });

  it('is one that is slow even to a tiny prompt, unless a route has nobody else', () => {
    expect(waitMs('succeeded', { slow: true })).toBe(10_000);
    expect(waitMs('succeeded', { slow: true, peers: { ...WELL_PEERS, isNeeded: true } })).toBe(2_000);
  });

  it('because it is refused makes the target misconfigured, with the recovery that it has', () => {
    const recorded = record('misconfigured');
    expect(recorded).toMatchObject({
      kind: 'waiting',
      health: { seq: 7, circuit: { kind: 'misconfigured', recovery: { run: 1, failures: 1 } } },
    });
    expect(recorded.kind === 'waiting' && Object.keys(recorded.health.circuit).sort()).toEqual(['kind', 'reason', 'recovery', 'since']);
    expect(record('misconfigured', { health: out({}, 'misconfigured') })).toMatchObject({ health: { circuit: { since: START } } });
  });
});

describe('a probe is stale, and writes nothing', () => {
  it.each([
    ['of an earlier state', { seq: 6 }],
    ['of a recovery that was taken for dead', { run: 1, health: out({ run: 2 }) }],
    ['of a target that is back', { health: makeHealth({ seq: 7, circuit: circuits.halfOpen() }) }],
    ['of a target that was redefined', { target: makeTarget('a', { definition: 'd1' }) }],
  ] as const)('%s', (_, stated) => {
    expect(record('succeeded', stated)).toEqual({ kind: 'stale' });
  });
});
