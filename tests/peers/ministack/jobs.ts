import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, GetQueueAttributesCommand, type Message, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { DEFAULT_TENANT, InferenceResult, type StackFile } from '@signalbox/contracts';
import { question } from '../../e2e/kit/producer.ts';
import { createSimulator } from '../../e2e/kit/simulator.ts';
import { dynamoCall } from '../dynamodb-local/dynamo-call.ts';
import { FIRST_MODEL, SECOND_MODEL } from './routing-tables.ts';
import { ANSWER_WITHIN_MS, endingOf, seenEvent, seenResult, type World } from './world.ts';

/** What a producer does, and what comes of it, in words that can be compared. */
export type Job = (world: World) => Promise<Record<string, unknown>>;

const FRANCE = 'What is the capital of France?';
const idOf = ({ id = '' }: { id?: string | undefined }) => id;

/**
 * The main job: a request on the queue, its answer in the table, and what became of it on the bus. Those that break models come last, because
 * a worker remembers for a while who failed.
 */
export const JOBS: Readonly<Record<string, Job>> = {
  'a request on each queue': async (world) => {
    const outcomes: Record<string, unknown> = {};
    for (const queue of ['interactive', 'standard', 'bulk'] as const) {
      const request = question(FRANCE, { labels: { campaign: 'peer' } });
      await world.producer.send(request, { queue });
      outcomes[`${queue}, its result`] = seenResult(await world.producer.waitFor(idOf(request), ANSWER_WITHIN_MS));
      outcomes[`${queue}, its event`] = seenEvent(await endingOf(world, idOf(request)), idOf(request));
    }
    return outcomes;
  },

  'what the table keeps of a request': async ({ stack, producer }) => {
    const request = question(FRANCE);
    const messageId = await producer.send(request);
    await producer.waitFor(idOf(request), ANSWER_WITHIN_MS);
    const { Item: item } = await dynamoCall(stack.awsEndpointUrl, 'GetItem', {
      TableName: stack.tables.inferences,
      Key: { pk: { S: `${DEFAULT_TENANT}#${request.id}` } },
      ConsistentRead: true,
    });
    const { owner, status, record, output, ...others } = item as Record<string, { S: string }>;
    return {
      isOwnedByItsMessage: owner?.S === messageId,
      status,
      output,
      record: Object.keys(JSON.parse(record?.S ?? '{}')).sort(),
      attributes: Object.keys(others).sort(),
    };
  },

  'a request without an id': async ({ producer }) => {
    const { id: _none, ...request } = question(FRANCE);
    const messageId = await producer.send(request);
    const { id, status } = await producer.waitFor(messageId, ANSWER_WITHIN_MS);
    return { isItsMessage: id === messageId, status };
  },

  'the same request, three times': async (world) => {
    const { producer, bus } = world;
    const request = question('Once only');
    await producer.sendMany([request, request]);
    await producer.waitFor(idOf(request), ANSWER_WITHIN_MS);
    await producer.send(request);
    await endingOf(world, idOf(request));
    // Time for a second answer, if there were one.
    await sleep(2_000);
    const events = (await bus.drain()).filter(({ data }) => data.id === request.id);
    return {
      events: [...new Set(events.map(({ detailType, metadata }) => `${detailType} ${metadata.id.replace(idOf(request), '<id>')}`))],
    };
  },

  'a reply queue': async ({ producer }) => {
    const { QueueUrl } = await producer.sqs.send(new CreateQueueCommand({ QueueName: 'signalbox-reply-reports' }));
    const request = question(FRANCE, { reply: { queue: 'reports' } });
    await producer.send(request);
    const { Messages = [] } = await producer.sqs.send(
      new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20, MessageAttributeNames: ['All'] }),
    );
    const reply = InferenceResult.parse(JSON.parse(Messages[0]?.Body ?? '{}'));
    return { isOfRequest: reply.id === request.id, reply: seenResult(reply) };
  },

  'an answer that is too long for the table': async ({ producer }) => {
    const request = question('[[tokens:8000]] Tell a long story', { inferenceConfig: { maxTokens: 9_000 } });
    await producer.send(request);
    const { output, ...result } = await producer.waitFor(idOf(request), ANSWER_WITHIN_MS);
    return { result: seenResult(result), output: createHash('sha256').update(JSON.stringify(output)).digest('hex') };
  },

  'a request that lies in S3': async ({ stack, producer }) => {
    const body = JSON.stringify({ messages: question(FRANCE).messages });
    const key = `payloads/${DEFAULT_TENANT}/${randomUUID()}.json`;
    await s3Of(stack).send(new PutObjectCommand({ Bucket: stack.buckets.data, Key: key, Body: body }));
    const request = {
      schemaVersion: '1.0',
      id: `peer-${randomUUID()}`,
      payload: { key, sha256: createHash('sha256').update(body).digest('hex') },
    };
    await producer.send(request);
    return { result: seenResult(await producer.waitFor(request.id, ANSWER_WITHIN_MS)) };
  },

  'a message that cannot be taken, among others': async ({ stack, producer, bus }) => {
    const neighbours = [question('Before'), question('After')];
    const [before, after] = neighbours;
    await producer.sendMany([before, { ...question('x'), temprature: 1 }, after]);
    const results = await producer.waitForAll(neighbours.map(idOf), ANSWER_WITHIN_MS);
    const { Messages: rejected = [] } = await producer.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: stack.queues.rejected, WaitTimeSeconds: 10, MessageAttributeNames: ['All'] }),
    );
    const [event] = await bus.waitFor(({ detailType }) => detailType === 'InferenceRejected');
    const { id: _, messageId: __, ...data } = (event?.data ?? {}) as Record<string, unknown>;
    return { neighbours: results.map(({ status }) => status), rejected: rejected.map(seenMessage), event: data };
  },

  'a request over HTTP': async ({ stack, producer }) => {
    const request = question(FRANCE);
    const post = (body: unknown, key = stack.apiKey) => answerOf(stack, '/v1/inferences', { method: 'POST', key, body });
    const accepted = await post(request);
    const result = await producer.waitFor(idOf(request), ANSWER_WITHIN_MS);
    return {
      accepted: [accepted.status, accepted.body.status, accepted.body.id === request.id],
      result: seenResult(result),
      again: (await post(request)).status,
      another: codeOf(await post({ ...question('Another'), id: request.id })),
      field: codeOf(await post({ ...question('x'), temprature: 1 })),
      key: codeOf(await post(request, 'sbx_00000000_00000000000000000000000000000000')),
      absent: codeOf(await answerOf(stack, '/v1/inferences/nothing', { key: stack.apiKey })),
      routes: (await answerOf(stack, '/v1/routes', { key: stack.apiKey })).body,
    };
  },

  'what the queues are': async ({ stack, producer }) => {
    const queues = Object.entries(stack.queues).map(async ([name, QueueUrl]) => {
      const { Attributes = {} } = await producer.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
      const { VisibilityTimeout, MessageRetentionPeriod, MaximumMessageSize, DelaySeconds, QueueArn, RedrivePolicy } = Attributes;
      const redrive = RedrivePolicy === undefined ? undefined : JSON.parse(RedrivePolicy);
      return [
        [name, { VisibilityTimeout, MessageRetentionPeriod, MaximumMessageSize, DelaySeconds, QueueArn }],
        [`${name}, where its poison goes`, redrive && { ...redrive, maxReceiveCount: Number(redrive.maxReceiveCount) }],
      ];
    });
    return Object.fromEntries((await Promise.all(queues)).flat());
  },

  'a model that fails': async (world) => {
    const simulator = createSimulator(world.stack);
    await simulator.break(FIRST_MODEL, { kind: 'error', status: 503 });
    const request = question('Who serves now?');
    await world.producer.send(request);
    const result = await world.producer.waitFor(idOf(request), ANSWER_WITHIN_MS);
    await simulator.heal();
    return { status: result.status, servedBy: result.servedBy, outcomes: result.attempts?.map(({ target, outcome }) => [target, outcome]) };
  },

  'a request that waits until a model answers': async ({ stack, producer, bus }) => {
    const simulator = createSimulator(stack);
    for (const model of [FIRST_MODEL, SECOND_MODEL]) await simulator.break(model, { kind: 'error', status: 503 });
    const request = question('Nobody is there');
    await producer.send(request);
    const [event] = await bus.waitFor(
      ({ detailType, data }) => detailType === 'InferenceDeferred' && data.id === request.id,
      1,
      ANSWER_WITHIN_MS,
    );
    await simulator.heal();
    const { status } = await producer.waitFor(idOf(request), ANSWER_WITHIN_MS);
    // How often it is tried meanwhile is a matter of time.
    return { deferred: event?.data.deferrals, status, modelCalls: 'some' };
  },
};

function s3Of({ region, credentials, awsEndpointUrl }: StackFile): S3Client {
  return new S3Client({ region, credentials, endpoint: awsEndpointUrl, forcePathStyle: true });
}

/** Without the ids and times of each run. */
function seenMessage({ Body, MessageAttributes = {} }: Message): unknown {
  const { 'origin-message-id': _, 'accepted-at': acceptedAt, ...attributes } = MessageAttributes;
  return { body: Object.keys(JSON.parse(Body ?? '{}')).sort(), attributes, isTimed: Number(acceptedAt?.StringValue) > 0 };
}

type Answer = { status: number; body: Record<string, unknown> };
type Call = { method?: string; key: string; body?: unknown };

/** As a producer does: what a busy machine could not answer is asked again. */
async function answerOf(stack: StackFile, path: string, call: Call, tries = 8): Promise<Answer> {
  const { method = 'GET', key, body } = call;
  const reply = await fetch(`${stack.gatewayUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = { status: reply.status, body: (await reply.json()) as Answer['body'] };
  if (answer.status < 502 || tries === 1) return answer;
  await sleep(500);
  return answerOf(stack, path, call, tries - 1);
}

function codeOf({ status, body }: Answer): unknown {
  const { code, param } = (body.error ?? {}) as { code?: string; param?: string | null };
  return [status, code, param];
}
