import { join } from 'node:path';
import { bundleVariant } from './bundle-variant.ts';
import { bundleWorkerWithoutRecords } from './bundle-worker-without-records.ts';
import { deviceEnvironment, workerEnvironment } from './device-environment.ts';
import { measureRounds } from './measure-rounds.ts';
import { median, medianRatio } from './median.ts';
import type { Row } from './report.ts';
import { type Device, startDevice } from './start-device.ts';
import { type Stub, startStub } from './start-stub.ts';
import { workerBundle } from './worker-bundle.ts';

const ROUNDS = 13;
const BATCH = 10;
const BATCHES_PER_ROUND = 25;
/** Until the optimising compiler is through with most of it. */
const WARM_UP_BATCHES = 250;
const LIMIT = 0.9;

const VARIANTS = ['converse', 'stream', 'records', 'batchRoute', 'batchRouteBare', 'defaultRoute', 'defaultRouteBare'] as const;
type VariantName = (typeof VARIANTS)[number];
type Figures = Record<VariantName, number[]>;

/** CPU of the inference worker per request, from the queue's batch to the event, against the bare SDK's model call. */
export async function measureWorkerCpu(): Promise<Row[]> {
  const stub = await startStub();
  const devices = await startDevices(stub);
  try {
    for (const device of Object.values(devices)) await device.cpuUsPerRequest({ batches: WARM_UP_BATCHES, requestsPerBatch: BATCH });
    const once = (name: VariantName) => [
      name,
      () => devices[name].cpuUsPerRequest({ batches: BATCHES_PER_ROUND, requestsPerBatch: BATCH }),
    ];
    const figures: Figures = await measureRounds(ROUNDS, Object.fromEntries(VARIANTS.map(once)));
    return [...referenceRows(figures), ...batchRouteRows(figures), ...defaultRouteRows(figures), await callsRow(stub, devices.batchRoute)];
  } finally {
    await Promise.all([...Object.values(devices), stub].map((process) => process.stop()));
  }
}

async function startDevices({ http1Url }: Stub): Promise<Record<VariantName, Device>> {
  const plain = deviceEnvironment(http1Url);
  const worker = join(import.meta.dirname, 'variants/worker.ts');
  const start = (bundle: string, route: string) =>
    startDevice(worker, { ...workerEnvironment(http1Url), BENCH_BUNDLE: bundle, BENCH_ROUTE: route });
  const withoutRecords = await bundleWorkerWithoutRecords();
  return {
    converse: await startDevice(await bundleVariant('bare-converse'), plain),
    stream: await startDevice(await bundleVariant('bare-converse-stream'), plain),
    records: await startDevice(await bundleVariant('record-writes'), plain),
    batchRoute: await start(workerBundle(), 'batch'),
    batchRouteBare: await start(withoutRecords, 'batch'),
    defaultRoute: await start(workerBundle(), 'default'),
    defaultRouteBare: await start(withoutRecords, 'default'),
  };
}

function referenceRows({ converse, stream, records }: Figures): Row[] {
  return [
    row('bare SDK Converse x10', converse, converse, 'reference: one process, ten calls at once, again and again'),
    row('bare SDK ConverseStream x10', stream, converse, 'reference of the lines on route "default"; read to its end, 36 deltas'),
    row('two UpdateItem by the bare SDK', records, converse, 'of the shape and size of the claim and the finish, ten pairs at once'),
  ];
}

function batchRouteRows({ converse, records, batchRoute, batchRouteBare }: Figures): Row[] {
  return [
    row('worker, route "batch", everything', batchRoute, converse, 'the deployed bundle, one invocation per batch of 10'),
    row('  of that record writes', subtract(batchRoute, batchRouteBare), converse, 'the line above less the line below, round by round'),
    judged(
      row(
        '  worker without record writes',
        batchRouteBare,
        converse,
        'the same code bundled with a DynamoDB client that answers at once, against Converse',
      ),
    ),
    row(
      '  everything less two bare UpdateItem',
      subtract(batchRoute, records),
      converse,
      'beside it: in the worker these calls cost more than alone',
    ),
  ];
}

function defaultRouteRows({ stream, records, defaultRoute, defaultRouteBare }: Figures): Row[] {
  return [
    row('worker, route "default" (streams), everything', defaultRoute, stream, 'against ConverseStream, as the next three lines'),
    row('  of that record writes', subtract(defaultRoute, defaultRouteBare), stream, 'as above'),
    row('  worker without record writes', defaultRouteBare, stream, 'as above'),
    row('  everything less two bare UpdateItem', subtract(defaultRoute, records), stream, 'as above'),
  ];
}

/** What one sandbox asks of AWS per batch when batches follow each other at once. */
async function callsRow(stub: Stub, device: Device): Promise<Row> {
  await stub.takeCounts();
  const batches = 50;
  await device.cpuUsPerRequest({ batches, requestsPerBatch: BATCH });
  const { calls } = await stub.takeCounts();
  const perBatch = Object.entries(calls).map(([name, count]) => `${(count / batches).toFixed(1)} ${name}`);
  return { budget: 'P1', what: 'calls to AWS per batch of 10, route "batch"', measured: '', how: perBatch.join(', ') };
}

function row(what: string, values: number[], reference: number[], how: string): Row {
  return { budget: 'P1', what, measured: `${median(values).toFixed(0)} us/request`, ratio: medianRatio(values, reference), how };
}

function judged(line: Row): Row {
  return { ...line, limit: `<= ${LIMIT.toFixed(2)}x, aim 0.75x`, isMet: (line.ratio ?? Number.POSITIVE_INFINITY) <= LIMIT };
}

function subtract(values: number[], others: number[]): number[] {
  return values.map((value, round) => value - (others[round] ?? Number.NaN));
}
