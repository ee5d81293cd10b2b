import type { QueueRecord } from '../delivery.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** A killed sandbox gives its messages back after this. */
export const VISIBILITY_MS = 45_000;
const MAX_RECEIVES = 20;

type Message = {
  messageId: string;
  body: string;
  attributes: Record<string, string>;
  sentAt: number;
  visibleAt: number;
  receives: number;
};

/** One receive of a message; only the latest one can delete it. */
export type Received = { record: QueueRecord; receives: number };

export type VirtualQueue = {
  send(message: { body: string; attributes?: Record<string, string>; delaySeconds?: number; messageId?: string }): string;
  receive(): Received | undefined;
  delete(received: Received): void;
  /** A message that could not be settled comes again after this. */
  returnAfter(received: Received, milliseconds: number): void;
  /** Visible, delayed and in flight. */
  size(): number;
  has(messageId: string): boolean;
  /** When the next message can be received; undefined when there is none. */
  nextVisibleAt(): number | undefined;
  /** What was received too often. */
  dead: QueueRecord[];
  /** All that were ever sent, for tests that look into what left. */
  sent: readonly Readonly<Message>[];
};

/** A standard SQS queue as far as a worker sees it: delays, visibility, receive counts, dead letters, deletes by the latest receive. */
export function createVirtualQueue(clock: VirtualClock): VirtualQueue {
  const messages = new Map<string, Message>();
  const sent: Message[] = [];
  const dead: QueueRecord[] = [];

  function takeVisible(): Message | undefined {
    const visible = [...messages.values()].filter(({ visibleAt }) => visibleAt <= clock.now);
    return visible.sort((left, right) => left.visibleAt - right.visibleAt)[0];
  }

  function isLatest({ record, receives }: Received): boolean {
    return messages.get(record.messageId)?.receives === receives;
  }

  return {
    dead,
    sent,
    size: () => messages.size,
    has: (messageId) => messages.has(messageId),
    send({ body, attributes = {}, delaySeconds = 0, messageId = `message-${sent.length + 1}` }) {
      const message = { messageId, body, attributes, sentAt: clock.now, visibleAt: clock.now + delaySeconds * 1_000, receives: 0 };
      messages.set(messageId, message);
      sent.push(message);
      return messageId;
    },
    receive() {
      for (let message = takeVisible(); message; message = takeVisible()) {
        message.receives++;
        if (message.receives <= MAX_RECEIVES) {
          message.visibleAt = clock.now + VISIBILITY_MS;
          return { record: toRecord(message), receives: message.receives };
        }
        messages.delete(message.messageId);
        dead.push(toRecord(message));
      }
      return undefined;
    },
    delete(received) {
      if (isLatest(received)) messages.delete(received.record.messageId);
    },
    returnAfter(received, milliseconds) {
      const message = messages.get(received.record.messageId);
      if (message && isLatest(received)) message.visibleAt = clock.now + milliseconds;
    },
    nextVisibleAt() {
      const times = [...messages.values()].map(({ visibleAt }) => visibleAt);
      return times.length === 0 ? undefined : Math.min(...times);
    },
  };
}

function toRecord({ messageId, body, attributes, sentAt }: Message): QueueRecord {
  const messageAttributes = Object.fromEntries(Object.entries(attributes).map(([name, stringValue]) => [name, { stringValue }]));
  return { messageId, body, attributes: { SentTimestamp: String(sentAt) }, messageAttributes };
}
