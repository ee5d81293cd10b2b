import { ChangeMessageVisibilityBatchCommand, ChangeMessageVisibilityCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** A killed sandbox gives its messages back after this. */
const HELD_SECONDS = 45;
const EXTEND_EVERY_MS = 20_000;
/** Longest hold of a message whose settling failed. */
const MAX_RETRY_SECONDS = 30;

type Held = { messageId: string; receiptHandle: string; attributes: { ApproximateReceiveCount: string } };
type Options = { client: SQSClient; queueUrl: string; onError: (error: unknown) => void; random?: () => number };

export type VisibilityKeeper = {
  /** The message is neither settled nor hurried: it comes again when its visibility lapses. */
  letGo(messageId: string): void;
  /** Settling failed: the message comes again soon, later the more often it came. */
  retrySoon(message: Held): Promise<void>;
  stop(): void;
};

/**
 * Holds a batch for 45 s at a time while it is worked on, so that the queue's long visibility timeout is only the last resort.
 * Settled messages are held too: Lambda deletes them when the whole batch is over, and one that came again before then would run twice.
 */
export function keepVisibility(messages: readonly Held[], { client, queueUrl, onError, random = Math.random }: Options): VisibilityKeeper {
  const held = new Map(messages.map((message) => [message.messageId, message]));
  const extend = () => {
    if (held.size === 0) return;
    const Entries = [...held.values()].map(({ messageId, receiptHandle }) => ({
      Id: messageId,
      ReceiptHandle: receiptHandle,
      VisibilityTimeout: HELD_SECONDS,
    }));
    // Without the extension the queue's own timeout holds; the worker goes on.
    client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries })).catch(onError);
  };
  extend();
  const timer = setInterval(extend, EXTEND_EVERY_MS);
  return {
    letGo: (messageId) => void held.delete(messageId),
    async retrySoon(message) {
      held.delete(message.messageId);
      const receives = Number(message.attributes.ApproximateReceiveCount);
      const seconds = Math.ceil(Math.min(MAX_RETRY_SECONDS, 2 ** Math.min(receives, 5)) * (0.5 + random() / 2));
      await client
        .send(new ChangeMessageVisibilityCommand({ QueueUrl: queueUrl, ReceiptHandle: message.receiptHandle, VisibilityTimeout: seconds }))
        .catch(onError);
    },
    stop: () => clearInterval(timer),
  };
}
