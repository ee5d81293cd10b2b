import { setTimeout as sleep } from 'node:timers/promises';
import { connect, deployTable } from '@signalbox/client/releases';
import type { InferenceResult, RoutingTable } from '@signalbox/contracts';
import { expect, it, onTestFinished } from 'vitest';
import { listenToBus } from './kit/bus-listener.ts';
import { startLoad } from './kit/load.ts';
import { createProducer, question } from './kit/producer.ts';
import { readTableCopy, tableOf } from './kit/routing-tables.ts';
import { startStack } from './kit/running-stack.ts';
import { createSimulator } from './kit/simulator.ts';

const [LITE, MICRO, PRO] = ['amazon.nova-lite-v1:0', 'amazon.nova-micro-v1:0', 'amazon.nova-pro-v1:0'] as const;
/** How often a process looks for a new table: the soft age of the document in packages/runtime. */
const REFRESH_MS = 30_000;

/** Every attempt of a request is of the table that the request says it was answered by. */
function expectOneTable({ tableVersion, attempts }: InferenceResult, tables: readonly RoutingTable[]): void {
  const table = tables.find(({ version }) => version === tableVersion);
  expect(table, `table ${tableVersion}`).toBeDefined();
  expect(attempts?.length).toBeGreaterThan(0);
  for (const { target } of attempts ?? []) expect(Object.keys(table?.targets ?? {})).toContain(target);
}

it('rolls a release back by itself when its first choices fail under load, and no request fails', async () => {
  // Twenty minutes of a staged release are eighty seconds, and five of an alarm's period twenty.
  const running = await startStack({ args: ['--minute', '4s'] });
  onTestFinished(() => running.stop());
  const producer = createProducer(running.stack);
  const bus = await listenToBus(running.stack);
  const simulator = createSimulator(running.stack);
  const installation = await connect({ stack: running.stack });
  const base = await readTableCopy(running.stack);
  const good = tableOf(base, { prefix: 'good', models: [LITE, MICRO] });
  const sick = tableOf(base, { prefix: 'sick', models: [PRO, MICRO] });
  await deployTable(installation, { table: good, emergency: true });
  await simulator.break(PRO, { kind: 'error', status: 503 });
  // Each batch of a burst has a process of its own, and each process a place in the rollout.
  const load = startLoad(producer, { perSecond: 12 });
  const bulk = startLoad(producer, { perSecond: 4, queue: 'bulk' });
  await sleep(5_000);

  const outcome = await deployTable(installation, { table: sick, description: 'pro first' });
  expect(outcome).toMatchObject({
    kind: 'rolled-back',
    because: 'the alarm signalbox-local-first-attempts went off',
    inForce: good.version,
  });
  const [event] = await bus.waitFor(({ detailType }) => detailType === 'RoutingTableRolledBack');
  expect(event?.data).toMatchObject({ previous: { tableVersion: sick.version }, reason: { kind: 'alarm' } });
  expect((await readTableCopy(running.stack)).version).toBe(good.version);

  // Long enough that every process that works has asked again; one that rested does so with its next request. After the load the last that worked is asked.
  await sleep(REFRESH_MS + 5_000);
  const results = [...(await load.finish()), ...(await bulk.finish())];
  const asked = question('Which table now?');
  await producer.send(asked);
  expect(await producer.waitFor(asked.id ?? '')).toMatchObject({ status: 'succeeded', tableVersion: good.version });

  expect(results.filter(({ status }) => status !== 'succeeded')).toEqual([]);
  const rescued = results.filter(({ tableVersion }) => tableVersion === sick.version);
  expect(rescued.length).toBeGreaterThan(10);
  expect(results.length - rescued.length).toBeGreaterThan(100);
  for (const result of results) expectOneTable(result, [good, sick]);
}, 300_000);
