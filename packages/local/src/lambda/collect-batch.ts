import { setTimeout as sleep } from 'node:timers/promises';
import type { SqsEventSourceOptions } from './sqs-event-source-options.ts';
import type { SqsMessage } from './to-sqs-event.ts';

/** SQS's own limits. */
const MAX_PER_RECEIVE = 10;
const LONG_POLL_SECONDS = 20;

/** Lambda's limit on an event, less the room that record metadata takes. */
const MAX_BATCH_BYTES = 6_291_456 - 100_000;
/** What a record adds to its body: receipt handle, ids, attributes. Message attributes count by their text. */
const RECORD_OVERHEAD_BYTES = 2000;

type Options = Pick<SqsEventSourceOptions, 'sqsCall' | 'queueUrl' | 'functionName' | 'batchSize' | 'maximumBatchingWindowSeconds' | 'log'>;

/**
 * Waits for messages. Without a window, what one receive gives is the batch; with one, receives follow until the batch is
 * full or the window, which opens with the first message, is over. Usually one batch, more when 6 MB would be exceeded;
 * none when a long poll found nothing.
 */
export async function collectBatch(options: Options, signal: AbortSignal): Promise<SqsMessage[][]> {
  const messages = await receive(options, options.batchSize, LONG_POLL_SECONDS);
  const closesAt = performance.now() + options.maximumBatchingWindowSeconds * 1000;
  while (messages.length > 0 && messages.length < options.batchSize && !signal.aborted) {
    const remainingMs = closesAt - performance.now();
    if (remainingMs <= 0) break;
    const waitSeconds = Math.min(LONG_POLL_SECONDS, Math.floor(remainingMs / 1000));
    // Long polls come in whole seconds: the last fraction is slept, so that the window is neither exceeded nor polled busily.
    if (waitSeconds === 0) await sleep(remainingMs, undefined, { signal }).catch(() => undefined);
    const more = await receive(options, options.batchSize - messages.length, waitSeconds).catch(reportTo(options));
    if (more === undefined) break;
    messages.push(...more);
  }
  return splitBySize(messages);
}

async function receive({ sqsCall, queueUrl }: Options, room: number, waitSeconds: number): Promise<SqsMessage[]> {
  const { Messages = [] }: { Messages?: SqsMessage[] } = await sqsCall('ReceiveMessage', {
    QueueUrl: queueUrl,
    MaxNumberOfMessages: Math.min(MAX_PER_RECEIVE, room),
    WaitTimeSeconds: waitSeconds,
    AttributeNames: ['All'],
    MessageAttributeNames: ['All'],
  });
  return Messages;
}

/** A failed receive ends the window: what came before it is delivered, not left to its visibility timeout. */
function reportTo({ log, functionName, queueUrl }: Options) {
  return (error: unknown) => {
    log({
      level: 'warn',
      source: 'sqs-event-source',
      functionName,
      message: `receiving from ${queueUrl} failed within a batching window: ${String(error)}`,
    });
    return undefined;
  };
}

function splitBySize(messages: SqsMessage[]): SqsMessage[][] {
  const batches: SqsMessage[][] = [];
  let room = 0;
  for (const message of messages) {
    const bytes =
      Buffer.byteLength(JSON.stringify(message.Body)) + JSON.stringify(message.MessageAttributes ?? {}).length + RECORD_OVERHEAD_BYTES;
    const current = batches.at(-1);
    if (current === undefined || bytes > room) {
      batches.push([message]);
      room = MAX_BATCH_BYTES - bytes;
    } else {
      current.push(message);
      room -= bytes;
    }
  }
  return batches;
}
