import { type ObservedAttempts, OutcomeKind, RoutingOverlay } from '@signalbox/contracts';
import { healthClass } from '@signalbox/routing/health-class';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromCounterItem } from './counter-item.ts';
import { hardOf, sumCounters } from './counters.ts';
import { evaluate } from './evaluate.ts';
import { evaluateFleet, type FleetEvaluation } from './evaluate-fleet.ts';
import { type FleetHealth, restoreFleet, saveFleet } from './fleet-health.ts';
import { peersInFleet } from './fleet-view.ts';
import type { ManualHold } from './manual-hold.ts';
import { recordProbe } from './record-probe.ts';
import type { TargetHealth } from './target-health.ts';
import { bucketsByTarget, bucketsOf, observe, START } from './testing/make-buckets.ts';
import { makeTable, makeTarget } from './testing/make-fleet.ts';
import { circuits, makeHealth, WELL_PEERS } from './testing/make-health.ts';
import { makeRandom } from './testing/make-random.ts';
import { observedArbitrary } from './testing/observed-arbitrary.ts';
import { toOverlay } from './to-overlay.ts';

const table = makeTable({
  default: { tiers: [['a', 'b'], ['c']], fallbacks: ['d'] },
  lone: { tiers: [['a']] },
  pair: { tiers: [['c', 'e']] },
});
const targets = Object.keys(table.targets);
const PASSING_OUTCOMES = ['succeeded', 'succeeded', 'succeeded', ...OutcomeKind.options] as const;

type Step = { afterMs: number; seen: ObservedAttempts[]; probe: OutcomeKind };
/** Some minutes of a fleet: what it saw and what probes came to, step by step, and what persons held. */
const historyArbitrary = fc.record({
  steps: fc.array(
    fc.record({
      afterMs: fc.constantFrom(1_000, 5_000, 20_000, 70_000, 700_000),
      seen: fc.array(observedArbitrary({ targets, outcomes: PASSING_OUTCOMES, seconds: 0 }), { maxLength: 8 }),
      probe: fc.constantFrom<OutcomeKind[]>('succeeded', 'succeeded', 'faulted', 'not-ready', 'misconfigured', 'timed-out'),
    }),
    { minLength: 1, maxLength: 20 },
  ),
  seed: fc.nat(),
  held: fc.array(fc.record({ target: fc.constantFrom(...targets), share: fc.constantFrom(0, 0.5, 1) }), { maxLength: 2 }),
});
type History = { steps: Step[]; seed: number; held: { target: string; share: number }[] };

type Moment = {
  before: FleetHealth;
  evaluation: FleetEvaluation;
  seen: readonly ObservedAttempts[];
  now: number;
  holds: readonly ManualHold[];
};

/** Lives through a history; tells each evaluation. */
function live({ steps, seed, held }: History, tell: (moment: Moment) => void): FleetHealth {
  const random = makeRandom(seed);
  const holds = held.map((one) => ({ ...one, author: 'ann', reason: 'because', since: START, until: START + 86_400_000 }));
  let fleet: FleetHealth = { targets: {} };
  let seen: ObservedAttempts[] = [];
  let now = START;
  for (const step of steps) {
    now += step.afterMs;
    const at = Math.floor(now / 10_000) * 10_000;
    seen = [...seen, ...step.seen.map((one) => ({ ...one, bucketStart: at }))].filter(({ bucketStart }) => bucketStart > now - 900_000);
    const buckets = bucketsByTarget(seen);
    const evaluation = evaluateFleet({ table, buckets, fleet, holds, now, random });
    tell({ before: fleet, evaluation, seen, now, holds });
    fleet = evaluation.fleet;
    for (const [key, health] of Object.entries(fleet.targets)) {
      const target = table.targets[key.split('@')[0] ?? ''];
      if (!target || !('recovery' in health.circuit) || health.circuit.recovery.until > now) continue;
      const peers = peersInFleet({ table, buckets, fleet, holds, now }, target.id);
      const { run } = health.circuit.recovery;
      const recorded = recordProbe({
        target,
        health,
        seq: health.seq,
        run,
        probe: { outcome: step.probe, slow: false },
        now,
        random,
        peers,
      });
      if (recorded.kind !== 'stale') fleet = { ...fleet, targets: { ...fleet.targets, [key]: recorded.health } };
    }
  }
  return fleet;
}

const judgeAlone = (seen: readonly ObservedAttempts[], health: TargetHealth | undefined = makeHealth(), now = START + 65_000) =>
  evaluate({ target: makeTarget('a'), buckets: bucketsOf(seen), health, now, random: () => 0.5, peers: WELL_PEERS });

describe('whatever a fleet sees', () => {
  it('shares stay within 0 and 1, reasons within a line, and the overlay is valid', () => {
    fc.assert(
      fc.property(historyArbitrary, (history) => {
        live(history, ({ evaluation, now }) => {
          for (const { share } of evaluation.targets) expect(share >= 0 && share <= 1).toBe(true);
          const overlay = toOverlay({ evaluation, seq: 1, now });
          expect(RoutingOverlay.parse(overlay)).toEqual(overlay);
          expect(restoreFleet(saveFleet(evaluation.fleet))).toEqual({ fleet: evaluation.fleet, problems: [] });
        });
      }),
      { numRuns: 80 },
    );
  });

  it('no tier is closed altogether, unless a person closed it, and panic is of exactly the routes of which nobody is up', () => {
    fc.assert(
      fc.property(historyArbitrary, (history) => {
        live(history, ({ evaluation, holds }) => {
          const shares = new Map(evaluation.targets.map(({ id, share }) => [id, share]));
          const held = new Set(holds.map(({ target }) => target));
          for (const tier of [['a', 'b'], ['c'], ['d'], ['a'], ['c', 'e']]) {
            if (tier.every((id) => held.has(id))) continue;
            expect(tier.some((id) => (shares.get(id) ?? 0) > 0)).toBe(true);
          }
          for (const name of evaluation.panic) {
            const ids = { default: ['a', 'b', 'c', 'd'], lone: ['a'], pair: ['c', 'e'] }[name] ?? [];
            expect(ids.every((id) => (shares.get(id) ?? 1) < 0.5)).toBe(true);
          }
        });
      }),
      { numRuns: 80 },
    );
  });

  it('a person’s word stands', () => {
    fc.assert(
      fc.property(historyArbitrary, (history) => {
        live(history, ({ evaluation, holds }) => {
          for (const { target } of holds) {
            const word = holds.findLast((hold) => hold.target === target)?.share;
            expect(evaluation.targets.find(({ id }) => id === target)?.share).toBe(word);
          }
        });
      }),
      { numRuns: 60 },
    );
  });

  it('nothing that serves is ejected by fewer than three failures', () => {
    fc.assert(
      fc.property(historyArbitrary, (history) => {
        live(history, ({ evaluation, seen }) => {
          for (const { id, previous, current } of evaluation.changes) {
            if (current.circuit.kind !== 'open' || !['closed', 'degraded'].includes(previous.circuit.kind)) continue;
            const counters = sumCounters(bucketsOf(seen.filter(({ target }) => target === id)).map((bucket) => bucket.counters));
            expect(hardOf(counters) + counters.ambiguous).toBeGreaterThanOrEqual(3);
          }
        });
      }),
      { numRuns: 80 },
    );
  });

  it('each change of state has a new sequence, a time and a reason', () => {
    fc.assert(
      fc.property(historyArbitrary, (history) => {
        live(history, ({ evaluation, now }) => {
          for (const { previous, current } of evaluation.changes) {
            if (previous.circuit.kind === current.circuit.kind) continue;
            expect(current.seq).toBeGreaterThan(previous.seq);
            expect(current.circuit).toMatchObject({ since: now, reason: expect.stringMatching(/^.{5,80}$/) });
          }
        });
      }),
      { numRuns: 60 },
    );
  });

  it('saved and restored health behaves as what was saved, and so does one with fields of a later version, which stay', () => {
    fc.assert(
      fc.property(historyArbitrary, (history) => {
        const last = { history: live(history, () => undefined) };
        const later = Object.entries(last.history.targets).map(([key, health]) => [key, { ...health, added: { by: 'a later version' } }]);
        const restored = restoreFleet(saveFleet({ targets: Object.fromEntries(later), added: 1 } as FleetHealth)).fleet;
        const seen = history.steps.flatMap((step) => step.seen);
        const judge = (fleet: FleetHealth) =>
          evaluateFleet({ table, buckets: bucketsByTarget(seen), fleet, holds: [], now: START + 15_000, random: () => 0.5 });
        const [plain, marked] = [judge(last.history), judge(restored)];
        expect(marked.targets.map(({ id, share }) => [id, share])).toEqual(plain.targets.map(({ id, share }) => [id, share]));
        expect(marked).toMatchObject({ panic: plain.panic, recoveries: plain.recoveries, probes: plain.probes, fleet: { added: 1 } });
        for (const key of Object.keys(last.history.targets))
          expect(marked.fleet.targets[key]).toMatchObject({ added: { by: 'a later version' } });
      }),
      { numRuns: 60 },
    );
  });

  it('a redefined target starts clean', () => {
    const seen = fc.array(observedArbitrary(), { maxLength: 20 });
    const circuit = fc.constantFrom(circuits.open(), circuits.misconfigured(), circuits.degraded(), circuits.halfOpen());
    fc.assert(
      fc.property(seen, circuit, (observations, old) => {
        const target = makeTarget('a', { definition: 'd1' });
        const input = { target, buckets: bucketsOf(observations), now: START + 65_000, random: () => 0.5, peers: WELL_PEERS };
        const kept = makeHealth({ circuit: old, relapses: 5, throttle: { share: 0.1, changedAt: START, reason: 'throttled' } });
        expect(evaluate({ ...input, health: kept })).toEqual(evaluate({ ...input, health: undefined }));
      }),
    );
  });
});

describe('counters that cannot be', () => {
  it('give a share within 0 and 1 all the same, and a state that can be kept', () => {
    const name = fc.oneof(
      fc.constantFrom(...'aftnmsc', 'h0', 'h39'),
      fc.tuple(fc.constantFrom(...'AFSH'), fc.nat({ max: 17 })).map(([letter, slot]) => letter + slot),
    );
    const count = fc.oneof(fc.nat({ max: 30 }), fc.constantFrom(1e15, Number.MAX_SAFE_INTEGER, 0.5));
    const item = fc.dictionary(name, count, { maxKeys: 12 });
    fc.assert(
      fc.property(fc.array(item, { maxLength: 6 }), (items) => {
        const buckets = items.map((one, index) => ({ bucketStart: START + index * 10_000, counters: fromCounterItem(one) }));
        const fleet = { targets: {} };
        const evaluation = evaluateFleet({
          table,
          buckets: new Map([['a@d0', buckets]]),
          fleet,
          holds: [],
          now: START + 55_000,
          random: () => 0.5,
        });
        for (const { share } of evaluation.targets) expect(share >= 0 && share <= 1).toBe(true);
        expect(restoreFleet(saveFleet(evaluation.fleet))).toEqual({ fleet: evaluation.fleet, problems: [] });
      }),
      { numRuns: 500 },
    );
  });
});

describe('a verdict', () => {
  const some = fc.array(observedArbitrary(), { minLength: 1, maxLength: 40 });

  it('does not depend on the order of what was told, nor on who told it', () => {
    fc.assert(
      fc.property(
        some.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => {
          const one = evaluateFleet({
            table,
            buckets: bucketsByTarget(all),
            fleet: { targets: {} },
            holds: [],
            now: START + 65_000,
            random: () => 0.5,
          });
          const other = evaluateFleet({
            table,
            buckets: bucketsByTarget(shuffled),
            fleet: { targets: {} },
            holds: [],
            now: START + 65_000,
            random: () => 0.5,
          });
          expect(other.fleet).toEqual(one.fleet);
        },
      ),
    );
  });

  it('moves little when two in five events come twice: the rate by 0.08 at most, in or out only near the threshold', () => {
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (seed, rate) => {
        const random = makeRandom(seed);
        const events = Array.from({ length: 400 }, (_, index) =>
          observe({ outcome: random() < rate ? 'faulted' : 'succeeded', tenantSlot: index % 16, at: START + 50_000 }),
        );
        const twice = events.flatMap((event) => (random() < 0.4 ? [event, event] : [event]));
        const failed = (all: readonly ObservedAttempts[]) => all.filter(({ outcome }) => outcome === 'faulted').length / all.length;
        expect(Math.abs(failed(twice) - failed(events))).toBeLessThanOrEqual(0.08);
        const isOut = (all: readonly ObservedAttempts[]) => judgeAlone(all).health.circuit.kind === 'open';
        if (isOut(twice) !== isOut(events)) expect(failed(events) > 0.36 && failed(events) < 0.54).toBe(true);
        if (failed(events) < 0.02) expect(judgeAlone(twice).share).toBe(1);
      }),
      { numRuns: 150 },
    );
  });

  it('that is given again at the same time changes nothing, orders nothing', () => {
    const circuit = fc.constantFrom(undefined, circuits.open(), circuits.misconfigured(), circuits.degraded(), circuits.halfOpen());
    fc.assert(
      fc.property(some, circuit, fc.integer({ min: 20, max: 600 }), (all, given, seconds) => {
        const now = START + seconds * 1_000;
        const first = judgeAlone(all, makeHealth(given && { circuit: given, evidenceFrom: START }), now);
        // What is closed only now is judged by the rules of a closed target next.
        if (first.health.circuit.kind === 'closed' && given) return;
        const again = judgeAlone(all, first.health, now);
        expect(again.health).toEqual(first.health);
        expect({ probes: again.probes, recovery: again.recovery }).toEqual({ probes: undefined, recovery: undefined });
      }),
      { numRuns: 500 },
    );
  });

  it('is not changed by what callers did wrong', () => {
    const callers = observedArbitrary({ outcomes: ['refused', 'too-long', 'rejected', 'cancelled', 'model-error'] });
    const ofCallers = fc.array(callers, { maxLength: 20 }).map((all) => all.filter((one) => healthClass(one) === 'nothing'));
    fc.assert(
      fc.property(some, ofCallers, (all, wrong) => {
        expect(judgeAlone([...all, ...wrong])).toEqual(judgeAlone(all));
      }),
    );
  });

  it('on health is not changed by calls that we make wrongly: at most, the target is not called', () => {
    const healthy = observedArbitrary({ outcomes: OutcomeKind.options.filter((outcome) => outcome !== 'misconfigured') });
    fc.assert(
      fc.property(fc.array(healthy, { maxLength: 30 }), fc.integer({ min: 1, max: 500 }), (all, count) => {
        const refused = judgeAlone([...all, observe({ outcome: 'misconfigured', count, at: START + 60_000 })]);
        const plain = judgeAlone(all);
        if (refused.health.circuit.kind === 'misconfigured')
          expect(refused.health).toMatchObject({ relapses: 0, throttle: plain.health.throttle });
        else expect(refused).toEqual(plain);
      }),
    );
  });

  it('gives no more share for more failures, nor for more throttles', () => {
    const counts = fc.integer({ min: 0, max: 60 });
    const spread = (outcome: OutcomeKind, count: number) =>
      count === 0 ? [] : Array.from({ length: 16 }, (_, tenantSlot) => observe({ outcome, count, tenantSlot, at: START + 60_000 }));
    fc.assert(
      fc.property(
        counts,
        counts,
        counts,
        fc.constantFrom<OutcomeKind[]>('faulted', 'timed-out', 'throttled', 'not-ready'),
        (answered, failed, more, outcome) => {
          const share = (bad: number) => judgeAlone([...spread('succeeded', answered), ...spread(outcome, bad)]).share;
          expect(share(failed + more)).toBeLessThanOrEqual(share(failed));
        },
      ),
    );
  });

  it('of throttling alone never takes a target out', () => {
    const calls = fc.array(observedArbitrary({ outcomes: ['throttled', 'succeeded'] }), { maxLength: 30 });
    fc.assert(
      fc.property(calls, (all) => {
        const { share, health } = judgeAlone(all.map((one) => ({ ...one, slow: false })));
        expect(health.circuit.kind).toBe('closed');
        expect(share).toBeGreaterThanOrEqual(0.05);
      }),
    );
  });

  it('of one tenant’s ambiguous failures never moves the target, while another’s are answered', () => {
    const failures = observedArbitrary({ outcomes: ['model-error', 'timed-out', 'malformed'] });
    fc.assert(
      fc.property(fc.array(failures, { minLength: 1, maxLength: 20 }), fc.integer({ min: 8, max: 200 }), (failed, answered) => {
        const poison = failed.map(({ originalStatus: _, ...one }) => ({ ...one, tenantSlot: 9, slow: false }));
        const well = [...new Set(poison.map(({ bucketStart }) => bucketStart))].map((at) =>
          observe({ at, count: answered, tenantSlot: 2 }),
        );
        const { share, probes } = judgeAlone([...poison, ...well]);
        expect({ share, probes }).toEqual({ share: 1, probes: undefined });
      }),
    );
  });
});
