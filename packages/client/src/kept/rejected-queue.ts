import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { Priority } from '@signalbox/contracts';
import { type HeldMessage, type KeptStore, requestIdOf } from './kept-message.ts';

/** What is looked at is hidden from others for that long at most, however this ends. */
const VISIBILITY_SECONDS = 120;
const WAIT_SECONDS = 1;
/** SQS answers from some of its servers: twice nothing is nothing. */
const EMPTY_RECEIVES = 2;
const MOST_IN_A_CALL = 10;

type Queue = {
  client: Pick<SQSClient, 'send'>;
  queueUrl: string;
  /** Tells that messages could not be shown again, and when they will be by themselves. */
  warn: (text: string) => void;
};

/** The rejected queue. A look takes nothing away: what was received is given back when the walk ends. */
export function createRejectedQueue({ client, queueUrl, warn }: Queue): KeptStore {
  async function receive(max: number, abortSignal: AbortSignal): Promise<Message[]> {
    const command = new ReceiveMessageCommand({
      ...{ QueueUrl: queueUrl, MaxNumberOfMessages: Math.min(MOST_IN_A_CALL, max), WaitTimeSeconds: WAIT_SECONDS },
      ...{ VisibilityTimeout: VISIBILITY_SECONDS, MessageAttributeNames: ['All'], MessageSystemAttributeNames: ['SentTimestamp'] },
    });
    try {
      return (await client.send(command, { abortSignal })).Messages ?? [];
    } catch (error) {
      if (abortSignal.aborted) return [];
      throw error;
    }
  }

  async function giveBack(receipts: readonly string[]): Promise<void> {
    try {
      for (let at = 0; at < receipts.length; at += MOST_IN_A_CALL) {
        const Entries = receipts
          .slice(at, at + MOST_IN_A_CALL)
          .map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle, VisibilityTimeout: 0 }));
        // An entry that fails is of a message that shows again already.
        await client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries }));
      }
    } catch (error) {
      warn(`What was looked at could not be given back (${String(error)}); it shows again within ${VISIBILITY_SECONDS} s.`);
    }
  }

  return {
    async count() {
      const AttributeNames = ['ApproximateNumberOfMessages' as const];
      const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames }));
      return Number(Attributes?.ApproximateNumberOfMessages ?? 0);
    },
    async *walk({ limit, signal }) {
      /** Receipts of what was received and not removed, by message id. */
      const held = new Map<string, string>();
      const seen = new Set<string>();
      try {
        for (let empty = 0; empty < EMPTY_RECEIVES && seen.size < limit && !signal.aborted; ) {
          const messages = await receive(limit - seen.size, signal);
          const unseen = messages.filter(({ MessageId = '' }) => !seen.has(MessageId));
          for (const { MessageId = '', ReceiptHandle = '' } of messages) {
            seen.add(MessageId);
            held.set(MessageId, ReceiptHandle);
          }
          empty = messages.length === 0 ? empty + 1 : 0;
          // Only what was seen before: it has shown again, so all was seen.
          if (messages.length > 0 && unseen.length === 0) return;
          if (unseen.length > 0) yield unseen.map((message) => toHeld(message));
        }
      } finally {
        await giveBack([...held.values()]);
      }

      function toHeld(message: Message): HeldMessage {
        const { MessageId = '', ReceiptHandle = '' } = message;
        return {
          ...toKept(message, queueUrl),
          async remove() {
            await client.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
            held.delete(MessageId);
          },
        };
      }
    },
  };
}

function toKept({ MessageId = '', Body = '', MessageAttributes = {}, Attributes = {} }: Message, where: string) {
  const text = (name: string) => MessageAttributes[name]?.StringValue;
  const origin = text('origin-message-id') ?? MessageId;
  const priority = Priority.safeParse(text('priority'));
  const problems = text('problems');
  const sentAt = Number(Attributes.SentTimestamp ?? 0);
  return {
    ...{ origin, messageId: MessageId, body: Body, where },
    requestId: requestIdOf(Body) ?? origin,
    reason: text('reason') ?? 'not stated',
    ...(problems === undefined ? {} : { problems }),
    ...(priority.success ? { priority: priority.data } : {}),
    acceptedAt: new Date(Number(text('accepted-at')) || sentAt),
    facts: { 'rejected at': new Date(sentAt).toISOString() },
  };
}
