import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type Attempt, Priority } from '@signalbox/contracts';
import { createLimiter, createLimitsStore, createUsageMeter, createUsageStore } from '@signalbox/limits';
import { createGuard, createModelCaller } from '@signalbox/models';
import { createAnswer, prepareRules } from '@signalbox/routing';
import { countFirstAttempts, createAttemptsObserver } from '@signalbox/routing/observe';
import {
  awsClientConfig,
  countOutcomes,
  createEventPublisher,
  createInferenceStore,
  createOverlayDocument,
  createPutEvents,
  createRoutingTableDocument,
  describeError,
  limitCalls,
  logger,
  onQueue,
  readEnvironment,
  recordAttempts,
} from '@signalbox/runtime';
import { UnavailableError } from '@signalbox/runtime/errors';
import type { Context, SQSRecord } from 'aws-lambda';
import { createObjectStore } from '../adapters/object-store.ts';
import { createQueues } from '../adapters/queues.ts';
import { keepVisibility, type VisibilityKeeper } from '../adapters/visibility-keeper.ts';
import { createGate } from '../create-gate.ts';
import { readDelivery } from '../delivery.ts';
import type { Lane } from '../ports.ts';
import { createProcessMessage, type Settled } from '../process-message.ts';

/** The default policy compiled at build time (tools/bundle.mjs): the table of a cold start that can reach neither AppConfig nor S3. */
declare const ROUTING_TABLE_SNAPSHOT: unknown;

/** Time kept back for recording, replying, publishing and parking. */
const RESERVED_MS = 8_000;
/** A payload of 20 MB takes about 70 MB while it is parsed and sent; two and the rest fit into the 512 MB of the template. */
const PAYLOADS_AT_ONCE = 2;
/** One receive of a request, by the lane's function timeout (template.yaml: 90, 300 and 900 s). */
const TOTAL_MS = { interactive: 75_000, standard: 270_000, bulk: 840_000 } as const satisfies Record<Priority, number>;

const environment = readEnvironment([
  'STAGE',
  'PRIORITY',
  'QUEUE_URL',
  'REJECTED_QUEUE_URL',
  'INFERENCES_TABLE',
  'OVERLAY_TABLE',
  'LIMITS_TABLE',
  'DATA_BUCKET',
  'EVENT_BUS',
  'APPCONFIG_APPLICATION',
  'APPCONFIG_ENVIRONMENT',
  'APPCONFIG_PROFILE',
  // Set by Lambda: names the sandbox.
  'AWS_LAMBDA_LOG_STREAM_NAME',
]);
const priority = Priority.parse(environment.PRIORITY);
const warn = (message: string) => (error: unknown) => logger.warn(message, { error: describeError(error) });

const sqs = new SQSClient(awsClientConfig({ requestTimeoutMs: 3_000 }));
const objects = createObjectStore({ bucket: environment.DATA_BUCKET });
const publisher = createEventPublisher({ putEvents: createPutEvents({ busName: environment.EVENT_BUS }) });
const table = createRoutingTableDocument({
  application: environment.APPCONFIG_APPLICATION,
  environment: environment.APPCONFIG_ENVIRONMENT,
  profile: environment.APPCONFIG_PROFILE,
  readCopy: () => objects.readText('routing-table/current.json'),
  snapshot: ROUTING_TABLE_SNAPSHOT,
  prepare: prepareRules,
  onError: warn('The routing table could not be refreshed; the last good one stays in use'),
});
const overlay = createOverlayDocument({
  tableName: environment.OVERLAY_TABLE,
  onError: warn('The routing overlay could not be refreshed; the last good one stays in use'),
});
const limiter = createLimiter({
  store: createLimitsStore({
    tableName: environment.LIMITS_TABLE,
    onError: warn("A tenant's limits could not be read; the last known stay in use"),
  }),
  onError: warn('What was used of limits could not be told; it is told with the next'),
});
const usage = createUsageMeter({
  add: createUsageStore({ tableName: environment.LIMITS_TABLE }),
  onError: warn('Usage could not be written; it is written with the next'),
});
const observer = createAttemptsObserver({
  publish: publisher.publish,
  onError: warn('Observed attempts could not be told'),
  sandbox: environment.AWS_LAMBDA_LOG_STREAM_NAME,
  stage: environment.STAGE,
  now: Date.now,
  newId: randomUUID,
  sleep,
});
let attemptsOfInvocation: Attempt[] = [];
let heldOutOfInvocation = 0;

const processMessage = createProcessMessage({
  stage: environment.STAGE,
  bucket: environment.DATA_BUCKET,
  store: createInferenceStore({ tableName: environment.INFERENCES_TABLE }),
  readPayload: objects.readPayload,
  withPayload: createGate(PAYLOADS_AT_ONCE),
  outputs: objects.outputs,
  queues: createQueues({ rejectedQueueUrl: environment.REJECTED_QUEUE_URL, client: sqs }),
  publish: publisher.publish,
  // A flood of unknown routes must not become a flood of configuration requests.
  table: { get: table.get, refresh: limitCalls({ call: table.refresh, everyMs: 1_000, now: Date.now }) },
  overlay,
  answer: createAnswer({
    callModel: createModelCaller(),
    guard: createGuard(),
    now: Date.now,
    random: Math.random,
    sleep,
    onFirstChoiceHeldOut: () => {
      heldOutOfInvocation++;
    },
  }),
  reserve: limiter.reserve,
  count: usage.count,
  observe: (seen) => {
    attemptsOfInvocation.push(seen.attempt);
    observer.observe(seen);
  },
  note: (level, message, detail) => logger[level](message, detail),
  now: Date.now,
  random: Math.random,
  newId: randomUUID,
  sleep,
});

type Invocation = { lane: Lane; visibility: VisibilityKeeper; settled: Map<string, number> };

function open(records: SQSRecord[], context: Context): Invocation {
  const now = Date.now();
  const recordsEndAt = now + context.getRemainingTimeInMillis() - RESERVED_MS;
  const lane = { priority, queueUrl: environment.QUEUE_URL, attemptsEndAt: Math.min(now + TOTAL_MS[priority], recordsEndAt), recordsEndAt };
  const visibility = keepVisibility(records, {
    client: sqs,
    queueUrl: environment.QUEUE_URL,
    onError: warn('The visibility of a batch could not be extended'),
  });
  for (const _ of records) publisher.begin();
  return { lane, visibility, settled: new Map() };
}

async function processRecord(record: SQSRecord, { lane, visibility, settled }: Invocation): Promise<void> {
  const kind = await settle(record, { lane, visibility });
  settled.set(METRIC[kind], (settled.get(METRIC[kind]) ?? 0) + 1);
  if (kind !== 'superseded') return;
  visibility.letGo(record.messageId);
  throw new UnavailableError({ message: 'Another receive took the request over; this one leaves the message to come again.' });
}

async function settle(record: SQSRecord, { lane, visibility }: Pick<Invocation, 'lane' | 'visibility'>): Promise<Settled> {
  try {
    return await processMessage(readDelivery(record), lane);
  } catch (error) {
    await visibility.retrySoon(record);
    throw error;
  } finally {
    publisher.end();
  }
}

async function close({ visibility, settled }: Invocation): Promise<void> {
  visibility.stop();
  await observer.settle();
  await Promise.all([publisher.flush(), limiter.flush(), usage.flush()]);
  recordAttempts(attemptsOfInvocation);
  if (heldOutOfInvocation > 0) settled.set('FirstChoicesHeldOut', heldOutOfInvocation);
  countOutcomes(new Map([...settled, ...countFirstAttempts(attemptsOfInvocation)]));
  attemptsOfInvocation = [];
  heldOutOfInvocation = 0;
}

/** Names of the metrics that alarms stand on. */
const METRIC: Record<Settled, string> = {
  completed: 'InferencesCompleted',
  failed: 'InferencesFailed',
  expired: 'InferencesExpired',
  rejected: 'InferencesRejected',
  deferred: 'InferencesDeferred',
  limited: 'InferencesLimited',
  duplicate: 'DuplicateMessages',
  superseded: 'SupersededAnswers',
  republished: 'RepublishedEvents',
};

export const handler = onQueue({ open, processRecord, close });
