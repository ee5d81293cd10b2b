import { setTimeout as sleep } from 'node:timers/promises';
import { connect, deployTable, followRelease, type Installation } from '@signalbox/client/releases';
import type { RoutingTable } from '@signalbox/contracts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type BusListener, listenToBus } from './kit/bus-listener.ts';
import { startLoad } from './kit/load.ts';
import { createProducer, type Producer, question } from './kit/producer.ts';
import { readTableCopy, tableOf } from './kit/routing-tables.ts';
import { type RunningStack, startStack } from './kit/running-stack.ts';
import { createSimulator } from './kit/simulator.ts';

const [LITE, MICRO] = ['amazon.nova-lite-v1:0', 'amazon.nova-micro-v1:0'];
/** How often a process looks for a new table: the soft age of the document in packages/runtime. */
const REFRESH_MS = 30_000;
/** Past this age a table is waited for: its hard age. */
const HARD_AGE_MS = 120_000;

let running: RunningStack;
let producer: Producer;
let bus: BusListener;
let simulator: ReturnType<typeof createSimulator>;
let installation: Installation;
let good: RoutingTable;

beforeEach(async () => {
  // Twenty minutes of a staged release are eighty seconds.
  running = await startStack({ args: ['--minute', '4s'] });
  producer = createProducer(running.stack);
  bus = await listenToBus(running.stack);
  simulator = createSimulator(running.stack);
  installation = await connect({ stack: running.stack });
  const base = await readTableCopy(running.stack);
  good = tableOf(base, { prefix: 'good', models: [LITE, MICRO] });
});
afterEach(() => running.stop());

it('reaches processes that run, without a restart', async () => {
  const answer = async () => {
    const request = question('Which table?');
    await producer.send(request);
    return producer.waitFor(request.id ?? '');
  };
  await answer();
  await deployTable(installation, { table: good, emergency: true });
  await simulator.forgetAwsCalls();
  const endsAt = Date.now() + REFRESH_MS + 15_000;
  let result = await answer();
  while (result.tableVersion !== good.version && Date.now() < endsAt) {
    await sleep(1_000);
    result = await answer();
  }
  expect(result).toMatchObject({ tableVersion: good.version, tableSource: 'appconfig' });
  // A new process would have opened a session of its own.
  const { appconfig } = (await simulator.awsCalls()).bySandboxes;
  expect(appconfig?.StartConfigurationSession ?? 0).toBe(0);
}, 120_000);

it('does without AppConfig, cold starts included, and follows it when it is back', async () => {
  const warm = question('Before');
  await producer.send(warm);
  expect(await producer.waitFor(warm.id ?? '')).toMatchObject({ tableSource: 'appconfig' });
  await simulator.breakAws({ service: 'appconfig', kind: 'error' });
  const load = startLoad(producer, { perSecond: 3 });
  // Slow answers, so that each batch has a process of its own: dozens of cold starts.
  await simulator.break(LITE, { kind: 'latency', latencyMs: 2_000 });
  const burst = (queue: string) => Array.from({ length: 100 }, (_, index) => question(`Cold ${index}`, { labels: { queue } }));
  const [interactive, bulk] = [burst('interactive'), burst('bulk')];
  await producer.sendMany(interactive, 'interactive');
  await producer.sendMany(bulk, 'bulk');
  const cold = await producer.waitForAll(
    [...interactive, ...bulk].map(({ id = '' }) => id),
    120_000,
  );
  expect(cold.filter(({ status }) => status !== 'succeeded')).toEqual([]);
  expect(new Set(cold.map(({ tableSource }) => tableSource))).toEqual(new Set(['s3']));
  await simulator.heal();

  // Past the age at which a process waits for its table: an hour is no different from then on.
  await sleep(HARD_AGE_MS + 10_000);
  const results = await load.finish();
  expect(results.filter(({ status }) => status !== 'succeeded')).toEqual([]);
  expect(Math.max(...results.slice(-20).map(({ timing }) => timing?.totalMs ?? 0))).toBeLessThan(5_000);

  await simulator.healAws();
  await deployTable(installation, { table: good, emergency: true });
  await sleep(REFRESH_MS + 5_000);
  const after = question('After');
  await producer.send(after);
  await producer.waitFor(after.id ?? '');
  const again = question('After that');
  await producer.send(again);
  expect(await producer.waitFor(again.id ?? '')).toMatchObject({ tableVersion: good.version, tableSource: 'appconfig' });
}, 400_000);

it('goes on growing after the stack was killed, and is told of at its end', async () => {
  const started = await deployTable(installation, { table: good, follow: false });
  await running.kill();
  running = await startStack({ dataDirectory: running.dataDirectory });
  bus = await listenToBus(running.stack);
  const outcome = await followRelease(await connect({ stack: running.stack }));
  expect(outcome).toMatchObject({ kind: 'released', number: started.number, tableVersion: good.version });
  const [event] = await bus.waitFor(({ detailType }) => detailType === 'RoutingTableReleased');
  expect(event?.data).toMatchObject({ deploymentNumber: started.number, current: { tableVersion: good.version } });
}, 180_000);

it('costs one poll per process and interval', async () => {
  // Slow answers, so that batches need processes of their own; how many they need depends on how fast this machine hands them out.
  await simulator.break(LITE, { kind: 'latency', latencyMs: 8_000 });
  // As many processes as the three queues' workers may be: 20, 20 and 10, each with ten requests.
  const lanes = { interactive: 200, standard: 200, bulk: 100 } as const;
  const ids: string[] = [];
  const occupyAll = async () => {
    for (const [queue, count] of Object.entries(lanes)) {
      const requests = Array.from({ length: count }, (_, index) => question(`Poll ${index}`));
      await producer.sendMany(requests, queue as keyof typeof lanes);
      ids.push(...requests.map(({ id = '' }) => id));
    }
    await bus.waitFor(({ detailType }) => detailType === 'InferenceCompleted', ids.length, 150_000);
  };
  // A crowd of cold starts on one machine makes some of them poll twice: it is the running processes that count.
  await occupyAll();
  await sleep(REFRESH_MS + 2_000);
  await simulator.forgetAwsCalls();
  const startedAt = Date.now();
  await occupyAll();
  await sleep(REFRESH_MS + 2_000);
  await occupyAll();

  const results = await producer.waitForAll(ids, 60_000);
  expect(results.filter(({ status }) => status !== 'succeeded')).toEqual([]);
  const seen = (await bus.drain()).filter(({ metadata }) => Date.parse(metadata.occurredAt) >= startedAt);
  const processes = new Set(seen.filter(({ detailType }) => detailType === 'AttemptsObserved').map(({ data }) => data.sandbox)).size;
  expect(processes).toBeGreaterThanOrEqual(10);
  expect(processes).toBeLessThanOrEqual(50);
  const { appconfig = {} } = (await simulator.awsCalls()).bySandboxes;
  const intervals = Math.ceil((Date.now() - startedAt) / REFRESH_MS);
  expect(appconfig.GetLatestConfiguration).toBeGreaterThanOrEqual(processes);
  expect(appconfig.GetLatestConfiguration).toBeLessThanOrEqual(processes * intervals);
}, 600_000);
