import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StackFile } from '@signalbox/contracts';
import type { Log } from '../service.ts';
import { buildStackFile, findResource, type Resources } from './build-stack-file.ts';
import { DataDirectoryInUseError, lockDataDirectory } from './data-dir-lock.ts';
import type { Platform } from './platform.ts';
import { findTemplates, provisionAll } from './provision-all.ts';
import { releasePolicy } from './release-policy.ts';
import { readOrCreateApiKey, seedApiKey } from './seed-api-key.ts';
import { type ModelServers, startPlatform } from './start-platform.ts';

export type StackOptions = {
  /** Asked for; 0 or a busy one becomes a free one. */
  port: number;
  /** Keeps the state across restarts; without it the state is in memory. */
  dataDirectory?: string;
  /** Where `stack.json` goes; the data directory unless given, else `.signalbox` in the project. */
  stackFile?: string;
  stage?: string;
  /** Model ids that a real OpenAI-compatible server answers. */
  modelServers?: ModelServers;
  /** How long a minute of AppConfig deployments, alarms and schedules lasts; 6 s unless given. */
  minuteMs?: number;
  /** Holds `template.yaml`, `services` and `policy`. */
  projectRoot?: string;
  log: Log;
};

export type Stack = { contents: StackFile; stop(): Promise<void> };

const STOPPING_MS = 5_000;
/** A staged release of twenty minutes is then watched in two. */
const MINUTE_MS = 6_000;
const TRUE_MINUTE_MS = 60_000;
const REGION = 'us-east-1';
/** The one that the embedded SQS has built in. */
const ACCOUNT_ID = '000000000000';
const PROJECT_ROOT = join(import.meta.dirname, '..', '..', '..', '..');

/** Starts the whole system from its templates. Resolves when it is ready; what fails half-way is taken down again. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const closing = new AsyncDisposableStack();
  try {
    const contents = await start(options, closing);
    return { contents, stop: () => closing.disposeAsync() };
  } catch (error) {
    await closing.disposeAsync();
    throw error;
  }
}

async function start(options: StackOptions, closing: AsyncDisposableStack): Promise<StackFile> {
  const { dataDirectory, stage = 'local', projectRoot = PROJECT_ROOT, modelServers = {}, minuteMs = MINUTE_MS, log } = options;
  if (dataDirectory !== undefined) closing.adopt(await takeDataDirectory(dataDirectory), (lock) => lock.release());
  const templates = findTemplates({ projectRoot, stage });
  const platform = await startPlatform(
    { port: options.port, dataDirectory, region: REGION, accountId: ACCOUNT_ID, stage, modelServers, minuteMs, log },
    closing,
  );
  const { port: actualPort } = new URL(platform.endpointUrl);
  if (options.port !== 0 && actualPort !== String(options.port))
    log({ source: 'start', level: 'warn', message: `port ${options.port} is busy; this stack is on ${actualPort}` });
  const stacks = await provisionAll(platform, templates);
  const resources = stacks.map((stack) => stack.resources);
  const count = resources.reduce((sum, stack) => sum + stack.size, 0);
  log({ source: 'start', level: 'info', message: `${count} resources of ${stacks.length} templates are there` });
  platform.alarms.report();
  log({ source: 'start', level: 'info', message: describeMinute(minuteMs) });
  const apiKey = readOrCreateApiKey(dataDirectory);
  const contents = buildStackFile({ resources, endpointUrl: platform.endpointUrl, region: REGION, accountId: ACCOUNT_ID, apiKey });
  await seed({ platform, resources, apiKey });
  const bucket = contents.buckets.data;
  if (bucket === undefined) throw new Error('No template has a bucket "DataBucket", which keeps the copy of the routing table.');
  await releasePolicy({ platform, appConfig: contents.appConfig, bucket, projectRoot, dataDirectory, log });

  const sources = stacks.flatMap((stack) => stack.connect());
  closing.defer(async () => {
    const stopped = sources.map((source) => source.stop());
    platform.sqs.cancelWaits();
    await Promise.all(stopped);
  });
  const file = options.stackFile ?? join(dataDirectory ?? join(projectRoot, '.signalbox'), 'stack.json');
  mkdirSync(dirname(file), { recursive: true });
  // It holds a key, so it is for its owner only; renamed, so that nobody reads half of it.
  writeFileSync(`${file}.new`, `${JSON.stringify(contents, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  closing.defer(() => removeOwn(file));
  log({ source: 'start', level: 'info', message: `its addresses are in ${file}` });
  return contents;
}

function describeMinute(minuteMs: number): string {
  if (minuteMs === TRUE_MINUTE_MS) return 'a minute of AppConfig deployments, alarms and schedules lasts a minute, as on AWS';
  return `a minute of AppConfig deployments, alarms and schedules lasts ${minuteMs / 1000} s here; --minute 60s makes it as long as on AWS`;
}

/** Waits for a stack that is just stopping, which takes it up to 5 s. */
async function takeDataDirectory(directory: string): Promise<{ release(): void }> {
  const endsAt = Date.now() + STOPPING_MS;
  for (;;) {
    try {
      return lockDataDirectory(directory);
    } catch (error) {
      if (!(error instanceof DataDirectoryInUseError) || Date.now() > endsAt) throw error;
      await sleep(200);
    }
  }
}

async function seed({ platform, resources, apiKey }: { platform: Platform; resources: Resources; apiKey: string }): Promise<void> {
  const table = findResource(resources, 'AccessTable').ref;
  await seedApiKey({ dynamodb: platform.dynamodb, table, token: apiKey, now: new Date() });
}

/** Another stack of the same project may have written its own since. */
function removeOwn(file: string): void {
  if (!existsSync(file)) return;
  const { pid } = JSON.parse(readFileSync(file, 'utf8')) as { pid?: number };
  if (pid === process.pid) rmSync(file, { force: true });
}
