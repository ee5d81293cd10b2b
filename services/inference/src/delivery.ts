import { NO_STRIKES, type Strikes } from '@signalbox/routing';

/** A message as it arrived, with what earlier receives of the same request left on it. */
export type Delivery = {
  messageId: string;
  body: string;
  /** Id of the message that first carried the request; a parked copy keeps it. */
  origin: string;
  /** Times the request was parked. */
  deferrals: number;
  /** Those of them that were brief, because chance alone kept it waiting: they do not make the next wait longer. */
  briefDeferrals: number;
  /** Attempts of earlier receives. */
  attempts: number;
  /** Ambiguous failures of earlier receives, as `answer` left them. */
  strikes: Strikes;
  /** When the first message was sent, milliseconds since the epoch. */
  acceptedAt: number;
  /** The fair-queue group that its producer gave it. */
  groupId?: string;
  /** Its request has ended and its event is out; only the reply waits. */
  isTold?: boolean;
  /** S3 key of an answer that could not be recorded: it is finished without a second model call. */
  answerKey?: string;
};

/** What of an SQS record the worker reads; Lambda's event gives exactly this. */
export type QueueRecord = {
  messageId: string;
  body: string;
  attributes: { SentTimestamp: string; MessageGroupId?: string | undefined };
  messageAttributes: Record<string, { stringValue?: string | undefined }>;
};

/** Names of the SQS message attributes, of at most 10 that SQS allows. */
export const ATTRIBUTE = {
  origin: 'origin-message-id',
  deferrals: 'deferrals',
  briefDeferrals: 'brief-deferrals',
  attempts: 'attempts',
  strikes: 'strikes',
  acceptedAt: 'accepted-at',
  answerKey: 'answer-key',
  told: 'told',
} as const;

/** Reads an SQS record. Attributes that are not ours or not well formed count as absent: the message is then its own origin. */
export function readDelivery(record: QueueRecord): Delivery {
  const text = (name: string) => record.messageAttributes[name]?.stringValue;
  const answerKey = text(ATTRIBUTE.answerKey);
  const deferrals = toCount(text(ATTRIBUTE.deferrals));
  const sentAt = Number(record.attributes.SentTimestamp);
  return {
    messageId: record.messageId,
    body: record.body,
    origin: asMessageId(text(ATTRIBUTE.origin)) ?? record.messageId,
    ...(record.attributes.MessageGroupId ? { groupId: record.attributes.MessageGroupId } : {}),
    deferrals,
    // Of a copy that an older version parked nothing is known: its waits count in full.
    briefDeferrals: Math.min(toCount(text(ATTRIBUTE.briefDeferrals)), deferrals),
    attempts: toCount(text(ATTRIBUTE.attempts)),
    strikes: readStrikes(text(ATTRIBUTE.strikes)),
    // No copy was sent before its request was accepted: a stated time that says so is none.
    acceptedAt: Math.min(toCount(text(ATTRIBUTE.acceptedAt)) || sentAt, sentAt),
    ...(answerKey ? { answerKey } : {}),
    ...(text(ATTRIBUTE.told) === 'true' ? { isTold: true } : {}),
  };
}

/** What a parked copy carries. */
export function toAttributes(delivery: Delivery): Record<string, string> {
  return {
    [ATTRIBUTE.origin]: delivery.origin,
    [ATTRIBUTE.deferrals]: String(delivery.deferrals),
    ...(delivery.briefDeferrals > 0 ? { [ATTRIBUTE.briefDeferrals]: String(delivery.briefDeferrals) } : {}),
    [ATTRIBUTE.attempts]: String(delivery.attempts),
    [ATTRIBUTE.strikes]: `${delivery.strikes.againstRequest},${delivery.strikes.total},${delivery.strikes.struckAt}`,
    [ATTRIBUTE.acceptedAt]: String(delivery.acceptedAt),
    ...(delivery.answerKey ? { [ATTRIBUTE.answerKey]: delivery.answerKey } : {}),
    ...(delivery.isTold ? { [ATTRIBUTE.told]: 'true' } : {}),
  };
}

/** The text if it can be an SQS message id: it becomes part of keys. */
function asMessageId(text: string | undefined): string | undefined {
  return text !== undefined && /^[A-Za-z0-9-]{1,128}$/.test(text) ? text : undefined;
}

function readStrikes(text: string | undefined): Strikes {
  const [againstRequest = 0, total = 0, struckAt = 0] = (text ?? '').split(',').map(toCount);
  return total === 0 ? NO_STRIKES : { againstRequest, total, struckAt };
}

function toCount(text: string | undefined): number {
  const count = Number(text);
  return Number.isSafeInteger(count) && count > 0 ? count : 0;
}
