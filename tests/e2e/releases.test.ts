import { connect, deployTable, followRelease, type Installation, listReleases, rollbackTable } from '@signalbox/client/releases';
import type { RoutingTable } from '@signalbox/contracts';
import { RoutingTableReleased, RoutingTableRolledBack } from '@signalbox/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BusListener, listenToBus } from './kit/bus-listener.ts';
import { readTableCopy, tableOf } from './kit/routing-tables.ts';
import { type RunningStack, startStack } from './kit/running-stack.ts';
import { createSimulator } from './kit/simulator.ts';

const [LITE, MICRO] = ['amazon.nova-lite-v1:0', 'amazon.nova-micro-v1:0'];

let running: RunningStack;
let bus: BusListener;
let installation: Installation;
let first: RoutingTable;
let tables: Record<'a' | 'b' | 'c', RoutingTable>;

beforeAll(async () => {
  // Twenty minutes of a staged release are a second and a half.
  running = await startStack({ args: ['--minute', '75ms'] });
  bus = await listenToBus(running.stack);
  installation = await connect({ stack: running.stack });
  first = await readTableCopy(running.stack);
  tables = {
    a: tableOf(first, { prefix: 'a', models: [LITE, MICRO] }),
    b: tableOf(first, { prefix: 'b', models: [MICRO, LITE] }),
    c: tableOf(first, { prefix: 'c', models: [MICRO] }),
  };
});
afterAll(() => running.stop());

const told = (detailType: string, number: number) =>
  bus.waitFor((event) => event.detailType === detailType && event.data.deploymentNumber === number);
const inForce = async () => (await listReleases(installation)).find((release) => release.isInForce)?.tableVersion;

describe('a release', () => {
  it('grows in steps to its end, is told on the bus, and its copy stands in S3', async () => {
    const percentages: number[] = [];
    const outcome = await deployTable(installation, {
      table: tables.a,
      description: 'lite first',
      onProgress: ({ percentage }) => percentages.push(percentage),
    });
    expect(outcome).toMatchObject({ kind: 'released', tableVersion: tables.a.version, previousTableVersion: first.version, notes: [] });
    expect(percentages).toEqual(percentages.toSorted((left, right) => left - right));
    expect(percentages[0]).toBeLessThan(100);
    expect(percentages.at(-1)).toBe(100);
    const [event] = await told('RoutingTableReleased', Number(outcome.number));
    const { data } = RoutingTableReleased.parse({ metadata: event?.metadata, data: event?.data });
    expect(data).toMatchObject({ stage: 'local', previous: { tableVersion: first.version }, current: { tableVersion: tables.a.version } });
    expect(data.description).toMatch(/^lite first \(by .+\)$/);
    expect((await readTableCopy(running.stack)).version).toBe(tables.a.version);
  });

  it('has nothing to do for the table that is in force', async () => {
    expect(await deployTable(installation, { table: tables.a })).toMatchObject({ kind: 'unchanged', tableVersion: tables.a.version });
  });

  it('is refused before anything is written when the table is not allowed, with everything wrong at once', async () => {
    const target = { ...Object.values(tables.c.targets)[0], model: 'a.b', region: 'eu-nowhere-1' } as RoutingTable['targets'][string];
    const table = { ...tables.c, schemaVersion: '1.2', targets: { [target.id]: target } };
    await expect(deployTable(installation, { table })).rejects.toMatchObject({
      kind: 'refused',
      problems: [
        expect.stringContaining('a.b is not one of AllowedModels'),
        expect.stringContaining('eu-nowhere-1'),
        expect.stringContaining('controller reads routing tables up to 1.1'),
        expect.stringContaining('gateway reads routing tables up to 1.1'),
        expect.stringContaining('inference reads routing tables up to 1.1'),
      ],
    });
  });

  it('is refused by the validator when the table is made by hand, and the next writer is not in its way', async () => {
    const table = { ...structuredClone(tables.c), version: 'by-hand' };
    table.routes.default?.fallbacks.push('nowhere', 'nothing');
    for (let count = 0; count < 2; count++) {
      await expect(deployTable(installation, { table })).rejects.toMatchObject({
        kind: 'refused',
        problems: [expect.stringContaining('"nowhere"'), expect.stringContaining('"nothing"')],
      });
    }
    expect(await inForce()).toBe(tables.a.version);
  });

  it('is a conflict when another table is in force than expected, or another has its version', async () => {
    await expect(deployTable(installation, { table: tables.b, expectVersion: first.version })).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringContaining(tables.a.version),
    });
    const changed = { ...tables.b, version: tables.a.version };
    await deployTable(installation, { table: tables.b, emergency: true });
    await expect(deployTable(installation, { table: changed })).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringContaining('hash'),
    });
  });

  it('blocks the next one, which may follow it, wait, or end it in an emergency', async () => {
    const started = await deployTable(installation, { table: tables.a, follow: false, description: 'mine' });
    expect(started.kind).toBe('under-way');
    await expect(deployTable(installation, { table: tables.c })).rejects.toMatchObject({
      kind: 'busy',
      message: expect.stringMatching(new RegExp(`number ${started.number}, ${tables.a.version}, mine .*--emergency`)),
    });
    const left = await followRelease(installation, { signal: AbortSignal.abort() });
    expect(left).toMatchObject({ kind: 'under-way', number: started.number });
    const urgent = await deployTable(installation, { table: tables.c, emergency: true });
    expect(urgent).toMatchObject({ kind: 'released', tableVersion: tables.c.version, previousTableVersion: tables.b.version });
    const [ended] = (await listReleases(installation)).filter(({ number }) => number === started.number);
    expect(ended).toMatchObject({ state: 'ROLLED_BACK', strategy: 'staged', rolledBackBecause: expect.stringContaining('by hand') });
  });

  it('is taken back: while it grows, after its end, or to a version that is named', async () => {
    const before = await inForce();
    const started = await deployTable(installation, { table: tables.a, follow: false });
    expect(await rollbackTable(installation)).toMatchObject({ kind: 'rolled-back', tableVersion: tables.a.version, inForce: before });
    const [stopped] = await told('RoutingTableRolledBack', Number(started.number));
    expect(RoutingTableRolledBack.parse({ metadata: stopped?.metadata, data: stopped?.data }).data).toMatchObject({
      previous: { tableVersion: tables.a.version },
      current: { tableVersion: before },
      reason: { kind: 'person' },
    });

    const released = await deployTable(installation, { table: tables.a, emergency: true });
    expect(await rollbackTable(installation)).toMatchObject({ kind: 'rolled-back', tableVersion: tables.a.version, inForce: before });
    await told('RoutingTableRolledBack', Number(released.number));
    expect(await inForce()).toBe(before);
    expect((await readTableCopy(running.stack)).version).toBe(before);

    const again = await rollbackTable(installation, { toVersion: tables.b.version.slice(0, 6) });
    expect(again).toMatchObject({ kind: 'released', tableVersion: tables.b.version });
    await expect(rollbackTable(installation, { toVersion: 'zzz' })).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('rolls back by itself when an alarm goes off, and says which', async () => {
    const before = await inForce();
    await setAlarm('PUT', JSON.stringify({ state: 'ALARM' }));
    const outcome = await deployTable(installation, { table: tables.a });
    await setAlarm('DELETE');
    expect(outcome).toMatchObject({
      kind: 'rolled-back',
      because: 'the alarm signalbox-local-first-attempts went off',
      inForce: before,
    });
    const [event] = await told('RoutingTableRolledBack', Number(outcome.number));
    expect(event?.data.reason).toMatchObject({ kind: 'alarm', detail: expect.stringContaining('signalbox-local-first-attempts') });
    expect((await readTableCopy(running.stack)).version).toBe(before);
  });
});

describe('two releases at once', () => {
  it('are one, and a word to the other about it', async () => {
    const tableOfRoute = (prefix: string) => tableOf(first, { prefix, models: [LITE] });
    const both = await Promise.allSettled(['x', 'y'].map((prefix) => deployTable(installation, { table: tableOfRoute(prefix) })));
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = both.find((result) => result.status === 'rejected');
    expect(refused?.reason).toMatchObject({ kind: expect.stringMatching(/^(conflict|busy)$/) });
  });
});

describe('the end of a release', () => {
  it.each([
    ['the bus is away', { service: 'events', operation: 'PutEvents', kind: 'error', times: 4 }],
    ['it is killed before the copy', { service: 's3', operation: 'PutObject', kind: 'kill-caller-before', times: 1 }],
    ['it is killed after the copy', { service: 's3', operation: 'PutObject', kind: 'kill-caller-after', times: 1 }],
    ['AppConfig does not answer it', { service: 'appconfig', kind: 'error', times: 6 }],
  ] as const)('is told once, and copied, though %s', async (_, fault) => {
    const simulator = createSimulator(running.stack);
    const table = tableOf(first, { prefix: `${fault.service}-${fault.kind}`, models: [LITE] });
    await simulator.breakAws(fault);
    // Left alone, so that the function alone writes the copy.
    const { number } = await deployTable(installation, { table, emergency: true, follow: false });
    const events = await told('RoutingTableReleased', Number(number));
    await simulator.healAws();
    expect(new Set(events.map(({ metadata }) => metadata.id)).size).toBe(1);
    expect((await readTableCopy(running.stack)).version).toBe(table.version);
  });
});

describe('the history', () => {
  it('lists every release, newest first, one of them in force', async () => {
    const releases = await listReleases(installation, { limit: 100 });
    expect(releases.map(({ number }) => number)).toEqual(releases.map((_, index) => releases.length - index));
    expect(releases.filter((release) => release.isInForce)).toHaveLength(1);
    expect(releases.at(-1)).toMatchObject({ number: 1, tableVersion: first.version, state: 'COMPLETE', strategy: 'other' });
    expect(releases.every(({ bytes = 0 }) => bytes > 500)).toBe(true);
  });
});

describe('the alarms of the templates', () => {
  it("are evaluated, but for those on AWS's own metrics", async () => {
    const reply = await fetch(`${running.stack.simulatorUrl}/alarms`);
    const { alarms } = (await reply.json()) as { alarms: { name: string; notEvaluated?: string }[] };
    const evaluated = alarms
      .filter(({ notEvaluated }) => notEvaluated === undefined)
      .map(({ name }) => name.replace('signalbox-local-', ''));
    expect(evaluated).toEqual(expect.arrayContaining(['failure-rate', 'first-attempts', 'slow-answers', 'waiting', 'deferred']));
    for (const { notEvaluated = "AWS's own metrics" } of alarms) expect(notEvaluated).toContain("AWS's own metrics");
  });
});

describe('connect', () => {
  it('says what is missing where there is no installation', async () => {
    const nowhere = { ...running.stack, eventBusName: 'signalbox-nowhere' };
    await expect(connect({ stack: nowhere })).rejects.toMatchObject({
      kind: 'not-installed',
      message: expect.stringContaining('/signalbox/nowhere/'),
    });
  });
});

async function setAlarm(method: 'PUT' | 'DELETE', body?: string): Promise<void> {
  const reply = await fetch(`${running.stack.simulatorUrl}/alarms/signalbox-local-first-attempts`, { method, ...(body ? { body } : {}) });
  if (!reply.ok) throw new Error(`${method}: ${reply.status} ${await reply.text()}`);
}
