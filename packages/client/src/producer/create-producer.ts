import type { InferenceResult, Priority } from '@signalbox/contracts';
import { connectProducer, type ProducerConnection } from './connect-producer.ts';
import { type BatchOptions, type Enqueued, enqueueBatch } from './enqueue-batch.ts';
import { type ProducerRequest, prepareRequest, type Way } from './prepare-request.ts';
import { InvalidRequestError, NotSentError } from './producer-error.ts';
import type { ProducerPorts } from './producer-ports.ts';
import { type BatchResultOptions, readBatch } from './read-batch.ts';
import { type ReplyOptions, readReplies } from './read-replies.ts';
import { sendWithRetries } from './send-with-retries.ts';
import { type WaitOptions, waitFor } from './wait-for.ts';
import { withPriority } from './with-priority.ts';

/** Sends requests, to the queues or by the API, and reads their results. Once `enqueue` has given an id, the request is answered or ends with a reason. */
export type Producer = {
  /**
   * Sends one request. Its id is the one it gives, else a hash of what is asked: the same request again is the same inference, answered once.
   * Rejects with InvalidRequestError, which names each field, or NotSentError.
   */
  enqueue(request: ProducerRequest, options?: { priority?: Priority | undefined }): Promise<{ id: string }>;
  /** Sends many, ten to a call (by the API a hundred), never more in memory than are under way; gives what became of each. Nothing is sent until it is read. */
  enqueueBatch(requests: Iterable<ProducerRequest> | AsyncIterable<ProducerRequest>, options?: BatchOptions): AsyncIterable<Enqueued>;
  /** The result as it stands; undefined while the id is not known. Rejects with GatewayError. */
  read(id: string, options?: { signal?: AbortSignal | undefined }): Promise<InferenceResult | undefined>;
  /** The result when it has ended, however it did. Rejects with NotAnsweredError when the time is over, with GatewayError when the gateway refuses. */
  waitFor(id: string, options?: WaitOptions): Promise<InferenceResult>;
  /** Results as they come: to a reply queue, each at least once; or of a batch of ids, each once. */
  results(options: ReplyOptions | BatchResultOptions): AsyncIterable<InferenceResult>;
  /** Closes its connections. */
  close(): void;
};

/**
 * A producer for the embedded stack, by its stack file, or for any installation: by its queue URLs and AWS credentials, or by its gateway and
 * an API key alone.
 *
 * @example
 * const producer = createProducer({ stack: '.signalbox/stack.json' });
 * const { id } = await producer.enqueue(
 *   { route: 'default', messages: [{ role: 'user', content: [{ text: 'What is a signal box?' }] }] },
 *   { priority: 'interactive' },
 * );
 * const result = await producer.waitFor(id, { timeoutMs: 30_000 });
 * console.log(result.status, result.output);
 * producer.close();
 */
export function createProducer(connection: ProducerConnection): Producer {
  const { close, ...parts } = connectProducer(connection);
  return { ...producerOf(parts), close };
}

type ProducerParts = {
  /** Where requests of a priority go: their queue, or the API. */
  queues: Partial<Record<Priority, string>>;
  hasBucket: boolean;
  way?: Way | undefined;
  ports: ProducerPorts;
};

/** The producer on ports; apart from the world, so that tests can stand in for it. */
export function producerOf({ queues, hasBucket, way, ports }: ProducerParts): Omit<Producer, 'close'> {
  const urlOf = (priority: Priority): string => {
    const url = queues[priority];
    if (url === undefined)
      throw new InvalidRequestError([{ path: 'priority', message: `is ${priority}, for which this producer was given no queue` }]);
    return url;
  };
  return {
    async enqueue(request, { priority } = {}) {
      const preparation = prepareRequest(withPriority(request, priority, way), { hasBucket, way });
      if (preparation.kind === 'invalid') throw new InvalidRequestError(preparation.problems);
      const { id } = preparation.prepared;
      const queueUrl = urlOf(priority ?? request.priority ?? 'standard');
      const [sent] = await sendWithRetries({ ports, queueUrl }, [preparation.prepared]);
      if (sent?.kind === 'invalid') throw new InvalidRequestError(sent.problems);
      if (sent?.kind === 'failed') throw new NotSentError({ id, reason: sent.error.reason, cause: sent.error.cause });
      return { id };
    },
    enqueueBatch: (requests, options = {}) =>
      enqueueBatch({
        source: requests,
        options,
        hasBucket,
        way,
        send: async (priority, batch) => sendWithRetries({ ports, queueUrl: urlOf(priority) }, batch),
      }),
    read: (id, { signal } = {}) => ports.readResult(id, signal),
    waitFor: (id, options = {}) => waitFor({ ports, id, ...options }),
    results: (options) => ('batch' in options ? readBatch({ ports, ...options }) : readReplies(ports.replies, options)),
  };
}
