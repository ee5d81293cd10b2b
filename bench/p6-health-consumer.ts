import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { benchFolder } from './bench-folder.ts';
import { bundleConsumerWithoutStores } from './bundle-consumer-without-stores.ts';
import { deviceEnvironment } from './device-environment.ts';
import { measureRounds } from './measure-rounds.ts';
import { median, medianRatio } from './median.ts';
import { ATTEMPTS_PER_EVENT, EVENTS_PER_BATCH, type EventShape } from './observed-batch.ts';
import { evaluationRows } from './p6-evaluation.ts';
import type { Row } from './report.ts';
import { type Device, startDevice } from './start-device.ts';
import { makeTargetTable } from './target-table.ts';

const ROUNDS = 11;
const BATCHES_PER_ROUND = 20;
/** What a sandbox has counted within some minutes; the optimising compiler has not made much of less. */
const WARM_UP_BATCHES = 400;
/** Of a batch that may take a tenth of a second. */
const FEW = 4;
const LIMIT_PER_SECOND = 200_000;
const GROWTH_LIMIT = 0.6;
const ATTEMPTS_PER_BATCH = ATTEMPTS_PER_EVENT * EVENTS_PER_BATCH;

const VARIANTS = {
  route1000: { targets: 1_000, shape: 'route' },
  route100000: { targets: 100_000, shape: 'route' },
  route10: { targets: 10, shape: 'route' },
  tenant1000: { targets: 1_000, shape: 'tenant' },
  spread1000: { targets: 1_000, shape: 'spread' },
} as const satisfies Record<string, { targets: number; shape: EventShape }>;
type VariantName = keyof typeof VARIANTS;

/** Attempts that one core counts per second, from the queue's batch to the writes of the counters; and what judging the fleet takes. */
export async function measureHealthConsumer(): Promise<Row[]> {
  const devices = await startDevices();
  try {
    const once = (batches: number) => (name: VariantName) =>
      devices[name].cpuUsPerRequest({ batches, requestsPerBatch: ATTEMPTS_PER_BATCH });
    const batchesOf = (name: VariantName, most: number) => (VARIANTS[name].targets > 10_000 ? most / FEW : most);
    for (const name of names()) await once(batchesOf(name, WARM_UP_BATCHES))(name);
    const measured = names().map((name) => [name, () => once(batchesOf(name, BATCHES_PER_ROUND))(name)] as const);
    const figures = await measureRounds(ROUNDS, Object.fromEntries(measured) as Record<VariantName, () => Promise<number>>);
    return [...consumerRows(figures), ...(await evaluationRows())];
  } finally {
    await Promise.all(Object.values(devices).map((device) => device.stop()));
  }
}

function names(): VariantName[] {
  return Object.keys(VARIANTS) as VariantName[];
}

async function startDevices(): Promise<Record<VariantName, Device>> {
  const bundle = await bundleConsumerWithoutStores();
  const start = async (name: VariantName) => {
    const { targets, shape } = VARIANTS[name];
    const tableFile = join(benchFolder(), `table-${targets}.json`);
    writeFileSync(tableFile, JSON.stringify(makeTargetTable(targets)));
    // Nothing of it listens there: what is not stubbed at the call is to fail.
    const env = { ...deviceEnvironment('http://127.0.0.1:9'), ...controllerEnvironment() };
    return [
      name,
      await startDevice(join(import.meta.dirname, 'variants/consumer.ts'), {
        ...env,
        BENCH_BUNDLE: bundle,
        BENCH_TABLE_FILE: tableFile,
        BENCH_SHAPE: shape,
      }),
    ] as const;
  };
  return Object.fromEntries(await Promise.all(names().map(start))) as Record<VariantName, Device>;
}

/** The variables of the functions in services/controller/template.yaml. */
function controllerEnvironment(): Record<string, string> {
  return {
    STAGE: 'bench',
    COUNTERS_TABLE: 'signalbox-bench-health-counters',
    HEALTH_TABLE: 'signalbox-bench-health',
    OVERLAY_TABLE: 'signalbox-bench-overlay',
    DATA_BUCKET: 'signalbox-bench-data',
    EVENT_BUS: 'signalbox-bench',
    PROBE_MACHINE_ARN: 'arn:aws:states:us-east-1:000000000000:stateMachine:signalbox-bench-probe-target',
    POWERTOOLS_SERVICE_NAME: 'controller',
    POWERTOOLS_METRICS_NAMESPACE: 'Signalbox',
    POWERTOOLS_LOG_LEVEL: 'INFO',
  };
}

function consumerRows(figures: Record<VariantName, number[]>): Row[] {
  const perSecond = (name: VariantName) => 1e6 / median(figures[name]);
  // Throughput, so the inverse of the times.
  const ratio = (name: VariantName) => medianRatio(figures.route1000, figures[name]);
  const line = (name: VariantName, what: string, how: string): Row => ({
    budget: 'P6',
    what,
    measured: `${Math.round(perSecond(name) / 100) / 10} k attempts/s/core`,
    ratio: ratio(name),
    how,
  });
  const each = `10 events of ${ATTEMPTS_PER_EVENT} attempts`;
  return [
    {
      ...line(
        'route1000',
        'health consumer, table of 1,000 targets',
        `${each}, each of one route (2 targets), 16 tenant slots; parse included`,
      ),
      limit: '>= 200 k/s',
      isMet: perSecond('route1000') >= LIMIT_PER_SECOND,
    },
    {
      ...line('route100000', '  the same, 100,000 targets', 'throughput to that at 1,000'),
      limit: `>= ${GROWTH_LIMIT}x`,
      isMet: ratio('route100000') >= GROWTH_LIMIT,
    },
    line('route10', '  the same, 10 targets', 'to 1,000 targets'),
    line('tenant1000', '  1,000 targets, each event of one tenant', 'to the first line; 2 observations of 5 attempts an event'),
    line('spread1000', '  1,000 targets, every attempt on another one', 'to the first line; 10 observations of 1 attempt an event'),
    {
      budget: 'P6',
      what: '  store writes',
      measured: '1 per batch, target and 10 s',
      limit: 'never per event',
      isMet: true,
      how: 'counted in every batch measured; a batch with one more or one less ends the run',
    },
  ];
}
