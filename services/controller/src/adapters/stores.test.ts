import { routingOverlay } from '@signalbox/contracts/samples';
import { UnavailableError } from '@signalbox/runtime/errors';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addCounters, type Counters, countAttempts, emptyCounters, type ManualHold } from '../health/index.ts';
import { observe, START } from '../health/testing/make-buckets.ts';
import { toWitnesses, UNKNOWN_WITNESSES } from '../health/witnesses.ts';
import { createCounterStore } from './counter-store.ts';
import { createFleetStore } from './fleet-store.ts';
import { createHoldStore } from './hold-store.ts';
import { createLeaseStore } from './lease-store.ts';
import { createOverlayStore } from './overlay-store.ts';
import { createProbeBudget } from './probe-budget.ts';
import { type HealthTables, startHealthTables } from './testing/start-health-tables.ts';

let dynamodb: HealthTables;
let tests = 0;
let key: string;

beforeAll(async () => {
  dynamodb = await startHealthTables();
});
afterAll(() => dynamodb.close());
beforeEach(() => {
  key = `target-${++tests}@d0`;
});

/** What observations add to a bucket. */
function countersOf(...observations: ReturnType<typeof observe>[]): Counters {
  const { changes } = countAttempts({ observations, now: START + 1_000, isKnown: () => true });
  const sum = emptyCounters();
  for (const { counters } of changes) addCounters(sum, counters);
  return sum;
}
const well = countersOf(observe({ count: 7, tenantSlot: 3, latenciesMs: [80, 900, 900, 200_000] }));
const bad = countersOf(
  observe({ outcome: 'timed-out', slow: true, count: 2, tenantSlot: 15 }),
  observe({ outcome: 'throttled', count: 4 }),
);

describe('the counters', () => {
  it('add up, in any order, and are read back as they were counted', async () => {
    const store = createCounterStore({ tableName: dynamodb.tables.counters });
    await Promise.all([well, bad, well].map((counters) => store.add({ key, bucketStart: START, counters })));
    const sum = emptyCounters();
    for (const counters of [well, bad, well]) addCounters(sum, counters);
    expect(await store.read([key], START)).toEqual(new Map([[key, [{ bucketStart: START, counters: sum }]]]));
  });

  it('are read from a time on, of the targets that are asked for', async () => {
    const store = createCounterStore({ tableName: dynamodb.tables.counters });
    for (const bucketStart of [START, START + 10_000, START + 20_000]) await store.add({ key, bucketStart, counters: well });
    await store.add({ key: `${key}-other`, bucketStart: START, counters: bad });
    const read = await store.read([key, 'nobody@d0'], START + 10_000);
    expect([...read].map(([name, buckets]) => [name, buckets.map(({ bucketStart }) => bucketStart)])).toEqual([
      [key, [START + 10_000, START + 20_000]],
    ]);
  });

  it('take every count that there is in one write', async () => {
    const full = emptyCounters();
    for (const name of ['attempts', 'faults', 'throttles', 'notReady', 'ambiguous', 'slow', 'misconfigured'] as const) full[name] = 1;
    full.latency = full.latency.map(() => 2);
    for (const slots of Object.values(full.slots)) slots.fill(3);
    for (const seconds of Object.values(full.seconds)) seconds.fill(4);
    full.witnesses = { failed: UNKNOWN_WITNESSES, slow: toWitnesses([0, 31]) };
    const store = createCounterStore({ tableName: dynamodb.tables.counters });
    await store.add({ key, bucketStart: START, counters: full });
    expect((await store.read([key], 0)).get(key)).toEqual([{ bucketStart: START, counters: full }]);
  });

  it('keep each witness once, however often a write is repeated', async () => {
    const store = createCounterStore({ tableName: dynamodb.tables.counters });
    const failed = (...slots: number[]) => ({ ...well, faults: 1, witnesses: { failed: toWitnesses(slots), slow: 0 } });
    for (const counters of [failed(3, 9), failed(3, 9), failed(9, 31)]) await store.add({ key, bucketStart: START, counters });
    const [bucket] = (await store.read([key], 0)).get(key) ?? [];
    expect([bucket?.counters.faults, bucket?.counters.witnesses.failed]).toEqual([3, toWitnesses([3, 9, 31])]);
  });

  it('expire an hour after their bucket, and nothing is written where nothing was counted', async () => {
    const store = createCounterStore({ tableName: dynamodb.tables.counters });
    await store.add({ key, bucketStart: START, counters: well });
    await store.add({ key, bucketStart: START + 10_000, counters: emptyCounters() });
    const own = (await dynamodb.items('counters')).filter(({ target }) => target === key);
    expect(own).toEqual([expect.objectContaining({ bucketStart: START, expiresAt: START / 1_000 + 3_600 })]);
  });
});

it('the states are written over those that were read, and over no others', async () => {
  const store = createFleetStore({ tableName: dynamodb.tables.health });
  expect(await store.read()).toBeUndefined();
  expect(await store.write({ text: 'one', version: 1 }, undefined)).toBe('written');
  expect(await store.write({ text: 'also first', version: 1 }, undefined)).toBe('conflict');
  expect(await store.write({ text: 'two', version: 2 }, 1)).toBe('written');
  expect(await store.write({ text: 'stale', version: 3 }, 1)).toBe('conflict');
  expect(await store.read()).toEqual({ text: 'two', version: 2 });
});

describe('a hold', () => {
  const hold: ManualHold = { target: 'nova-lite', share: 0, author: 'ann', reason: 'upgrade', since: START, until: START + 60_000 };

  it('is kept until a week after its end, and replaced only by who has seen it', async () => {
    const store = createHoldStore({ tableName: dynamodb.tables.health, onProblem: expect.unreachable });
    expect(await store.put(hold, undefined)).toBe('written');
    expect(await store.put({ ...hold, author: 'bob' }, undefined)).toBe('conflict');
    expect(await store.list()).toEqual([hold]);
    const next = { ...hold, share: 1, author: 'bob', since: START + 1 };
    expect(await store.put(next, hold)).toBe('written');
    expect(await store.put({ ...hold, since: START + 2 }, hold)).toBe('conflict');
    expect(await store.list()).toEqual([next]);
    expect(await dynamodb.items('health')).toContainEqual(
      expect.objectContaining({ kind: 'hold', expiresAt: (START + 60_000) / 1_000 + 604_800 }),
    );
  });

  it('that cannot be read is told, and keeps no other from being in force', async () => {
    const problems: string[] = [];
    await dynamodb.put('health', { kind: { S: 'hold' }, name: { S: 'broken' }, share: { N: '7' } });
    const holds = await createHoldStore({ tableName: dynamodb.tables.health, onProblem: (problem) => void problems.push(problem) }).list();
    expect(holds.map(({ target }) => target)).toEqual(['nova-lite']);
    expect(problems).toEqual([expect.stringMatching(/hold of broken.*Delete the item/)]);
  });
});

describe('the turn to judge', () => {
  it('is taken by one, again when its time is over, and by one who waits for the next', async () => {
    const store = createLeaseStore({ tableName: dynamodb.tables.health });
    const taken = await Promise.all([1, 2, 3].map(() => store.take({ now: START, until: START - 1_000 })));
    expect(taken.map(({ kind }) => kind).sort()).toEqual(['held', 'held', 'taken']);
    expect(await store.take({ now: START + 900, until: START - 100 })).toEqual({ kind: 'held', takenAt: START });
    expect(await store.follow({ after: START, at: START + 1_000 })).toBe('taken');
    expect(await store.follow({ after: START, at: START + 1_000 })).toBe('lost');
    expect(await store.take({ now: START + 1_900, until: START + 900 })).toEqual({ kind: 'held', takenAt: START + 1_000 });
    expect(await store.take({ now: START + 2_000, until: START + 1_000 })).toEqual({ kind: 'taken' });
  });

  it('that a wrong clock took far ahead is free', async () => {
    const store = createLeaseStore({ tableName: dynamodb.tables.health });
    await store.take({ now: START + 86_400_000, until: START + 86_399_000 });
    expect(await store.take({ now: START + 10_000, until: START + 9_000 })).toEqual({ kind: 'taken' });
  });
});

describe('the overlay', () => {
  const overlayOf = (seq: number) => ({ overlay: { ...routingOverlay, seq }, fleetVersion: seq * 10 });

  it('lies as processes read it: an id, its text, and its sequence beside it', async () => {
    const store = createOverlayStore({ tableName: dynamodb.tables.overlay });
    expect(await store.read()).toBeUndefined();
    expect(await store.write(overlayOf(5), undefined)).toBe('written');
    expect(await store.write(overlayOf(5), undefined)).toBe('conflict');
    expect(await dynamodb.items('overlay')).toEqual([
      { id: 'overlay#0', value: JSON.stringify(overlayOf(5).overlay), seq: 5, fleetVersion: 50 },
    ]);
    expect(await store.read()).toEqual({ seq: 5, fleetVersion: 50, overlay: overlayOf(5).overlay });
  });

  it('with a stale sequence is never written', async () => {
    const store = createOverlayStore({ tableName: dynamodb.tables.overlay });
    let standing = (await store.read())?.seq ?? 0;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: -3, max: 3 }), async (off) => {
        const result = await store.write(overlayOf(standing + off + 1), standing + off);
        expect(result).toBe(off === 0 ? 'written' : 'conflict');
        if (off === 0) standing += 1;
        expect((await store.read())?.seq).toBe(standing);
      }),
      { numRuns: 60 },
    );
  });

  it('that is none any more is read as such, with its sequence', async () => {
    await dynamodb.put('overlay', { id: { S: 'overlay#0' }, value: { S: '{' }, seq: { N: '900' } });
    const store = createOverlayStore({ tableName: dynamodb.tables.overlay });
    expect(await store.read()).toEqual({ seq: 900, fleetVersion: 0, overlay: undefined });
    expect(await store.write(overlayOf(901), 900)).toBe('written');
  });
});

it('probes are spent up to the number of an hour', async () => {
  let now = START;
  const spend = createProbeBudget({ tableName: dynamodb.tables.health, probesPerHour: 3, now: () => now });
  const spent = await Promise.all([1, 2, 3, 4, 5].map(spend));
  expect(spent.filter(Boolean)).toHaveLength(3);
  now += 3_600_000;
  expect(await spend()).toBe(true);
});

it('each says which table cannot be reached', async () => {
  const { ...working } = process.env;
  process.env.AWS_ENDPOINT_URL = 'http://127.0.0.1:1';
  try {
    const tableName = 'away';
    const calls = [
      createCounterStore({ tableName }).add({ key, bucketStart: START, counters: well }),
      createCounterStore({ tableName }).read([key], 0),
      createFleetStore({ tableName }).read(),
      createFleetStore({ tableName }).write({ text: '', version: 1 }, undefined),
      createHoldStore({ tableName, onProblem: expect.unreachable }).list(),
      createLeaseStore({ tableName }).take({ now: 1, until: 0 }),
      createOverlayStore({ tableName }).read(),
      createProbeBudget({ tableName, probesPerHour: 1 })(),
    ];
    for (const outcome of await Promise.allSettled(calls)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(UnavailableError) });
      expect((outcome as PromiseRejectedResult).reason.message).toMatch(/^The table away could not be reached/);
    }
  } finally {
    process.env.AWS_ENDPOINT_URL = working.AWS_ENDPOINT_URL;
  }
});
