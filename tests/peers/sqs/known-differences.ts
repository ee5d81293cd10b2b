import type { KnownDifference } from '../kit/report.ts';

/** Where the embedded SQS and ElasticMQ differ and we leave it so. */
export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  { name: 'batches that are refused whole: empty', reason: 'ElasticMQ takes a batch of nothing; SQS refuses it, as we do' },
  { name: 'batches that are refused whole: name', reason: 'ElasticMQ takes any id of an entry; SQS refuses it, as we do' },
  { name: 'a hold that is too long', reason: 'ElasticMQ holds for any time; SQS refuses more than 12 hours, as we do' },
  {
    name: 'a hold that ends by itself: release',
    reason: 'a handle of an earlier receive is no longer good in ElasticMQ, and not in flight in fauxqs: a refusal in both, by two names',
  },
  {
    name: 'holds by handles that mean nothing: single',
    reason: "the same error, 400 in ElasticMQ and 404 in SQS's model, which the embedded SQS follows",
  },
  {
    name: 'a delete by a handle that means nothing',
    reason: "the same error, 400 in ElasticMQ and 404 in SQS's model, which the embedded SQS follows",
  },
  {
    name: 'messages that are deleted: again',
    reason: 'ElasticMQ forgets a handle with its message; SQS takes the second delete, as we do',
  },
  {
    name: 'the count of receives of a dead letter',
    reason: 'both count on from the source queue; fauxqs 2.4.1 also counts the receive that moved the message',
  },
  {
    name: 'a message group on a standard queue: received',
    reason: 'fauxqs 2.4.1 drops the group of a message on a standard queue; nothing here reads it',
  },
  { name: 'a trace header', reason: 'fauxqs 2.4.1 drops it; requests carry their own traceparent' },
  { name: 'bodies at the limits: larger', reason: 'ElasticMQ bounds bodies for all queues alike; SQS by each queue, as we do' },
  { name: 'bodies at the limits: empty', reason: 'ElasticMQ names the refusal otherwise; SQS as we do' },
  { name: 'bodies at the limits: control', reason: 'ElasticMQ names the refusal otherwise; SQS as we do' },
  { name: 'what a queue says of itself: MessageRetentionPeriod', reason: 'ElasticMQ keeps messages for ever and has no such attribute' },
  { name: 'more messages than may be asked for', reason: 'ElasticMQ names the refusal otherwise; SQS as we do' },
];
