import { statSync } from 'node:fs';
import { bundleVariant } from './bundle-variant.ts';
import { deviceEnvironment, workerEnvironment } from './device-environment.ts';
import { measureRounds } from './measure-rounds.ts';
import { median, medianRatio } from './median.ts';
import type { Row } from './report.ts';
import { type ColdStart, spawnColdStart } from './spawn-cold-start.ts';
import { sqsEvent } from './sqs-event.ts';
import { type Stub, startStub } from './start-stub.ts';
import { workerBundle } from './worker-bundle.ts';

const SPAWNS = 15;
const LIMIT = 0.75;
const MAX_BUNDLE_KB = 450;
const S3_FILE = 'lazy-client-s3.js';

type Timed = ColdStart & { firstAnswerMs: number };
type Starter = () => Promise<Timed>;
type StarterName = 'sdk' | 'commonJs' | 'batch' | 'standard';

/** A cold worker's way to its first answer, against the smallest handler on the SDK's defaults. */
export async function measureColdStart(): Promise<Row[]> {
  const stub = await startStub();
  try {
    const starters = {
      sdk: await sdkStarter(stub, 'esm'),
      commonJs: await sdkStarter(stub, 'cjs'),
      batch: workerStarter(stub, 'batch'),
      standard: workerStarter(stub, 'default'),
    };
    // The first of each warms the stub and the file cache.
    for (const start of Object.values(starters)) await start();
    const starts: Record<StarterName, Timed[]> = { sdk: [], commonJs: [], batch: [], standard: [] };
    const keep = (name: StarterName) => async () => {
      const start = await starters[name]();
      starts[name].push(start);
      return start.totalMs;
    };
    await measureRounds(SPAWNS, {
      sdk: keep('sdk'),
      commonJs: keep('commonJs'),
      batch: keep('batch'),
      standard: keep('standard'),
    });
    return [...toRows(starts), bundleRow(), s3Row([...starts.batch, ...starts.standard])];
  } finally {
    await stub.stop();
  }
}

/** The SDK's default client speaks HTTP/2 alone. */
async function sdkStarter(stub: Stub, format: 'esm' | 'cjs'): Promise<Starter> {
  const file = await bundleVariant('default-client', format);
  return () => timeStart(stub, { file, event: {}, env: deviceEnvironment(stub.http2Url) });
}

function workerStarter(stub: Stub, route: string): Starter {
  return () => timeStart(stub, { file: workerBundle(), event: sqsEvent({ requests: 1, route }), env: workerEnvironment(stub.http1Url) });
}

async function timeStart(stub: Stub, start: Parameters<typeof spawnColdStart>[0]): Promise<Timed> {
  await stub.takeCounts();
  const seen = await spawnColdStart(start);
  const { firstModelAnswerAt } = await stub.takeCounts();
  if (firstModelAnswerAt === undefined) throw new Error(`the cold start of ${start.file} called no model`);
  return { ...seen, firstAnswerMs: firstModelAnswerAt - seen.startedAtEpochMs };
}

function toRows({ sdk, commonJs, batch, standard }: Record<StarterName, Timed[]>): Row[] {
  const line = (what: string, worker: Timed[], part: 'loadMs' | 'firstAnswerMs' | 'totalMs', how: string): Row => {
    const [values, reference] = [worker, sdk].map((starts) => starts.map((start) => start[part])) as [number[], number[]];
    const ratio = medianRatio(values, reference);
    const isBudget = part !== 'loadMs' && (worker === batch || worker === standard);
    return {
      budget: 'P3',
      what,
      measured: `${median(values).toFixed(1)} ms`,
      ratio,
      how,
      ...(isBudget ? { limit: `<= ${LIMIT}x`, isMet: ratio <= LIMIT } : {}),
    };
  };
  return [
    line('SDK-default ESM bundle: import, client, one Converse', sdk, 'totalMs', `reference; ${SPAWNS} spawns each, compile cache off`),
    line('SDK-default: until its Converse was answered', sdk, 'firstAnswerMs', 'reference; moment seen by the stub'),
    line('the same as CommonJS', commonJs, 'totalMs', 'beside it: why our bundles are CommonJS'),
    line('worker: import and init', batch, 'loadMs', 'against import and init of the SDK-default bundle'),
    line(
      'worker: until the first model call was answered, route "batch"',
      batch,
      'firstAnswerMs',
      'with AppConfig, overlay and claim before it',
    ),
    line(
      'worker: whole first invocation, route "batch"',
      batch,
      'totalMs',
      'with record and event after it; the reference does one Converse',
    ),
    line('worker: until the first model call was answered, route "default"', standard, 'firstAnswerMs', 'as above; the model streams'),
    line('worker: whole first invocation, route "default"', standard, 'totalMs', 'as above; the model streams'),
  ];
}

function bundleRow(): Row {
  const kilobytes = statSync(workerBundle()).size / 1000;
  return {
    budget: 'P3',
    what: 'bundle of process-requests',
    measured: `${kilobytes.toFixed(0)} KB`,
    limit: `<= ${MAX_BUNDLE_KB} KB`,
    isMet: kilobytes <= MAX_BUNDLE_KB,
    how: 'index.js as deployed, 1 KB = 1,000 bytes',
  };
}

function s3Row(starts: Timed[]): Row {
  const loads = starts.filter(({ loadedFiles }) => loadedFiles.some((file) => file.endsWith(S3_FILE))).length;
  return {
    budget: 'P3',
    what: 'S3 client loaded in runs without S3',
    measured: `${loads} of ${starts.length} runs`,
    limit: 'never',
    isMet: loads === 0,
    how: `${S3_FILE} in the process’s list of loaded files`,
  };
}
