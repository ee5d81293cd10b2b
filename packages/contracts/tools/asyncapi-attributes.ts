import { InferenceStatus, Priority } from '../src/index.ts';

const ORIGIN = 'The SQS message id that the request first had: the owner of its inference, also after it was parked and sent again.';
const ACCEPTED_AT = 'When the first message was sent, milliseconds since the epoch.';

/** On the request queues and the dead-letter queue. */
export const PARKED_ATTRIBUTES = attributes('Signalbox sets these when it parks a request; producers leave them out.', {
  'origin-message-id': text(ORIGIN),
  deferrals: count('Times the request was parked; the delay doubles with each, up to 15 minutes.'),
  attempts: count('Model calls so far over all receives; the next attempt counts on from here.'),
  strikes: {
    type: 'string',
    pattern: '^\\d+,\\d+,\\d+$',
    description:
      'Failures so far of which the request itself may be the cause: how many are held against it, how many there were, and when the first one of the last receive that had any ended, in milliseconds since the epoch. A request with too many ends as quarantined.',
  },
  'accepted-at': count(ACCEPTED_AT),
  'answer-key': text('S3 key of an answer that could not be recorded yet; it is finished without a second model call.'),
  told: text('"true" when the request has ended and its event is out: only the reply waits.'),
});

/** On the rejected queue. */
export const REJECTED_ATTRIBUTES = attributes('Why and whence the message was set aside.', {
  'origin-message-id': text(ORIGIN),
  reason: text('`malformed`, `unknown-route`, `id-reused`, `payload-missing`, …; as in the event InferenceRejected.'),
  problems: text('The first problems in words, at most 1,000 characters; the event has them one by one.'),
  priority: { type: 'string', enum: [...Priority.options], description: 'The queue it stood on.' },
  'accepted-at': count(ACCEPTED_AT),
});

/** On a reply queue. */
export const REPLY_ATTRIBUTES = attributes('For consumers that sort replies without reading the body.', {
  id: text('The id of the inference.'),
  status: { type: 'string', enum: [...InferenceStatus.options], description: 'Its status, as in the body.' },
});

/** An example of what a request carries after it was parked once. */
export const PARKED_EXAMPLE = {
  'origin-message-id': '0f9a5b0e-7d0b-4f63-9d3e-6e0e3b1f6a11',
  deferrals: '1',
  attempts: '3',
  strikes: '0,1,1790000000812',
  'accepted-at': '1790000000000',
};

/** An example of what a message carries that was no request. */
export const REJECTED_EXAMPLE = {
  'origin-message-id': '0f9a5b0e-7d0b-4f63-9d3e-6e0e3b1f6a11',
  reason: 'malformed',
  problems: 'messages[0].role must be one of: user, assistant',
  priority: 'standard',
  'accepted-at': '1790000000000',
};

/** SQS message attributes as the headers of a message. */
function attributes(description: string, properties: Record<string, object>): object {
  return { type: 'object', description: `SQS message attributes, all of data type String. ${description}`, properties };
}

function text(description: string): object {
  return { type: 'string', description };
}

function count(description: string): object {
  return { type: 'string', pattern: '^\\d+$', description };
}
