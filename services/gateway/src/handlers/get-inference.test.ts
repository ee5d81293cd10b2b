import { createHash } from 'node:crypto';
import { InferenceResult } from '@signalbox/contracts';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startAws } from '../test-handler.ts';
import { OUTPUT, record } from '../test-items.ts';

const SECRET = '0123456789abcdefABCDEF';
const CONTENT = JSON.stringify(OUTPUT);
const ACCESS = { tenant: { S: 'acme' }, secretHash: { S: createHash('sha256').update(SECRET).digest('hex') } };

/** DynamoDB's GetItem over the tables below, and S3's GetObject over the objects. */
const aws = {
  items: new Map<string, Record<string, unknown>>(),
  objects: new Map<string, string>(),
  failing: false,
  reads: [] as string[],
  answer({ url, body }: { url: URL; body: string }): { status: number; body: string } {
    if (aws.failing) return { status: 500, body: JSON.stringify({ __type: 'InternalServerError', message: 'broken: secret detail' }) };
    if (body === '') return aws.getObject(url.pathname);
    const { TableName, Key } = JSON.parse(body) as { TableName: string; Key: { pk: { S: string } } };
    aws.reads.push(`${TableName} ${Key.pk.S}`);
    const item = aws.items.get(`${TableName} ${Key.pk.S}`);
    return { status: 200, body: JSON.stringify(item ? { Item: { pk: Key.pk, ...item } } : {}) };
  },
  getObject(path: string) {
    const content = aws.objects.get(path);
    if (content === undefined) return { status: 404, body: '<Error><Code>NoSuchKey</Code><Message>none</Message></Error>' };
    return { status: 200, body: content };
  },
};

let server: Awaited<ReturnType<typeof startAws>>;
let handler: typeof import('./get-inference.ts').handler;

beforeAll(async () => {
  server = await startAws((request) => aws.answer(request));
  process.env.AWS_MAX_ATTEMPTS = '1';
  ({ handler } = await import('./get-inference.ts'));
});
afterAll(() => server.close());
beforeEach(() => {
  aws.items.clear();
  aws.objects.clear();
  aws.items.set('access key#acme1', ACCESS);
  Object.assign(aws, { failing: false, reads: [] });
});

function put(id: string, item: Record<string, unknown>) {
  aws.items.set(`inferences ${id}`, item);
}

/** As a REST API with a proxy integration delivers it. */
async function ask(id: string, { key = `sbx_acme1_${SECRET}`, query = null as Record<string, string> | null } = {}) {
  const event = {
    resource: '/v1/inferences/{id}',
    path: `/v1/inferences/${encodeURIComponent(id)}`,
    httpMethod: 'GET',
    headers: { Authorization: `Bearer ${key}`, Host: 'abc.execute-api.us-east-1.amazonaws.com' },
    queryStringParameters: query,
    pathParameters: { id: encodeURIComponent(id) },
    requestContext: { requestId: 'request-1', stage: 'prod' },
    body: null,
    isBase64Encoded: false,
  } as unknown as APIGatewayProxyEvent;
  const context = { functionName: 'signalbox-test-get-inference', awsRequestId: 'lambda-1' } as Context;
  const reply = (await handler(event, context)) as APIGatewayProxyResult;
  return { ...reply, body: reply.body === undefined ? undefined : JSON.parse(reply.body) };
}

describe('GET /v1/inferences/{id}', () => {
  it('answers with the result of a finished inference', async () => {
    put('acme#invoice:47@11', { status: { S: 'succeeded' }, record: { S: JSON.stringify(record) }, output: { S: CONTENT } });
    const reply = await ask('invoice:47@11');
    expect(reply).toMatchObject({ statusCode: 200, headers: { 'content-type': 'application/json', 'cache-control': 'no-store' } });
    expect(InferenceResult.parse(reply.body)).toMatchObject({ id: 'invoice-4711', status: 'succeeded', output: OUTPUT });
  });

  it.each(['bad id!', 'a/b', 'x'.repeat(129), '日本', ''])('refuses an id that no request can have: %s', async (id) => {
    expect(await ask(id)).toMatchObject({ statusCode: 400, body: { error: { code: 'invalid_id', param: 'id' } } });
  });

  it('answers with the status of an inference that runs', async () => {
    put('acme#invoice-4711', { status: { S: 'running' }, route: { S: 'default' }, deferrals: { N: '2' } });
    expect(await ask('invoice-4711')).toMatchObject({ statusCode: 200, body: { id: 'invoice-4711', status: 'running' } });
  });

  it('reads an answer of middle size from S3', async () => {
    put('acme#invoice-4711', {
      status: { S: 'succeeded' },
      record: { S: JSON.stringify(record) },
      outputKey: { S: 'outputs/acme/1.json' },
    });
    aws.objects.set('/data/outputs/acme/1.json', CONTENT);
    expect((await ask('invoice-4711')).body.output).toEqual(OUTPUT);
  });

  it('links to a large answer for an hour', async () => {
    const large = { ...record, outputBytes: 2 * 1024 * 1024 };
    put('acme#invoice-4711', { status: { S: 'succeeded' }, record: { S: JSON.stringify(large) }, outputKey: { S: 'outputs/acme/1.json' } });
    const { pathname, searchParams } = new URL((await ask('invoice-4711')).body.outputUrl);
    expect(pathname).toBe('/data/outputs/acme/1.json');
    expect(searchParams.get('X-Amz-Expires')).toBe('3600');
  });

  it('does not find what another tenant has', async () => {
    put('other#invoice-4711', { status: { S: 'running' } });
    expect(await ask('invoice-4711')).toMatchObject({ statusCode: 404, body: { error: { code: 'not_found', request_id: 'request-1' } } });
    expect(aws.reads).toContain('inferences acme#invoice-4711');
  });

  it('refuses a wrong key before it looks for the inference', async () => {
    const reply = await ask('invoice-4711', { key: `sbx_acme1_${SECRET}0` });
    expect(reply).toMatchObject({
      statusCode: 401,
      headers: { 'www-authenticate': 'Bearer' },
      body: { error: { type: 'authentication_error', code: 'invalid_api_key' } },
    });
    expect(aws.reads.filter((read) => read.startsWith('inferences'))).toEqual([]);
  });

  it.each([
    ['is incomplete', { tenant: { S: 'acme' } }],
    ['does not exist', undefined],
  ])('refuses a key whose entry in the table %s', async (_what, entry) => {
    if (entry) aws.items.set('access key#broken', entry);
    expect((await ask('invoice-4711', { key: `sbx_broken_${SECRET}` })).statusCode).toBe(401);
  });

  it('says nothing of its inside when the table is broken', async () => {
    await ask('invoice-4711');
    aws.failing = true;
    const reply = await ask('invoice-4711');
    expect(reply).toMatchObject({
      statusCode: 503,
      headers: { 'retry-after': '5' },
      body: { error: { code: 'unavailable', request_id: 'request-1' } },
    });
    expect(JSON.stringify(reply.body)).not.toMatch(/secret detail|DynamoDB|table/i);
  });
});

describe('GET /v1/inferences/{id}?waitSeconds=', () => {
  it('sends the caller to the function that waits, and reads nothing but the key', async () => {
    expect(await ask('urn:1', { query: { waitSeconds: '20' } })).toMatchObject({
      statusCode: 307,
      headers: { location: 'urn%3A1/wait?waitSeconds=20' },
      body: undefined,
    });
    expect(aws.reads.filter((read) => read.startsWith('inferences'))).toEqual([]);
  });

  it.each([
    ['a wrong key', 401, 'invalid_api_key', 'x', { query: { waitSeconds: '20' }, key: `sbx_acme1_${SECRET}0` }],
    ['a time that is none', 400, 'invalid_request', 'x', { query: { waitSeconds: 'long' } }],
    ['an id that none can be', 400, 'invalid_id', 'a b', { query: { waitSeconds: '20' } }],
  ])('sends nobody with %s', async (_what, statusCode, code, id, options) => {
    expect(await ask(id, options)).toMatchObject({ statusCode, body: { error: { code } } });
  });
});

describe('the function', () => {
  it('does not start without its environment, and names what is missing', async () => {
    vi.resetModules();
    vi.stubEnv('ACCESS_TABLE', '');
    await expect(import('./get-inference.ts')).rejects.toThrow('Missing environment variables: ACCESS_TABLE.');
    vi.unstubAllEnvs();
  });
});
