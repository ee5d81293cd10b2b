import { setTimeout as sleep } from 'node:timers/promises';
import type { LogLine } from '../service.ts';
import { readBatchItemFailures } from './batch-item-failures.ts';
import { collectBatch } from './collect-batch.ts';
import type { SqsEventSourceOptions } from './sqs-event-source-options.ts';
import { type SqsMessage, toSqsEvent } from './to-sqs-event.ts';

export type { SqsCall, SqsEventSourceOptions } from './sqs-event-source-options.ts';

export type SqsEventSource = {
  /** Stops polling, and resolves when running batches are settled or the grace is over; what is not deleted comes back by visibility. */
  stop(): Promise<void>;
};

/** Where Lambda starts; it would grow from there, and one machine should not. */
const DEFAULT_CONCURRENCY = 5;
const INITIAL_CONCURRENCY = 5;
const GROWTH_PER_SECOND = 2;
const STOP_GRACE_MS = 2000;
const BACKOFF = { firstMs: 200, longestMs: 10_000 };
const DELETE_ATTEMPTS = 3;

/**
 * Polls a queue and invokes a function with what it finds, as Lambda's event source mapping does. Not emulated: filter
 * criteria, provisioned pollers, and the slower polling after errors.
 */
export function startSqsEventSource(options: SqsEventSourceOptions): SqsEventSource {
  const limit = options.maximumConcurrency ?? DEFAULT_CONCURRENCY;
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  let throttles = 0;
  let busySince = 0;
  // Five batches at once at first, as on AWS, then two more a second, where AWS adds five: the cores of one machine are soon busy with starts.
  const currentLimit = () => Math.min(limit, INITIAL_CONCURRENCY + Math.floor((performance.now() - busySince) / 1000) * GROWTH_PER_SECOND);

  const handle = async (messages: SqsMessage[]) => {
    throttles = (await handleBatch(options, messages)) === 'throttled' ? throttles + 1 : 0;
  };
  const dispatch = async (messages: SqsMessage[]) => {
    const task = handle(messages).catch((error: unknown) =>
      say(options, 'error', `lost track of a batch of ${messages.length}; it comes back by visibility: ${String(error)}`),
    );
    if (running.size === 0) busySince = performance.now();
    running.add(task);
    void task.finally(() => running.delete(task));
    // A running batch that ends, or a second that passes, makes room.
    while (running.size >= currentLimit() && !stopping.signal.aborted)
      await Promise.race([...running, sleep(1000, undefined, { ref: false })]);
  };
  const poll = async () => {
    let failures = 0;
    while (!stopping.signal.aborted) {
      try {
        if (throttles > 0) await pause(throttles, stopping.signal);
        for (const batch of await collectBatch(options, stopping.signal)) {
          if (stopping.signal.aborted) await release(options, batch);
          else await dispatch(batch);
        }
        failures = 0;
      } catch (error) {
        if (stopping.signal.aborted) return;
        failures += 1;
        say(options, 'error', `cannot receive from ${options.queueUrl} (failure ${failures}), trying again: ${String(error)}`);
        await pause(failures, stopping.signal);
      }
    }
  };

  const polling = poll();
  // The loop ends only by the signal; anything else is a bug that must be heard, or the queue would silently stand still.
  polling.catch((error: unknown) => say(options, 'error', `polling of ${options.queueUrl} ended: ${String(error)}`));
  return {
    async stop() {
      stopping.abort();
      await Promise.race([Promise.all(running), sleep(STOP_GRACE_MS, undefined, { ref: false })]);
    },
  };
}

/** Doubles from failure to failure; an abort ends it early. */
async function pause(failures: number, signal: AbortSignal): Promise<void> {
  const delayMs = Math.min(BACKOFF.longestMs, BACKOFF.firstMs * 2 ** (failures - 1));
  await sleep(delayMs, undefined, { signal }).catch(() => undefined);
}

async function handleBatch(options: SqsEventSourceOptions, messages: SqsMessage[]): Promise<'settled' | 'throttled'> {
  const event = toSqsEvent({ messages, queueArn: options.queueArn, region: options.region });
  const result = await options.invoke({ functionName: options.functionName, payload: event, kind: 'request' });
  if (result.kind === 'error') {
    // The host has logged the error; the messages stay in flight until their visibility runs out, as on AWS.
    if (result.fault === 'throttled')
      say(options, 'warn', `${options.functionName} is throttled: ${messages.length} messages wait for their visibility timeout`);
    return result.fault === 'throttled' ? 'throttled' : 'settled';
  }
  const failedIds = failedMessages(options, messages, result.payload);
  await deleteMessages(
    options,
    messages.filter(({ MessageId }) => !failedIds.has(MessageId)),
  );
  return 'settled';
}

function failedMessages(options: SqsEventSourceOptions, messages: SqsMessage[], payload: unknown): ReadonlySet<string> {
  if (!options.reportBatchItemFailures) return new Set();
  const ids = new Set(messages.map(({ MessageId }) => MessageId));
  const verdict = readBatchItemFailures(payload, ids);
  if (verdict.kind === 'partial') return verdict.failedIds;
  say(
    options,
    'error',
    `${options.functionName} gave an invalid batch response, so all ${messages.length} messages count as failed: ${verdict.reason}`,
  );
  return ids;
}

async function deleteMessages(options: SqsEventSourceOptions, messages: SqsMessage[]): Promise<void> {
  const chunks = Array.from({ length: Math.ceil(messages.length / 10) }, (_, index) => messages.slice(index * 10, index * 10 + 10));
  await Promise.all(chunks.map((chunk) => deleteChunk(options, chunk)));
}

async function deleteChunk(options: SqsEventSourceOptions, messages: SqsMessage[]): Promise<void> {
  let left = messages;
  for (let attempt = 1; attempt <= DELETE_ATTEMPTS; attempt += 1) {
    left = await tryDelete(options, left);
    if (left.length === 0) return;
    if (attempt < DELETE_ATTEMPTS) await sleep(BACKOFF.firstMs * attempt);
  }
  say(options, 'error', `could not delete ${left.length} handled messages from ${options.queueUrl}: they will be delivered again`);
}

/** The messages that are still there. */
async function tryDelete(options: SqsEventSourceOptions, messages: SqsMessage[]): Promise<SqsMessage[]> {
  const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
  try {
    const { Failed = [] }: { Failed?: { Id: string }[] } = await options.sqsCall('DeleteMessageBatch', {
      QueueUrl: options.queueUrl,
      Entries,
    });
    return Failed.flatMap(({ Id }) => messages[Number(Id)] ?? []);
  } catch (error) {
    say(options, 'warn', `deleting ${messages.length} messages failed: ${String(error)}`);
    return messages;
  }
}

/** Gives back what a long poll brought after the stop, so that the next start need not wait for its visibility. */
async function release(options: SqsEventSourceOptions, messages: SqsMessage[]): Promise<void> {
  await Promise.all(
    messages.map(({ ReceiptHandle }) =>
      options.sqsCall('ChangeMessageVisibility', { QueueUrl: options.queueUrl, ReceiptHandle, VisibilityTimeout: 0 }),
    ),
  );
}

function say(options: SqsEventSourceOptions, level: LogLine['level'], message: string): void {
  options.log({ level, source: 'sqs-event-source', functionName: options.functionName, message });
}
