import { InferenceFailed, InferenceResult } from '@signalbox/contracts';
import type { APIGatewayProxyResult, Context } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ACCESS, type AwsReply, type AwsRequest, proxyEvent, startAws } from '../test-handler.ts';
import { record } from '../test-items.ts';

type Item = Record<string, { S?: string; N?: string }>;
type Update = { Key: { pk: { S: string } }; ConditionExpression: string; UpdateExpression: string };
const KEY = 'acme#urn:4711';
const OPEN: Item = {
  pk: { S: KEY },
  status: { S: 'running' },
  owner: { S: 'message-1' },
  hash: { S: 'h' },
  deadline: { N: '1790000000000' },
};
const DONE: Item = {
  ...OPEN,
  status: { S: 'succeeded' },
  record: { S: JSON.stringify({ ...record, id: 'urn:4711' }) },
  output: { S: '{"a":1}' },
};

/** DynamoDB with its conditions left out, the bus, and S3. */
const world = {
  items: new Map<string, Item>(),
  updates: [] as Update[],
  events: [] as { Source: string; DetailType: string; Detail: string; EventBusName: string }[],
  deletes: [] as string[],
  busIsDown: false,
  answer({ operation, url, body, method }: AwsRequest): AwsReply {
    if (operation === undefined) return world.s3(method, url, body);
    const input = JSON.parse(body);
    if (operation === 'GetItem' && input.TableName === 'access') return { body: input.Key.pk.S === 'key#acme1' ? { Item: ACCESS } : {} };
    if (operation === 'GetItem') return { body: { Item: world.items.get(input.Key.pk.S) } };
    if (operation === 'UpdateItem') return world.update(input);
    if (world.busIsDown) return { status: 500, body: { __type: 'InternalFailure', message: 'broken: secret detail' } };
    world.events.push(...input.Entries);
    return { body: { FailedEntryCount: 0, Entries: input.Entries.map(() => ({ EventId: 'e' })) } };
  },
  update(input: Update & { ExpressionAttributeValues: Item }): AwsReply {
    world.updates.push(input);
    const { ':status': status, ':record': record } = input.ExpressionAttributeValues;
    if (record) world.items.set(input.Key.pk.S, { ...world.items.get(input.Key.pk.S), status: status ?? {}, record });
    return { body: {} };
  },
  s3(method: string, url: URL, body: string): AwsReply {
    if (method === 'GET')
      return { body: `<ListBucketResult><Contents><Key>${url.searchParams.get('prefix')}1.json</Key></Contents></ListBucketResult>` };
    world.deletes.push(...[...body.matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, key = '']) => key));
    return { body: '<DeleteResult></DeleteResult>' };
  },
};

let aws: { close(): void };
let handler: typeof import('./delete-inference.ts').handler;

beforeAll(async () => {
  aws = await startAws((request) => world.answer(request));
  vi.stubEnv('STAGE', 'test');
  vi.stubEnv('EVENT_BUS', 'signalbox-test');
  ({ handler } = await import('./delete-inference.ts'));
});
afterAll(() => aws.close());
beforeEach(() => {
  Object.assign(world, { items: new Map(), updates: [], events: [], deletes: [], busIsDown: false });
});

async function ask(id: string, key?: string) {
  const event = proxyEvent({ method: 'DELETE', resource: '/v1/inferences/{id}', id, ...(key ? { key } : {}) });
  const context = { functionName: 'signalbox-test-delete-inference', awsRequestId: 'lambda-1' } as Context;
  const reply = (await handler(event, context)) as APIGatewayProxyResult;
  return { ...reply, body: JSON.parse(reply.body) };
}

describe('DELETE /v1/inferences/{id}', () => {
  it('cancels what is open, and tells it as the worker would', async () => {
    world.items.set(KEY, OPEN);
    const reply = await ask('urn:4711');
    expect(reply.statusCode).toBe(200);
    expect(InferenceResult.parse(reply.body)).toMatchObject({ id: 'urn:4711', status: 'failed', reason: 'cancelled' });
    expect(world.updates[0]).toMatchObject({ ConditionExpression: '#status IN (:accepting, :accepted, :running)' });
    expect(world.events).toMatchObject([{ Source: 'signalbox.inference', DetailType: 'InferenceFailed', EventBusName: 'signalbox-test' }]);
    expect(InferenceFailed.parse(JSON.parse(world.events[0]?.Detail ?? ''))).toMatchObject({
      metadata: { id: `${KEY}#end`, causationId: 'message-1' },
      data: { reason: 'cancelled', tenant: 'acme', stage: 'test' },
    });
  });

  it('erases what has ended, in the table and in S3', async () => {
    world.items.set(KEY, { ...DONE, payloadKey: { S: 'payloads/acme/1' } });
    const reply = await ask('urn:4711');
    expect(InferenceResult.parse(reply.body)).toMatchObject({ status: 'succeeded', usage: record.usage });
    expect(reply.body).not.toHaveProperty('output');
    expect(Date.parse(reply.body.erasedAt)).toBeGreaterThan(Date.now() - 60_000);
    expect(world.updates[0]?.UpdateExpression).toBe('SET #record = :record REMOVE #output, outputKey, labels, listed');
    expect(world.deletes.toSorted()).toEqual([
      expect.stringMatching(/^dead-letters\/.*\/message-1\.json$/),
      expect.stringMatching(/^outputs\/acme\/[0-9a-f]{64}\/1\.json$/),
      'payloads/acme/1',
      expect.stringMatching(/^stashed\/acme\/[0-9a-f]{64}\/1\.json$/),
    ]);
    expect(world.events).toEqual([]);
  });

  it('is 503 while the bus is down, with the request cancelled, and tells it when it is repeated', async () => {
    world.items.set(KEY, OPEN);
    world.busIsDown = true;
    const reply = await ask('urn:4711');
    expect(reply).toMatchObject({ statusCode: 503, headers: { 'retry-after': '5' }, body: { error: { code: 'unavailable' } } });
    expect(JSON.stringify(reply.body)).not.toMatch(/secret detail|bus/i);
    world.busIsDown = false;
    expect((await ask('urn:4711')).body).toMatchObject({ reason: 'cancelled' });
    expect(world.events).toHaveLength(1);
  });

  it('does not find what another tenant has', async () => {
    world.items.set('other#urn:4711', DONE);
    expect(await ask('urn:4711')).toMatchObject({ statusCode: 404, body: { error: { code: 'not_found', param: 'id' } } });
    expect(world.updates).toEqual([]);
  });

  it.each(['bad id!', 'a/b', ''])('refuses an id that no request can have: %s', async (id) => {
    expect(await ask(id)).toMatchObject({ statusCode: 400, body: { error: { code: 'invalid_id' } } });
  });

  it('asks a wrong key before anything else', async () => {
    world.items.set(KEY, DONE);
    expect(await ask('urn:4711', 'sbx_acme1_wrong')).toMatchObject({ statusCode: 401, body: { error: { code: 'invalid_api_key' } } });
    expect(world.updates).toEqual([]);
  });
});

it('does not start without its environment, and names what is missing', async () => {
  vi.resetModules();
  vi.stubEnv('EVENT_BUS', '');
  await expect(import('./delete-inference.ts')).rejects.toThrow('Missing environment variables: EVENT_BUS.');
  vi.unstubAllEnvs();
});
