import { InferenceList } from '@signalbox/contracts';
import type { APIGatewayProxyResult, Context } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ACCESS, type AwsRequest, proxyEvent, startAws } from '../test-handler.ts';

type Item = Record<string, { S?: string; N?: string }>;

/** DynamoDB: one listed inference today, one batch of it and of one that is missing. */
const dynamo = {
  queries: [] as Record<string, unknown>[],
  isDown: false,
  item(tenant: string): Item {
    return {
      pk: { S: `${tenant}#invoice-4711` },
      status: { S: 'failed' },
      labels: { S: '{"campaign":"spring"}' },
      route: { S: 'default' },
      priority: { S: 'bulk' },
      acceptedAt: { N: String(Date.now() - 1) },
    };
  },
  answer({ operation, body }: AwsRequest) {
    if (dynamo.isDown) return { status: 500, body: { __type: 'InternalServerError', message: 'broken: secret detail' } };
    const input = JSON.parse(body);
    if (operation === 'GetItem' && input.TableName === 'access') return { body: input.Key.pk.S === 'key#acme1' ? { Item: ACCESS } : {} };
    if (operation === 'GetItem')
      return { body: input.Key.pk.S === 'batch#acme#spring-7' ? { Item: { ids: { S: '["x","invoice-4711"]' } } } : {} };
    if (operation === 'BatchGetItem') return { body: { Responses: { inferences: [dynamo.item('acme')] } } };
    dynamo.queries.push(input);
    const isToday = input.ExpressionAttributeValues[':listed'].S === `acme#${new Date().toISOString().slice(0, 10)}`;
    return { body: { Items: isToday && !input.ExclusiveStartKey ? [dynamo.item('acme')] : [] } };
  },
};

let aws: { close(): void };
let handler: typeof import('./list-inferences.ts').handler;

beforeAll(async () => {
  aws = await startAws((request) => dynamo.answer(request));
  vi.stubEnv('AWS_MAX_ATTEMPTS', '1');
  ({ handler } = await import('./list-inferences.ts'));
});
afterAll(() => aws.close());
beforeEach(() => Object.assign(dynamo, { queries: [], isDown: false }));

async function ask(query: Record<string, string[]> = {}, key?: string) {
  const event = proxyEvent({ method: 'GET', resource: '/v1/inferences', query, ...(key ? { key } : {}) });
  const context = { functionName: 'signalbox-test-list-inferences', awsRequestId: 'lambda-1' } as Context;
  const reply = (await handler(event, context)) as APIGatewayProxyResult;
  return { ...reply, body: JSON.parse(reply.body) };
}

describe('GET /v1/inferences', () => {
  it('lists the requests of the key’s tenant, and goes on by its cursor', async () => {
    const reply = await ask({ label: ['campaign:spring'], status: ['failed'], limit: ['1'] });
    expect(reply).toMatchObject({ statusCode: 200, headers: { 'cache-control': 'no-store' } });
    expect(InferenceList.parse(reply.body)).toMatchObject({ inferences: [{ id: 'invoice-4711', labels: { campaign: 'spring' } }] });
    expect(dynamo.queries[0]).toMatchObject({
      TableName: 'inferences',
      IndexName: 'listed-by-day',
      ScanIndexForward: false,
      FilterExpression: 'contains(labels, :label) AND #status IN (:status0)',
      ExpressionAttributeValues: { ':label': { S: '"campaign":"spring"' }, ':status0': { S: 'failed' } },
    });
    const next = await ask({ label: ['campaign:spring'], status: ['failed'], cursor: [reply.body.nextCursor] });
    expect(next.body).toEqual({ schemaVersion: '1.0', inferences: [] });
    expect(dynamo.queries[1]).toMatchObject({ ExclusiveStartKey: { pk: { S: 'acme#invoice-4711' } } });
  });

  it('lists a batch with its progress', async () => {
    const reply = await ask({ batch: ['spring-7'] });
    expect(reply.body).toMatchObject({ inferences: [{ id: 'invoice-4711' }], progress: { total: 2, failed: 1, missing: 1 } });
    expect(await ask({ batch: ['spring-8'] })).toMatchObject({ statusCode: 404, body: { error: { code: 'not_found', param: 'batch' } } });
  });

  it.each([
    ['an unknown parameter', { labels: ['campaign:spring'] }, 'invalid_request', 'labels'],
    ['a repeated parameter', { status: ['failed', 'expired'] }, 'invalid_request', 'status'],
    ['a limit that is none', { limit: ['many'] }, 'invalid_request', 'limit'],
    ['a cursor that is none', { cursor: ['here'] }, 'invalid_cursor', 'cursor'],
  ])('refuses %s by its name, and reads nothing', async (_what, query, code, param) => {
    expect(await ask(query)).toMatchObject({ statusCode: 400, body: { error: { code, param, type: 'invalid_request_error' } } });
    expect(dynamo.queries).toEqual([]);
  });

  it('asks a wrong key before anything else', async () => {
    expect(await ask({ limit: ['many'] }, 'sbx_acme1_wrong')).toMatchObject({
      statusCode: 401,
      body: { error: { code: 'invalid_api_key' } },
    });
  });

  it('is 503 and says nothing of its inside while the table is broken', async () => {
    await ask();
    dynamo.isDown = true;
    const reply = await ask();
    expect(reply).toMatchObject({ statusCode: 503, headers: { 'retry-after': '5' }, body: { error: { code: 'unavailable' } } });
    expect(JSON.stringify(reply.body)).not.toMatch(/secret detail|DynamoDB|table/i);
  });
});

it('does not start without its environment, and names what is missing', async () => {
  vi.resetModules();
  vi.stubEnv('INFERENCES_TABLE', '');
  await expect(import('./list-inferences.ts')).rejects.toThrow('Missing environment variables: INFERENCES_TABLE.');
  vi.unstubAllEnvs();
});
