import { SCHEMA_VERSION } from '../src/index.ts';
import { eventMessages, queueMessages } from './asyncapi-messages.ts';
import { asyncapiSchemas } from './asyncapi-schemas.ts';
import { EVENT_CONTRACTS } from './public-contracts.ts';
import type { Docstrings } from './read-docstrings.ts';

const INTRODUCTION = `Signalbox answers foundation-model requests on AWS. Producers send requests to one of three SQS queues; what became of
them is published on an EventBridge bus and, if asked for, sent to a reply queue. The result can also be read over HTTP by the request's id.

**Delivery** is at least once everywhere and in no promised order. A request is deduplicated on its \`id\` within the tenant, an event by its consumer on
\`metadata.id\`.

**Versions**: each request carries \`schemaVersion\`, each event \`metadata.version\`, as \`major.minor\`. An optional field more is the same version.
Requests are read strictly: an unknown field is refused by name, unless the request declares a newer minor version. Readers of events and results
tolerate unknown fields.`;

const LANES = {
  interactive: 'Someone waits for the answer: up to 75 seconds of work on each receive.',
  standard: 'The usual lane: up to 270 seconds of work on each receive.',
  bulk: 'Large batches that may take hours: up to 840 seconds of work on each receive.',
} as const;

/** The AsyncAPI document of the queues and the event bus, as plain data. */
export function asyncapiDocument(docs: Docstrings): object {
  return {
    asyncapi: '3.0.0',
    id: 'urn:signalbox',
    info: {
      title: 'Signalbox queues and events',
      version: `${SCHEMA_VERSION}.0`,
      description: INTRODUCTION,
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/json',
    servers: SERVERS,
    channels: channels(),
    operations: operations(docs),
    components: {
      messages: { ...queueMessages(docs), ...eventMessages(docs) },
      schemas: asyncapiSchemas(docs),
      securitySchemes: { iam: IAM },
    },
  };
}

const IAM = {
  type: 'http',
  scheme: 'AWS4-HMAC-SHA256',
  description: 'AWS Signature Version 4. Who may send, receive or put events is said by IAM and by the policies of queues and bus.',
};
const REGION = { region: { description: 'The AWS region of the installation.', default: 'us-east-1' } };
const SERVERS = {
  queues: {
    host: 'sqs.{region}.amazonaws.com',
    protocol: 'sqs',
    description: 'Amazon SQS. On one machine: the address that `awsEndpointUrl` of `stack.json` names.',
    variables: REGION,
  },
  bus: {
    host: 'events.{region}.amazonaws.com',
    protocol: 'eventbridge',
    description: 'Amazon EventBridge. On one machine: the address that `awsEndpointUrl` of `stack.json` names.',
    variables: REGION,
  },
};

const STAGE = { stage: { description: 'The installation, as its stacks were deployed; `local` on one machine.', default: 'local' } };

function channels(): object {
  return {
    ...Object.fromEntries(
      Object.entries(LANES).map(([lane, description]) => [lane, queue(lane, `Requests. ${description}`, 'InferenceRequest')]),
    ),
    rejected: queue(
      'rejected',
      'Messages that are no request, or reuse the id of another; kept for people to read and send again.',
      'RejectedMessage',
    ),
    deadLetter: queue(
      'dead-letter',
      'Messages whose receives ended in a crash too often. Their inference ends as failed, `dead-lettered`.',
      'DeadLetter',
    ),
    reply: {
      ...queue('reply', "Results for one producer, in that producer's own queue.", 'InferenceResult'),
      address: 'signalbox-reply-{name}',
      parameters: { name: { description: 'What the policy has under `replyQueues`; requests refer to it by a short name.' } },
    },
    events: {
      address: 'signalbox-{stage}',
      title: 'Event bus',
      description: 'The EventBridge bus. Rules match on `source` and `detail-type`; the consumer owns its rule.',
      servers: [{ $ref: '#/servers/bus' }],
      parameters: STAGE,
      messages: messageReferences(EVENT_CONTRACTS.map(({ name }) => name)),
    },
  };
}

function queue(name: string, description: string, message: string): object {
  return {
    address: `signalbox-{stage}-${name}`,
    title: `${name} queue`,
    description,
    servers: [{ $ref: '#/servers/queues' }],
    parameters: STAGE,
    messages: messageReferences([message]),
  };
}

function messageReferences(names: readonly string[]): object {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/messages/${name}` }]));
}

function operations(docs: Docstrings): object {
  const lanes = Object.keys(LANES).map((lane) => [
    `answer${lane.charAt(0).toUpperCase()}${lane.slice(1)}`,
    {
      ...operation('receive', lane, `Answers a request from the ${lane} queue, once, however often it is delivered.`, ['InferenceRequest']),
      reply: { channel: { $ref: '#/channels/reply' }, messages: [{ $ref: '#/channels/reply/messages/InferenceResult' }] },
    },
  ]);
  return {
    ...Object.fromEntries(lanes),
    reject: operation('send', 'rejected', 'Sets a message aside that is no request, beside the event InferenceRejected.', [
      'RejectedMessage',
    ]),
    buryDeadLetter: operation('receive', 'deadLetter', 'Ends the inference of a message that SQS gave up.', ['DeadLetter']),
    sendReply: operation('send', 'reply', 'Sends the result where the request asked for it by `reply`.', ['InferenceResult']),
    ...Object.fromEntries(
      EVENT_CONTRACTS.map(({ name }) => [`publish${name}`, operation('send', 'events', `Publishes ${name}: ${docs.get(name)}`, [name])]),
    ),
  };
}

/** Said from where Signalbox stands: it receives requests and sends results and events. */
function operation(action: 'send' | 'receive', channel: string, description: string, messages: readonly string[]): object {
  return {
    action,
    channel: { $ref: `#/channels/${channel}` },
    description,
    security: [{ $ref: '#/components/securitySchemes/iam' }],
    messages: messages.map((name) => ({ $ref: `#/channels/${channel}/messages/${name}` })),
  };
}
