import { RoutingOverlayChanged, TargetEjected } from '@signalbox/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import { restoreFleet } from './health/index.ts';
import { observe } from './health/testing/make-buckets.ts';
import { makeWorld, told } from './testing/make-world.ts';

const down = (target: string, at: number) => observe({ target, at, outcome: 'faulted', count: 10, tenantSlot: 1 });
const well = (target: string, at: number) => observe({ target, at, count: 10 });

let fixture: ReturnType<typeof makeWorld>;
const kinds = () =>
  Object.fromEntries(
    Object.entries(restoreFleet(fixture.world.fleet?.text).fleet.targets).map(([key, { circuit }]) => [key, circuit.kind]),
  );

beforeEach(() => {
  fixture = makeWorld();
});

describe('a judgement of a fleet of which one target fails', () => {
  beforeEach(async () => {
    await fixture.observe(down('a', fixture.world.now), well('b', fixture.world.now));
    await fixture.judge();
  });

  it('is saved, takes its traffic, orders its recovery and tells all of it', () => {
    const { world } = fixture;
    expect(kinds()).toEqual({ 'a@d0': 'open', 'b@d0': 'closed' });
    expect(world.overlay?.overlay?.targets).toMatchObject({
      'a@d0': { state: 'open', share: 0, reason: expect.stringMatching(/^ejected: /) },
    });
    expect(world.executions).toEqual([
      {
        name: expect.stringMatching(/^recovery-[0-9a-f]{40}$/),
        input: expect.objectContaining({ purpose: 'recovery', key: 'a@d0', id: 'a', run: 1, probesLeft: 50 }),
      },
    ]);
    expect(told(world).sort()).toEqual(['RoutingOverlayChanged', 'TargetEjected']);
    for (const { detailType, detail } of world.events)
      expect((detailType === 'TargetEjected' ? TargetEjected : RoutingOverlayChanged).parse(detail)).toEqual(detail);
    expect(Object.fromEntries(world.metrics)).toMatchObject({
      HealthJudgements: 1,
      TargetsOpen: 1,
      RoutesInPanic: 0,
      TargetsMisconfigured: 0,
    });
  });

  it('is not made again by the next one, which has nothing new to say', async () => {
    const { world } = fixture;
    const [version, seq] = [world.fleet?.version, world.overlay?.seq];
    await fixture.judge();
    expect([world.fleet?.version, world.overlay?.seq]).toEqual([version, seq]);
    expect(world.executions).toHaveLength(1);
    expect(world.events).toHaveLength(2);
  });

  it('has its recovery started anew when nobody is heard of', async () => {
    fixture.world.now += 200_000;
    await fixture.judge();
    expect(fixture.world.executions.map(({ input }) => (input as { run: number }).run)).toEqual([1, 2]);
    expect(new Set(fixture.world.executions.map(({ name }) => name)).size).toBe(2);
  });
});

describe('two that judge at once', () => {
  it('do not undo each other: the second loads and judges again, and only one acts', async () => {
    const { world, observe: count, judge } = fixture;
    await count(down('a', world.now), well('b', world.now));
    let isFirst = true;
    world.before = async (access) => {
      if (access !== 'write fleet' || !isFirst) return;
      isFirst = false;
      await judge();
    };
    await judge();
    expect(kinds()).toEqual({ 'a@d0': 'open', 'b@d0': 'closed' });
    expect(world.executions).toHaveLength(1);
    expect(told(world).sort()).toEqual(['RoutingOverlayChanged', 'TargetEjected']);
  });

  it('leave no overlay of the older states, also where the newer judge found nothing to say', async () => {
    const { world, observe: count, judge } = fixture;
    await count(down('a', world.now), well('b', world.now));
    let isFirst = true;
    world.before = async (access) => {
      if (access !== 'write overlay' || !isFirst) return;
      isFirst = false;
      // Another one that sees `a` well again, before the overlay says that it is out.
      const { fleet } = restoreFleet(world.fleet?.text);
      const closed = {
        ...fleet.targets['a@d0'],
        evidenceFrom: world.now + 1,
        circuit: { kind: 'closed', since: world.now, reason: 'well' },
      };
      world.fleet = { text: JSON.stringify({ targets: { ...fleet.targets, 'a@d0': closed } }), version: (world.fleet?.version ?? 0) + 1 };
    };
    await judge();
    expect(world.overlay?.overlay?.targets).toEqual({});
  });

  it('say so when it never ends', async () => {
    const { world, observe: count, judge } = fixture;
    await count(down('a', world.now));
    world.before = async (access) => {
      if (access === 'write fleet') world.fleet = { text: '{"targets":{}}', version: (world.fleet?.version ?? 0) + 1 };
    };
    await expect(judge()).rejects.toThrow(/written by others 8 times/);
    expect([world.overlay, world.executions, world.events]).toEqual([undefined, [], []]);
  });
});

describe('saved states', () => {
  it('that cannot be read start anew, are told, and are written over', async () => {
    fixture.world.fleet = { text: '{', version: 7 };
    await fixture.observe(well('a', fixture.world.now));
    await fixture.judge();
    expect(fixture.world.notes).toContainEqual({
      level: 'error',
      message: 'Saved health starts anew',
      detail: { problem: 'the saved health of the fleet could not be read' },
    });
    expect(kinds()).toEqual({ 'a@d0': 'closed' });
  });

  it('have a version that is never lower than the time, so that one after a loss is newer than all before', async () => {
    await fixture.observe(well('a', fixture.world.now));
    await fixture.judge();
    expect(fixture.world.fleet?.version).toBe(fixture.world.now);
    Object.assign(fixture.world, { fleet: undefined });
    fixture.world.now += 1;
    await fixture.judge();
    expect(fixture.world.fleet?.version).toBe(fixture.world.now);
  });

  it('are written by force also where nothing changed', async () => {
    await fixture.observe(well('a', fixture.world.now));
    await fixture.judge();
    const before = structuredClone(fixture.world.fleet);
    await fixture.judge();
    expect(fixture.world.fleet).toEqual(before);
    await fixture.judge({ isForced: true });
    expect(fixture.world.fleet).toEqual({ text: before?.text, version: (before?.version ?? 0) + 1 });
  });
});

describe('what follows from a judgement', () => {
  it.each(['write overlay', 'start execution', 'publish TargetEjected'])(
    'is done but for what fails (%s), and that is thrown',
    async (failing) => {
      const { world, observe: count, judge } = fixture;
      await count(down('a', world.now), well('b', world.now));
      world.before = async (access) => {
        if (access === failing) throw new Error(`cannot ${failing}`);
      };
      await expect(judge()).rejects.toThrow(`cannot ${failing}`);
      const done = {
        'write overlay': world.overlaysWritten.length,
        'start execution': world.executions.length,
        'publish TargetEjected': Number(told(world).includes('TargetEjected')),
      };
      expect(done).toEqual({ 'write overlay': 1, 'start execution': 1, 'publish TargetEjected': 1, [failing]: 0 });
    },
  );

  it('names all that fails', async () => {
    const { world, observe: count, judge } = fixture;
    await count(down('a', world.now), well('b', world.now));
    world.before = async (access) => {
      if (/^(start|publish)/.test(access)) throw new Error(`cannot ${access}.`);
    };
    await expect(judge()).rejects.toThrow(/^3 of 3 failed: .*cannot start execution\..*cannot publish TargetEjected\./);
  });
});

it('of a fleet without a table judges nothing', async () => {
  const { ports, world } = fixture;
  const { createJudge } = await import('./create-judge.ts');
  const judge = createJudge({ ...ports, readTable: () => Promise.reject(new Error('no table')) });
  await expect(judge()).rejects.toThrow('no table');
  expect([world.fleet, world.overlay]).toEqual([undefined, undefined]);
});

it('orders probes where traffic is too little to judge by', async () => {
  const { world, observe: count, judge } = fixture;
  await count(observe({ target: 'a', at: world.now, outcome: 'faulted' }));
  await judge();
  expect(world.executions).toEqual([
    {
      name: expect.stringMatching(/^evidence-/),
      input: { purpose: 'evidence', key: 'a@d0', id: 'a', probeAt: new Date(world.now).toISOString(), probesLeft: 3, gapMs: 3_000 },
    },
  ]);
});
