import type { OutcomeKind } from '@signalbox/contracts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { evaluateFleet, restoreFleet, toOverlay } from './health/index.ts';
import { observe } from './health/testing/make-buckets.ts';
import { makeRandom } from './health/testing/make-random.ts';
import { createHoldTarget } from './hold-target.ts';
import { loadCase } from './judge-fleet.ts';
import { createKeepJudged } from './keep-judged.ts';
import type { ProbeTask } from './probe-task.ts';
import { createRecordProbeResult } from './record-probe-result.ts';
import { makeWorld } from './testing/make-world.ts';

const OUTCOMES = ['succeeded', 'faulted', 'throttled', 'timed-out', 'misconfigured', 'rejected'] as const satisfies OutcomeKind[];

const step = fc.record({
  what: fc.constantFrom('count', 'at-once', 'tick', 'probe', 'stale-probe', 'hold', 'release'),
  target: fc.constantFrom('a', 'b'),
  outcome: fc.constantFrom(...OUTCOMES),
  afterMs: fc.integer({ min: 0, max: 20_000 }),
  /** Whether the next step begins before this one has ended. */
  isOvertaken: fc.boolean(),
});
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

/** A controller of which any access to a table, the bus or Step Functions may fail or be overtaken. */
function makeController(seed: number, failing: number) {
  const { world, ports, judge, observe: count } = makeWorld();
  const random = makeRandom(seed);
  const overlays: { seq: number; fleetVersion: number }[] = [];
  const versions: number[] = [];
  const state = { failing };
  world.before = async () => {
    // A few turns of the event loop, by which steps overtake each other.
    for (let turns = Math.floor(random() * 4); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
    if (random() < state.failing) throw new Error('away');
  };
  const { write: writeOverlay } = ports.overlay;
  ports.overlay.write = async (next, previous) => {
    const result = await writeOverlay(next, previous);
    if (result === 'written') overlays.push({ seq: next.overlay.seq, fleetVersion: next.fleetVersion });
    return result;
  };
  const { write: writeFleet } = ports.fleet;
  ports.fleet.write = async (next, previous) => {
    const result = await writeFleet(next, previous);
    if (result === 'written') versions.push(next.version);
    return result;
  };
  const keepJudged = createKeepJudged({ ...ports, judge });
  const record = createRecordProbeResult({ ...ports, judge });
  const hold = createHoldTarget({ ...ports, judge: () => judge({ isForced: true }) });

  async function run({ what, target, outcome }: Step): Promise<unknown> {
    const command = { target, reason: 'for a test', author: 'ann' };
    const latest = world.executions.map(({ input }) => input as ProbeTask).findLast(({ id }) => id === target);
    const result = { kind: 'probed', outcome, slow: false, startedAt: world.now, latencyMs: 200 } as const;
    switch (what) {
      case 'count':
        return count(observe({ target, outcome, at: world.now, count: 5 }));
      case 'at-once':
        return keepJudged.atOnce();
      case 'tick':
        return keepJudged.tick();
      case 'probe':
        return latest && record(latest, result);
      case 'stale-probe':
        return record(
          {
            purpose: 'recovery',
            key: `${target}@d0`,
            id: target,
            seq: 1,
            run: 1,
            probeAt: new Date(world.now).toISOString(),
            probesLeft: 9,
          },
          result,
        );
      case 'hold':
        return hold({ ...command, action: outcome === 'succeeded' ? 'restore' : 'eject', until: world.now + 60_000 });
      case 'release':
        return hold({ ...command, action: 'release' });
    }
  }
  return { world, ports, judge, run, state, overlays, versions };
}

it('whatever fails and whoever overtakes whom, sequences only grow, and one judgement later the overlay says what is known', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.nat(), fc.constantFrom(0, 0.1, 0.3), async (steps, seed, failing) => {
      const controller = makeController(seed, failing);
      const { world, ports, state, overlays, versions } = controller;
      let running: Promise<unknown>[] = [];
      for (const one of steps) {
        world.now += one.afterMs;
        running.push(controller.run(one).catch((error: unknown) => expect(String(error)).toMatch(/away|failed|written by others/)));
        if (one.isOvertaken) continue;
        await Promise.all(running);
        running = [];
      }
      await Promise.all(running);

      for (const [index, { seq, fleetVersion }] of overlays.entries()) {
        if (index > 0) expect(seq).toBe((overlays[index - 1]?.seq ?? 0) + 1);
        expect(fleetVersion).toBeGreaterThanOrEqual(overlays[index - 1]?.fleetVersion ?? 0);
      }
      expect(versions).toEqual([...new Set(versions)].sort((one, other) => one - other));

      state.failing = 0;
      world.now += 2_000;
      await controller.judge();
      const known = await loadCase(ports);
      const expected = toOverlay({ evaluation: evaluateFleet({ ...known, random: () => 0.5 }), seq: 0, now: world.now });
      const written = world.overlay?.overlay;
      for (const key of ['a@d0', 'b@d0']) expect(written?.targets[key]?.share ?? 1).toBe(expected.targets[key]?.share ?? 1);
      expect(written?.panic ?? []).toEqual(expected.panic);
      expect(restoreFleet(world.fleet?.text).problems).toEqual([]);
    }),
    { numRuns: 150 },
  );
});
