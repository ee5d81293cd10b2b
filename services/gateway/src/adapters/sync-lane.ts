import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Attempt } from '@signalbox/contracts';
import { createLimiter, createLimitsStore, createUsageMeter, createUsageStore } from '@signalbox/limits';
import { createGuard, createModelCaller } from '@signalbox/models';
import { createAnswer, createProcessHealth, createStreamedAnswer } from '@signalbox/routing';
import { countFirstAttempts, createAttemptsObserver } from '@signalbox/routing/observe';
import {
  countOutcomes,
  createEventPublisher,
  createInferenceStore,
  createOverlayDocument,
  createPutEvents,
  describeError,
  logger,
  readEnvironment,
  recordAttempts,
} from '@signalbox/runtime';
import type { SyncPorts } from '../sync/answer-now.ts';
import { createLiveTable } from './live-table.ts';

/** What a function that answers at once holds for its whole life: clients, documents, and what its process saw of the targets. */
export function createSyncLane(): { ports: SyncPorts /** Tells what is left of an invocation. */; close: () => Promise<void> } {
  const environment = readEnvironment([
    'STAGE',
    'INFERENCES_TABLE',
    'LIMITS_TABLE',
    'OVERLAY_TABLE',
    'EVENT_BUS',
    'AWS_LAMBDA_LOG_STREAM_NAME',
  ]);
  const publisher = createEventPublisher({ putEvents: createPutEvents({ busName: environment.EVENT_BUS }) });
  const warn = (message: string) => (error: unknown) => logger.warn(message, { error: describeError(error) });
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
  const health = createProcessHealth({ random: Math.random });
  const observer = createAttemptsObserver({
    publish: publisher.publish,
    onError: warn('Observed attempts could not be told'),
    sandbox: environment.AWS_LAMBDA_LOG_STREAM_NAME,
    stage: environment.STAGE,
    now: Date.now,
    newId: randomUUID,
    sleep,
  });
  const loop = { callModel: createModelCaller(), guard: createGuard(), now: Date.now, random: Math.random, sleep, health };
  let attempts: Attempt[] = [];
  const ports: SyncPorts = {
    stage: environment.STAGE,
    table: createLiveTable(),
    overlay: createOverlayDocument({
      tableName: environment.OVERLAY_TABLE,
      onError: warn('The routing overlay could not be refreshed; the last good one stays in use'),
    }),
    reserve: limiter.reserve,
    count: usage.count,
    answer: createAnswer(loop),
    answerStreamed: createStreamedAnswer(loop),
    store: createInferenceStore({ tableName: environment.INFERENCES_TABLE }),
    publish: publisher.publish,
    observe: (seen) => {
      attempts.push(seen.attempt);
      observer.observe(seen);
    },
    note: (level, message, detail) => logger[level](message, detail),
    now: Date.now,
    newId: randomUUID,
  };
  const close = async () => {
    const seen = attempts;
    attempts = [];
    await Promise.all([limiter.flush(), usage.flush(), observer.settle().then(publisher.flush)]);
    recordAttempts(seen);
    countOutcomes(countFirstAttempts(seen));
  };
  return { ports, close };
}
