import * as samples from '../src/samples.ts';
import { PARKED_ATTRIBUTES, PARKED_EXAMPLE, REJECTED_ATTRIBUTES, REJECTED_EXAMPLE, REPLY_ATTRIBUTES } from './asyncapi-attributes.ts';
import { EVENT_CONTRACTS } from './public-contracts.ts';
import type { Docstrings } from './read-docstrings.ts';

const DEDUPLICATE = 'Delivered at least once: deduplicate on `metadata.id`, which is the same each time the event is published.';

/** The messages of the queues. */
export function queueMessages(docs: Docstrings): Record<string, object> {
  return {
    InferenceRequest: {
      ...message(
        'InferenceRequest',
        `${docs.get('InferenceRequest')} At most 256 KiB; above that the content goes to S3 by \`payload\`. Delivered at least once: the same \`id\` and body is answered once.`,
      ),
      correlationId: { location: '$message.payload#/id' },
      headers: PARKED_ATTRIBUTES,
      payload: schemaReference('InferenceRequest'),
      examples: [
        { name: 'new', summary: 'As a producer sends it.', payload: samples.inferenceRequest },
        { name: 'parked', summary: 'After one deferral.', headers: PARKED_EXAMPLE, payload: samples.inferenceRequest },
      ],
    },
    InferenceResult: {
      ...message(
        'InferenceResult',
        `${docs.get('InferenceResult')} Delivered at least once: deduplicate on \`id\`. An output too large for a message stands behind \`outputUrl\`.`,
      ),
      correlationId: { location: '$message.payload#/id' },
      headers: REPLY_ATTRIBUTES,
      payload: schemaReference('InferenceResult'),
      examples: [
        {
          name: 'succeeded',
          headers: { id: samples.inferenceResult.id, status: samples.inferenceResult.status },
          payload: samples.inferenceResult,
        },
      ],
    },
    RejectedMessage: {
      ...message(
        'RejectedMessage',
        'The body as it was received, which can be anything; why it was refused stands in the event InferenceRejected of the same message id.',
      ),
      headers: REJECTED_ATTRIBUTES,
      payload: { description: 'Whatever the producer sent; not always JSON.' },
      examples: [
        {
          name: 'unknownRole',
          headers: REJECTED_EXAMPLE,
          payload: { schemaVersion: '1.0', messages: [{ role: 'robot', content: [{ text: 'Hello.' }] }] },
        },
      ],
    },
    DeadLetter: {
      ...message(
        'DeadLetter',
        'A request as it stood on its queue, moved by SQS after 20 receives that ended in no decision. Waiting for a model is no such receive.',
      ),
      headers: PARKED_ATTRIBUTES,
      payload: schemaReference('InferenceRequest'),
      examples: [{ name: 'request', headers: PARKED_EXAMPLE, payload: samples.inferenceRequest }],
    },
  };
}

/** The events of the bus: the payload is the envelope's `detail`. */
export function eventMessages(docs: Docstrings): Record<string, object> {
  return Object.fromEntries(
    EVENT_CONTRACTS.map(({ source, name, sample }) => [
      name,
      {
        ...message(name, `${docs.get(name)} ${DEDUPLICATE}`),
        correlationId: { location: '$message.payload#/metadata/correlationId' },
        headers: envelope(source, name),
        payload: schemaReference(name),
        examples: [{ name: 'sample', headers: { source, 'detail-type': name }, payload: sample }],
      },
    ]),
  );
}

function envelope(source: string, name: string): object {
  return {
    type: 'object',
    description: "Fields of EventBridge's envelope around the detail, as rules match them.",
    properties: { source: { const: source }, 'detail-type': { const: name } },
    required: ['source', 'detail-type'],
  };
}

function message(name: string, description: string): object {
  const title = name.replace(/([a-z])([A-Z])/g, (_, end: string, start: string) => `${end} ${start.toLowerCase()}`);
  return { name, title, description, contentType: 'application/json' };
}

function schemaReference(name: string): object {
  return { $ref: `#/components/schemas/${name}` };
}
