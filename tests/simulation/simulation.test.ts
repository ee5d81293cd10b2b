import type { RoutingOverlay } from '@signalbox/contracts';
import { type Counters, emptyCounters } from '@signalbox/controller/health';
import { UnavailableError } from '@signalbox/runtime/errors';
import { describe, expect, it } from 'vitest';
import { createExecutions } from './executions.ts';
import { makeFleetTable, TARGET_IDS } from './fleet-table.ts';
import { forgeEvents } from './forge-events.ts';
import { checkGoals } from './goals.ts';
import { checkOverlay, checkStates, type Truth } from './invariants.ts';
import { quantile } from './measure.ts';
import { mediansOf } from './medians.ts';
import { createObservationsQueue } from './observations-queue.ts';
import { randomStream } from './random.ts';
import { runMany } from './run-many.ts';
import { findScenario, SCENARIOS, type Scenario } from './scenarios.ts';
import { simulate } from './simulate.ts';
import { faultsOf, makeSwarm, readFaults, shrinkFaults } from './swarm.ts';
import { toMarkdown } from './to-markdown.ts';
import { createVirtualTime, type VirtualTime } from './virtual-time.ts';
import { createWeather, type Spell } from './weather.ts';

/** An outage of a minute in a small fleet: half a second to play. */
const SMALL: Scenario = {
  ...findScenario('S1'),
  requestsPerSecond: 30,
  processes: 45,
  seconds: 200,
  spells: [{ targets: ['t0'], from: 30, to: 90, trouble: { kind: 'outage' } }],
};

const throwIt = (what: unknown) => {
  throw what;
};
const isMoreThanNone = (count: number) => count > 0;

describe('a run', () => {
  it('is the same for the same seed, to the last digit, and another for another', async () => {
    const short = { ...SMALL, seconds: 45 };
    const first = await simulate(short, 7);
    expect(await simulate(short, 7)).toEqual(first);
    expect((await simulate(short, 8)).measures).not.toEqual(first.measures);
  });

  it('sees an outage left behind within 15 s, nothing lost, and the target back', async () => {
    const { measures, story, ended, counts } = await simulate(SMALL, 1);
    expect(measures.detect).toBeLessThanOrEqual(15);
    expect(measures.recover).toBeLessThanOrEqual(90);
    expect(measures).toMatchObject({ lost: 0, late: 0 });
    expect(measures.exposure).toBeLessThan(25);
    expect(ended).toEqual({ answered: counts.requests });
    const states = story.filter(({ target }) => target === 't0').map(({ state }) => state);
    expect(states).toEqual(expect.arrayContaining(['open', 'half-open', 'closed']));
    expect(story.filter(({ target }) => target !== 't0')).toEqual([]);
  });

  it('says of a broken invariant where it was and how to see it again', async () => {
    await expect(simulate({ ...SMALL, id: 'S1', processes: 0, seconds: 2 }, 3)).rejects.toThrow(
      /^S1, seed 3, at .*requests came, 0 ended.*Again: npm run simulate -- --scenario S1 --seed 3$/,
    );
  });

  it('lets what one tenant does wrong change no target', async () => {
    const spells: Spell[] = [{ targets: TARGET_IDS, from: 20, to: 80, tenant: 'loud', trouble: { kind: 'refusals' } }];
    const scenario = { ...SMALL, loudTenant: { name: 'loud', share: 0.6 }, seconds: 100, spells, faulty: [] };
    const { story, ended } = await simulate(scenario, 1);
    expect(ended.invalid).toBeGreaterThan(500);
    expect(story).toEqual([]);
  });
});

describe('many runs', () => {
  it('follow one another on a thread, each as it would be alone; what cannot be played is told, and the others go on', async () => {
    const told: number[] = [];
    const failures: string[] = [];
    const jobs = ['S8', 'nope', 'S8'].map((scenario, index) => ({ scenario, seed: 2 + index }));
    const onFailure = (error: unknown) => failures.push(String(error));
    const runs = await runMany(jobs, { threads: 1, onRun: ({ seed }) => told.push(seed), onFailure });
    expect(told).toEqual([2, 4]);
    expect(runs[1]).toEqual(await simulate(findScenario('S8'), 4));
    expect(failures).toEqual([expect.stringContaining('There is no scenario nope; there are S1, S2')]);
  }, 60_000);

  it('begin none after their time is over', async () => {
    const jobs = [{ scenario: 'S8', seed: 2 }];
    expect(await runMany(jobs, { threads: 1, endsAt: 0, onRun: throwIt, onFailure: throwIt })).toEqual([]);
  });
});

describe('virtual time', () => {
  it('goes from timer to timer in their order, and lets what each woke come to rest', async () => {
    const time = createVirtualTime(1_000);
    const seen: string[] = [];
    const walk = async (name: string, step: number) => {
      for (let count = 0; count < 2; count++) {
        await time.sleep(step);
        seen.push(`${name} ${time.now()}`);
      }
    };
    time.spawn(walk('slow', 30));
    time.spawn(walk('fast', 10));
    time.at(1_010, () => seen.push(`timer ${time.now()}`));
    await time.runUntil(1_050);
    expect(seen).toEqual(['fast 1010', 'timer 1010', 'fast 1020', 'slow 1030']);
    expect(time.now()).toBe(1_050);
  });

  it('fails with the work that it carries', async () => {
    const time = createVirtualTime(0);
    time.spawn(time.sleep(5).then(() => Promise.reject(new Error('broken'))));
    await expect(time.runUntil(10)).rejects.toThrow('broken');
  });
});

describe('the weather', () => {
  const call = { target: 't0', second: 5, tenant: 'a', totalMs: 15_000, isProbe: false } as const;
  const rates = (spell: Spell, more: Partial<Parameters<ReturnType<typeof createWeather>>[0]> = {}) => {
    const weather = createWeather({ spells: [spell], requestsPerSecond: 1e6, random: randomStream(1, 'test') });
    const replies = Array.from({ length: 4_000 }, () => weather({ ...call, ...more }));
    return (outcome: string) => replies.filter(({ reply }) => reply.outcome === outcome).length / replies.length;
  };

  it('is bad for the targets, the time and the tenant of a spell, and for nobody else', () => {
    const spell: Spell = { targets: ['t0'], from: 0, to: 10, tenant: 'a', trouble: { kind: 'errors', share: 0.3 } };
    expect(rates(spell)('faulted')).toBeCloseTo(0.3, 1);
    for (const other of [{ target: 't1' }, { tenant: 'b' }, { second: 10 }] as const)
      expect(rates(spell, other)('faulted')).toBeLessThan(0.02);
  });

  it('lets a fifth of the calls of an outage hang until their time is over', () => {
    const spell: Spell = { targets: ['t0'], from: 0, to: 10, trouble: { kind: 'outage' } };
    expect(rates(spell)('timed-out')).toBeCloseTo(0.2, 1);
    expect(rates(spell)('faulted')).toBeCloseTo(0.8, 1);
    expect(rates(spell)('succeeded')).toBe(0);
  });

  it('refuses what is over a quota, after a burst of a few seconds', () => {
    const weather = createWeather({ spells: [], requestsPerSecond: 20, random: randomStream(1, 'test') });
    const outcomes = Array.from({ length: 800 }, (_, index) => weather({ ...call, second: index / 40 }).reply.outcome);
    // 20 a second and 100 at once, asked for 40 a second over 20 s.
    expect(outcomes.filter((outcome) => outcome === 'throttled').length).toBeCloseTo(300, -1);
  });
});

describe('invariants', () => {
  const table = makeFleetTable();
  const health = (kind: string, seq = 1) => ({ seq, circuit: { kind } });
  const states = (of: object) => ({ targets: { 't0@d0': of } }) as never;
  const counted = (counts: Partial<Counters> = {}) => [{ bucketStart: 0, counters: { ...emptyCounters(), ...counts } }];
  const checkTurn = (from: object, to: object, told: Partial<Counters>, truth?: Truth) =>
    checkStates({ previous: states(from), current: states(to), counted: () => counted(told), truth: truth && (() => truth) });

  it.each([
    ['an ejection out of nothing', 'open', {}, undefined, /ejected after 0 failures/],
    ['an ejection for throttles and refused calls', 'open', { throttles: 90, misconfigured: 90 }, undefined, /ejected after 0 failures/],
    [
      'an ejection for failures that were told thrice',
      'open',
      { faults: 3 },
      { failures: 1, slow: 0, misconfigured: 0 },
      /after 1 failures/,
    ],
    ['less traffic out of nothing', 'degraded', { faults: 1 }, undefined, /degraded after 1 failures and 0 slow calls/],
    ['a misconfiguration that never was', 'misconfigured', {}, { failures: 9, slow: 9, misconfigured: 0 }, /never was/],
  ] as const)('refuse %s', (_name, kind, told, truth, message) => {
    expect(() => checkTurn(health('closed'), health(kind), told, truth)).toThrow(message);
  });

  it('refuse a state that goes back', () => {
    expect(() => checkTurn(health('open', 2), health('open', 1), { faults: 9 })).toThrow('went back from seq 2 to 1');
  });

  it('pass what is well', () => {
    expect(() => checkTurn(health('closed'), health('open'), { faults: 3 }, { failures: 3, slow: 0, misconfigured: 0 })).not.toThrow();
    expect(() => checkTurn(health('closed'), health('degraded'), { slow: 3 })).not.toThrow();
  });

  const entry = (share: number) => ({ state: 'degraded' as const, share, reason: 'test', since: 0 });
  const overlay = (shares: Record<string, number> = {}, more: Partial<RoutingOverlay> = {}): RoutingOverlay => ({
    schemaVersion: '1.0',
    seq: 2,
    publishedAt: 5_000,
    targets: Object.fromEntries(Object.entries(shares).map(([id, share]) => [`${id}@d0`, entry(share)])),
    panic: [],
    ...more,
  });
  const before = { next: overlay({}, { seq: 1, publishedAt: 4_000 }), fleetVersion: 7 };

  it.each([
    ['a share above 1', overlay({ t0: 1.1 }), 7, /schema/],
    ['a share that is no number', overlay({ t0: Number.NaN }), 7, /schema/],
    ['a sequence that is none', overlay({}, { seq: -1 }), 7, /schema/],
    ['a tier without anybody', overlay({ t2: 0, t3: 0 }), 7, /all targets of a tier of default are out: t2, t3/],
    ['the fallbacks without anybody', overlay({ t4: 0 }), 7, /are out: t4/],
    ['one that comes too soon', overlay({}, { publishedAt: 4_900 }), 7, /900 ms apart/],
    ['one that leaves a number out', overlay({}, { seq: 3 }), 7, /overlay 3 was written over 1/],
    ['one of an older judgement', overlay(), 6, /version 6 was written over that of 7/],
  ])('refuse %s', (_name, next, fleetVersion, message) => {
    expect(() => checkOverlay({ next, fleetVersion }, before, table)).toThrow(message);
  });

  it('pass an overlay that is well', () => {
    expect(() => checkOverlay({ next: overlay({ t0: 0, t2: 0, t3: 0.005 }), fleetVersion: 7 }, before, table)).not.toThrow();
  });
});

describe('the controller’s surroundings', () => {
  const settled = async (time: VirtualTime, milliseconds: number) => time.runUntil(time.now() + milliseconds);

  it('give a batch back after a minute when its container dies, to another container', async () => {
    const time = createVirtualTime(0);
    const seen: string[] = [];
    let containers = 0;
    const queue = createObservationsQueue({
      time,
      isAway: () => false,
      startContainer: (onDeath) => {
        const name = `c${containers++}`;
        return async (messages) => {
          seen.push(`${name} ${time.now()} ${messages.map(({ body }) => body).join(' ')}`);
          if (name !== 'c0') return new Set();
          onDeath();
          return new Promise(() => undefined);
        };
      },
    });
    queue.send({ body: 'a' });
    queue.send({ body: 'b' });
    await settled(time, 120_000);
    expect(seen).toEqual(['c0 100 a b', 'c1 60200 a b']);
    expect(queue.counts).toEqual({ crashes: 1, deadLetters: 0, mostObservationsWaiting: 2 });
  });

  it('take a message that never succeeds out after twelve receives', async () => {
    const time = createVirtualTime(0);
    let receives = 0;
    const queue = createObservationsQueue({
      time,
      isAway: () => false,
      startContainer: () => async (messages) => {
        receives++;
        return new Set(messages.map(({ messageId }) => messageId));
      },
    });
    queue.send({ body: 'never' });
    await settled(time, 3_600_000);
    expect([receives, queue.counts.deadLetters]).toEqual([12, 1]);
  });

  it('start an execution once by its name, and try a record that fails again', async () => {
    const time = createVirtualTime(0);
    const recordedAt: number[] = [];
    const executions = createExecutions({
      time,
      random: () => 0.5,
      killed: 0,
      probe: async () => ({ kind: 'skipped' }),
      record: async () => {
        recordedAt.push(time.now());
        if (recordedAt.length < 3) throw new UnavailableError({ message: 'throttled' });
        return { next: 'end', result: 'done' };
      },
    });
    const order = { name: 'one', input: { probeAt: new Date(5_000).toISOString() } };
    expect([await executions.start(order), await executions.start(order)]).toEqual(['started', 'exists']);
    await settled(time, 60_000);
    expect(recordedAt).toEqual([5_000, 7_000, 11_000]);
  });

  it('flood the bus with what is no event of ours, each ten times', async () => {
    const time = createVirtualTime(0);
    const bodies: string[] = [];
    const flood = { from: 1, to: 11, perSecond: 500 };
    forgeEvents({ time, start: 0, flood, table: makeFleetTable(), random: randomStream(1, 'test'), send: (body) => bodies.push(body) });
    await settled(time, 20_000);
    expect(bodies.length / 5_000).toBeCloseTo(1, 0);
    expect(new Set(bodies).size).toBeLessThanOrEqual(bodies.length / 10);
  });
});

describe('the swarm', () => {
  it('turns on for a seed the same faults each time, and to leave one out changes none of the others', () => {
    expect(faultsOf(5)).toEqual(faultsOf(5));
    expect(new Set(Array.from({ length: 30 }, (_, seed) => faultsOf(seed).join())).size).toBeGreaterThan(25);
    const [outage, skew] = [makeSwarm(5, ['outage', 'wrong-clocks']), makeSwarm(5, ['wrong-clocks'])];
    expect(outage.skewSeconds).toBe(skew.skewSeconds);
    expect(makeSwarm(6, ['wrong-clocks']).skewSeconds).not.toBe(skew.skewSeconds);
  });

  it('keeps the invariants with everything wrong at once', async () => {
    const faults = readFaults('outage-of-three,errors,repeated-events,late-events,store-errors,lost-turns,consumer-crashes,worker-crashes');
    const { ended, counts } = await simulate({ ...makeSwarm(3, faults), seconds: 90, endsWell: false }, 3);
    expect(Object.values(ended).reduce((sum, one) => sum + one, 0)).toBe(counts.requests);
    expect(counts).toMatchObject({ failedJudgements: expect.toSatisfy(isMoreThanNone), crashes: expect.toSatisfy(isMoreThanNone) });
  }, 60_000);

  it.each([1006, 1010])(
    'ejects nobody by failures that were counted twice, as seed %i once did by a single one',
    async (seed) => {
      const faults = readFaults('ambiguous,poison,store-errors,killed-recoveries,worker-crashes');
      const { counts } = await simulate({ ...makeSwarm(seed, faults), seconds: 110, endsWell: false }, seed);
      expect(counts.failedJudgements).toBeGreaterThan(0);
    },
    60_000,
  );

  it('finds the faults that a failure takes', async () => {
    const isFailing = async (faults: readonly string[]) => faults.includes('slow') && faults.includes('silent-bus');
    expect(await shrinkFaults(['outage', 'slow', 'errors', 'silent-bus', 'lost-turns'], isFailing)).toEqual(['slow', 'silent-bus']);
  });

  it('refuses a fault that there is not, by its name', () => {
    expect(() => readFaults('outage,rain')).toThrow('There is no fault rain; there are outage,');
  });
});

describe('the figures', () => {
  it('are quantiles and medians; a figure that most runs lack is lacking', () => {
    expect(quantile([3, 1, 2], 0.5)).toBe(2);
    const run = (detect: number | undefined) => ({ scenario: 'S1', measures: { detect, p99: 4 } }) as never;
    expect(mediansOf([run(3), run(undefined), run(5)], ['S1'])).toMatchObject([{ seeds: 3, measures: { detect: 5, p99: 4 } }]);
    expect(mediansOf([run(3), run(undefined), run(undefined)], ['S1'])[0]?.measures.detect).toBeUndefined();
  });

  it('stand in one document, every scenario a row', () => {
    const measures = {
      p99: 4.5,
      exposure: 1,
      attemptsPerRequest: 1.01,
      detect: 8,
      recover: 50,
      flaps: 2,
      lost: 0,
      late: 0,
      simple: 0,
      falselyOut: 0,
      falselyOpened: 0,
      poisonMedian: undefined,
      poisonMost: 5,
    };
    const medians = SCENARIOS.map(({ id }) => ({ scenario: id, seeds: 5, measures }));
    const text = toMarkdown({ medians, verdicts: checkGoals(medians), seeds: '1-5', date: '2026-09-21' });
    expect(text).toContain('| S1 | seconds to detect | 8 | 2 | Envoy, 4 gateways |');
    for (const { id, title } of SCENARIOS) expect(text).toContain(`| ${id} ${title} |`);
    expect(text).toContain('| S9b | attempts of a request that fails everywhere, the most | 4 | **5** |');
    expect(text).toMatch(/\| S1 primary out for 5 min \| 17\.6 · 100 · 1\.43 \|.*\| 4\.5 · 1 · 1\.01 \| 4\.5 · 1 · 1\.01 \|/);
  });
});
