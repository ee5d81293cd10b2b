import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inferenceRequest, routingTable } from '@signalbox/contracts/samples';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

const SECRET = '0123456789abcdefABCDEF';
const ACCESS = { tenant: { S: 'acme' }, scopes: { L: [{ S: '*' }] }, secretHash: { S: createHash('sha256').update(SECRET).digest('hex') } };

type Item = Record<string, { S?: string; N?: string }>;
type Reply = { status?: number; headers?: Record<string, string>; body: unknown };

type Message = { QueueUrl: string; MessageBody: string; MessageGroupId: string };

/** DynamoDB with the two tables, SQS, and AppConfig with the sample table. */
const aws = {
  items: new Map<string, Item>(),
  messages: [] as Message[],
  queueIsDown: false,
  answer(request: IncomingMessage, body: string): Reply {
    const operation = String(request.headers['x-amz-target'] ?? '')
      .split('.')
      .at(-1);
    const input = body === '' ? {} : JSON.parse(body);
    if (operation === 'GetItem')
      return { body: { Item: input.TableName === 'access' && input.Key.pk.S === 'key#acme1' ? ACCESS : undefined } };
    if (operation === 'UpdateItem') return aws.accept(input);
    if (operation === 'SendMessage') return aws.send(input);
    if (request.url === '/configurationsessions') return { status: 201, body: { InitialConfigurationToken: 'token' } };
    if (request.url?.startsWith('/configuration?')) return { headers: { 'next-poll-configuration-token': 'token' }, body: routingTable };
    return { status: 404, body: { message: `no such call: ${operation} ${request.url}` } };
  },
  accept({ Key, ExpressionAttributeValues: values }: { Key: { pk: { S: string } }; ExpressionAttributeValues: Item }): Reply {
    const standing = aws.items.get(Key.pk.S);
    if (standing) return { status: 400, body: { __type: 'ConditionalCheckFailedException', message: 'x', Item: standing } };
    aws.items.set(Key.pk.S, { pk: Key.pk, status: { S: 'accepting' }, hash: values[':hash'] ?? {}, route: values[':route'] ?? {} });
    return { body: {} };
  },
  send(input: Message): Reply {
    if (aws.queueIsDown) return { status: 500, body: { __type: 'InternalFailure', message: 'broken: secret detail' } };
    aws.messages.push(input);
    return {
      body: { MessageId: `message-${aws.messages.length}`, MD5OfMessageBody: createHash('md5').update(input.MessageBody).digest('hex') },
    };
  },
};

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { status = 200, headers = {}, body } = aws.answer(request, Buffer.concat(chunks).toString('utf8'));
  response.writeHead(status, headers).end(JSON.stringify(body));
});

let handler: typeof import('./accept-inference.ts').handler;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    INFERENCES_TABLE: 'inferences',
    ACCESS_TABLE: 'access',
    DATA_BUCKET: 'data',
    INTERACTIVE_QUEUE_URL: `${url}/1/interactive`,
    STANDARD_QUEUE_URL: `${url}/1/standard`,
    BULK_QUEUE_URL: `${url}/1/bulk`,
    APPCONFIG_APPLICATION: 'application',
    APPCONFIG_ENVIRONMENT: 'environment',
    APPCONFIG_PROFILE: 'profile',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
  });
  vi.stubGlobal('ROUTING_TABLE_SNAPSHOT', routingTable);
  ({ handler } = await import('./accept-inference.ts'));
});
afterAll(() => {
  vi.unstubAllGlobals();
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  aws.items.clear();
  Object.assign(aws, { messages: [], queueIsDown: false });
});

/** As a REST API with a proxy integration delivers it. */
async function post(body: unknown, changes: { headers?: Record<string, string>; key?: string } = {}) {
  const event = {
    resource: '/v1/inferences',
    path: '/v1/inferences',
    httpMethod: 'POST',
    headers: {
      Authorization: `Bearer ${changes.key ?? `sbx_acme1_${SECRET}`}`,
      'Content-Type': 'application/json',
      Host: 'abc.execute-api.us-east-1.amazonaws.com',
      ...changes.headers,
    },
    queryStringParameters: null,
    pathParameters: null,
    requestContext: { requestId: 'request-1', stage: 'prod' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    isBase64Encoded: false,
  } as unknown as APIGatewayProxyEvent;
  const context = { functionName: 'signalbox-test-accept-inference', awsRequestId: 'lambda-1' } as Context;
  const reply = (await handler(event, context)) as APIGatewayProxyResult;
  return { ...reply, body: JSON.parse(reply.body) };
}

describe('POST /v1/inferences', () => {
  it('puts the request on its queue in the name of the key’s tenant, and answers 202', async () => {
    const reply = await post({ ...inferenceRequest, priority: 'bulk' });
    expect(reply).toMatchObject({
      statusCode: 202,
      headers: { location: 'inferences/invoice-4711', 'x-signalbox-request-id': 'request-1' },
      body: { id: 'invoice-4711', status: 'accepted', route: 'default', priority: 'bulk' },
    });
    expect(aws.messages).toMatchObject([{ QueueUrl: expect.stringMatching(/\/1\/bulk$/), MessageGroupId: 'acme' }]);
    expect(JSON.parse(aws.messages[0]?.MessageBody ?? '')).toMatchObject({ id: 'invoice-4711', tenant: 'acme' });
    expect([...aws.items.keys()]).toEqual(['acme#invoice-4711']);
  });

  it('reads the Idempotency-Key under any case of its name', async () => {
    const { id: _id, ...anonymous } = inferenceRequest;
    expect((await post(anonymous, { headers: { 'IDEMPOTENCY-KEY': 'key-1' } })).body.id).toBe('key-1');
  });

  it('asks a wrong key before anything else of the body', async () => {
    expect(await post('no JSON', { key: `sbx_acme1_${SECRET}0` })).toMatchObject({
      statusCode: 401,
      body: { error: { code: 'invalid_api_key' } },
    });
    expect([aws.items.size, aws.messages.length]).toEqual([0, 0]);
  });

  it('is 503 with the record kept while the queue is down, says nothing of the inside, and is finished by a retry', async () => {
    aws.queueIsDown = true;
    const reply = await post(inferenceRequest);
    expect(reply).toMatchObject({ statusCode: 503, headers: { 'retry-after': '5' }, body: { error: { code: 'unavailable' } } });
    expect(JSON.stringify(reply.body)).not.toMatch(/secret detail|SQS|queue/i);
    expect(aws.items.has('acme#invoice-4711')).toBe(true);
    aws.queueIsDown = false;
    expect((await post(inferenceRequest)).statusCode).toBe(202);
    expect(aws.messages).toHaveLength(1);
  });

  it('is 409 for the same id with another body', async () => {
    await post(inferenceRequest);
    const reply = await post({ ...inferenceRequest, system: [{ text: 'x' }] });
    expect(reply).toMatchObject({ statusCode: 409, body: { error: { code: 'id_reused', param: 'id', type: 'invalid_request_error' } } });
    expect(aws.messages).toHaveLength(1);
  });

  it('asks the routing table of AppConfig', async () => {
    const reply = await post({ ...inferenceRequest, route: 'nowhere' });
    expect(reply).toMatchObject({ statusCode: 400, body: { error: { code: 'unknown_route', param: 'route' } } });
  });

  it('from twenty callers at once, two hundred requests in all, loses none', async () => {
    const callers = Array.from({ length: 20 }, (_, caller) => Array.from({ length: 10 }, (_, turn) => `many-${caller}-${turn}`));
    const sendInTurn = async (ids: string[]) => {
      for (const id of ids) expect((await post({ ...inferenceRequest, id })).statusCode).toBe(202);
    };
    await Promise.all(callers.map(sendInTurn));
    expect([...aws.items.keys()].toSorted()).toEqual(
      callers
        .flat()
        .map((id) => `acme#${id}`)
        .toSorted(),
    );
    expect(new Set(aws.messages.map(({ MessageBody }) => JSON.parse(MessageBody).id))).toEqual(new Set(callers.flat()));
  });
});

describe('the function', () => {
  it('does not start without its environment, and names what is missing', async () => {
    vi.resetModules();
    vi.stubEnv('BULK_QUEUE_URL', '');
    await expect(import('./accept-inference.ts')).rejects.toThrow('Missing environment variables: BULK_QUEUE_URL.');
    vi.unstubAllEnvs();
  });
});
