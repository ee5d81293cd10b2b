import { createHash } from 'node:crypto';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startAws } from '../test-handler.ts';
import { OUTPUT, record } from '../test-items.ts';

const SECRET = '0123456789abcdefABCDEF';
const RUNNING = { status: { S: 'running' }, route: { S: 'default' } };
const ENDED = { status: { S: 'succeeded' }, record: { S: JSON.stringify(record) }, output: { S: JSON.stringify(OUTPUT) } };

/** DynamoDB's GetItem: one key, and one inference as it stands at each read, the last for good. */
const table = {
  states: [] as object[],
  reads: 0,
  answer(body: string): object {
    const { TableName, Key } = JSON.parse(body) as { TableName: string; Key: { pk: { S: string } } };
    const secretHash = createHash('sha256').update(SECRET).digest('hex');
    if (TableName === 'access') return { Item: { pk: Key.pk, tenant: { S: 'acme' }, secretHash: { S: secretHash } } };
    const state = table.states[Math.min(table.reads++, table.states.length - 1)];
    return state && Key.pk.S === 'acme#invoice-4711' ? { Item: { pk: Key.pk, ...state } } : {};
  },
};

let aws: Awaited<ReturnType<typeof startAws>>;
let handler: typeof import('./wait-inference.ts').handler;

beforeAll(async () => {
  aws = await startAws(({ body }) => ({ body: table.answer(body) }));
  vi.stubEnv('AWS_MAX_ATTEMPTS', '1');
  ({ handler } = await import('./wait-inference.ts'));
});
afterAll(() => aws.close());
beforeEach(() => {
  Object.assign(table, { states: [RUNNING], reads: 0 });
});

async function ask(query: Record<string, string> | null, { key = `sbx_acme1_${SECRET}`, id = 'invoice-4711', remainingMs = 28_000 } = {}) {
  const event = {
    resource: '/v1/inferences/{id}/wait',
    path: `/v1/inferences/${id}/wait`,
    httpMethod: 'GET',
    headers: { Authorization: `Bearer ${key}` },
    queryStringParameters: query,
    pathParameters: { id },
    requestContext: { requestId: 'request-1' },
    body: null,
    isBase64Encoded: false,
  } as unknown as APIGatewayProxyEvent;
  const context = { functionName: 'wait', awsRequestId: 'lambda-1', getRemainingTimeInMillis: () => remainingMs } as Context;
  const reply = (await handler(event, context)) as APIGatewayProxyResult;
  return { ...reply, body: JSON.parse(reply.body) };
}

describe('GET /v1/inferences/{id}/wait', () => {
  it('answers as soon as the inference has ended', async () => {
    table.states = [RUNNING, RUNNING, ENDED];
    expect(await ask({ waitSeconds: '20' })).toMatchObject({ statusCode: 200, body: { status: 'succeeded', output: OUTPUT } });
    expect(table.reads).toBe(3);
  });

  it('answers how it stands when the time is over', async () => {
    expect(await ask({ waitSeconds: '1' })).toMatchObject({ statusCode: 200, body: { id: 'invoice-4711', status: 'running' } });
    expect(table.reads).toBeGreaterThan(1);
  });

  it('ends with what it knows when its own time runs out', async () => {
    expect(await ask({ waitSeconds: '20' }, { remainingMs: 500 })).toMatchObject({ statusCode: 200, body: { status: 'running' } });
    expect(table.reads).toBe(1);
  });

  it.each([
    ['without a time', null, {}, 400, 'invalid_request', 'waitSeconds'],
    ['with too long a time', { waitSeconds: '26' }, {}, 400, 'invalid_request', 'waitSeconds'],
    ['with an id that none can be', { waitSeconds: '5' }, { id: 'bad id!' }, 400, 'invalid_id', 'id'],
    ['of another inference', { waitSeconds: '5' }, { id: 'invoice-4712' }, 404, 'not_found', 'id'],
    ['with a wrong key', { waitSeconds: '5' }, { key: `sbx_acme1_${SECRET}0` }, 401, 'invalid_api_key', null],
  ])('%s is refused at once', async (_what, query, options, statusCode, code, param) => {
    expect(await ask(query, options)).toMatchObject({ statusCode, body: { error: { code, param, request_id: 'request-1' } } });
  });
});
