import { setTimeout as sleep } from 'node:timers/promises';
import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { MAX_INLINE_BYTES, Priority } from '@signalbox/contracts';
import { awsClientConfig } from '@signalbox/runtime';
import { UnavailableError } from '@signalbox/runtime/errors';
import type { SendAll } from '../accept-batch.ts';
import type { OutgoingMessage } from '../accept-inference.ts';
import { chunkMessages } from '../chunk-messages.ts';

/** Of one call. */
const MAX_ENTRIES = 10;
/** What was refused in part is sent again this often in all, after a pause that grows by this step. */
const TRIES = 3;
const PAUSE_MS = 100;

type Placed = OutgoingMessage & { place: number };
type Options = { urls: Record<Priority, string>; onError: (error: unknown) => void; client?: SQSClient };

/** The three request queues. A message is grouped by tenant, so that one tenant's flood does not hold back the others (fair queues). */
export function createRequestQueues({ urls, onError, client = new SQSClient(awsClientConfig({ requestTimeoutMs: 3_000 })) }: Options): {
  send: (message: OutgoingMessage) => Promise<void>;
  sendAll: SendAll;
} {
  /** The messages that the queue did not take. */
  async function sendOnce(priority: Priority, messages: Placed[]): Promise<Placed[]> {
    try {
      const { Failed = [] } = await client.send(
        new SendMessageBatchCommand({
          QueueUrl: urls[priority],
          Entries: messages.map(({ body, tenant }, index) => ({ Id: String(index), MessageBody: body, MessageGroupId: tenant })),
        }),
      );
      for (const { Code } of Failed) onError(new UnavailableError({ message: `The ${priority} queue refused a message (${Code}).` }));
      return Failed.flatMap(({ Id }) => messages[Number(Id)] ?? []);
    } catch (cause) {
      onError(new UnavailableError({ message: `No message could be sent to the ${priority} queue.`, cause }));
      return messages;
    }
  }

  async function sendChunk(priority: Priority, chunk: Placed[]): Promise<Placed[]> {
    let left = chunk;
    for (let attempt = 1; left.length > 0 && attempt <= TRIES; attempt++) {
      if (attempt > 1) await sleep(PAUSE_MS * (attempt - 1));
      left = await sendOnce(priority, left);
    }
    return left;
  }

  return {
    async send({ priority, body, tenant }) {
      try {
        await client.send(new SendMessageCommand({ QueueUrl: urls[priority], MessageBody: body, MessageGroupId: tenant }));
      } catch (cause) {
        throw new UnavailableError({ message: `A message could not be sent to the ${priority} queue.`, cause });
      }
    },
    async sendAll(messages) {
      const placed = messages.map((message, place) => ({ ...message, place }));
      const chunks = Priority.options.flatMap((priority) => {
        const own = placed.filter((message) => message.priority === priority);
        return chunkMessages(own, { maxEntries: MAX_ENTRIES, maxBytes: MAX_INLINE_BYTES }).map((chunk) => sendChunk(priority, chunk));
      });
      return new Set((await Promise.all(chunks)).flat().map(({ place }) => place));
    },
  };
}
