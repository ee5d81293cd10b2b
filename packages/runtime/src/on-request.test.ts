import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HttpError } from './errors.ts';
import type { HttpReply } from './http-reply.ts';
import type { HttpRequest } from './http-request.ts';
import { onRequest } from './on-request.ts';
import { logger } from './telemetry.ts';
import { lambdaContext } from './test-lambda-context.ts';

beforeEach(() => {
  vi.spyOn(logger, 'error').mockImplementation(() => undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** As a REST API with a proxy integration delivers it. */
const restEvent = {
  resource: '/v1/inferences/{id}',
  path: '/v1/inferences/invoice%204711',
  httpMethod: 'GET',
  headers: { Accept: '*/*', Authorization: 'Bearer sbx_local_0123456789abcdef', Host: 'abc.execute-api.us-east-1.amazonaws.com' },
  multiValueHeaders: { Accept: ['*/*'] },
  queryStringParameters: { wait: '5' },
  multiValueQueryStringParameters: { wait: ['5'] },
  pathParameters: { id: 'invoice%204711' },
  stageVariables: null,
  requestContext: {
    accountId: '000000000000',
    apiId: 'abc',
    authorizer: null,
    protocol: 'HTTP/1.1',
    httpMethod: 'GET',
    identity: { sourceIp: '192.0.2.1', userAgent: 'curl/8' },
    path: '/prod/v1/inferences/invoice%204711',
    stage: 'prod',
    requestId: 'request-1',
    requestTimeEpoch: 1_790_000_000_000,
    resourceId: 'r1',
    resourcePath: '/v1/inferences/{id}',
  },
  body: null,
  isBase64Encoded: false,
} as unknown as APIGatewayProxyEvent;

async function ask(changes: Partial<APIGatewayProxyEvent>, respond: (request: HttpRequest) => Promise<HttpReply>) {
  const reply = (await onRequest(respond)({ ...restEvent, ...changes }, lambdaContext)) as APIGatewayProxyResult;
  return { ...reply, body: JSON.parse(reply.body) };
}

async function requestOf(changes: Partial<APIGatewayProxyEvent>): Promise<HttpRequest | undefined> {
  let seen: HttpRequest | undefined;
  await ask(changes, async (request) => {
    seen = request;
    return { status: 200, body: null };
  });
  return seen;
}

describe('a request', () => {
  it('has lower-case headers, decoded path parameters and no nulls', async () => {
    expect(await requestOf({})).toEqual({
      method: 'GET',
      path: '/v1/inferences/invoice%204711',
      headers: { accept: '*/*', authorization: 'Bearer sbx_local_0123456789abcdef', host: 'abc.execute-api.us-east-1.amazonaws.com' },
      pathParameters: { id: 'invoice 4711' },
      query: { wait: '5' },
      repeatedQuery: [],
      body: undefined,
      requestId: 'request-1',
    });
  });

  it('without headers, parameters or query has empty ones', async () => {
    const nothing = { headers: null, pathParameters: null, queryStringParameters: null } as unknown as Partial<APIGatewayProxyEvent>;
    expect(await requestOf(nothing)).toMatchObject({ headers: {}, pathParameters: {}, query: {} });
  });

  it('names query parameters that were given more than once', async () => {
    const repeated = { queryStringParameters: { wait: '6', id: 'x' }, multiValueQueryStringParameters: { wait: ['5', '6'], id: ['x'] } };
    expect(await requestOf(repeated)).toMatchObject({ query: { wait: '6', id: 'x' }, repeatedQuery: ['wait'] });
  });

  it.each([
    ['text', { body: '{"question":"où ?"}', isBase64Encoded: false }],
    ['base64', { body: Buffer.from('{"question":"où ?"}').toString('base64'), isBase64Encoded: true }],
  ])('has its body as text when it comes as %s', async (_form, body) => {
    expect((await requestOf(body))?.body).toBe('{"question":"où ?"}');
  });

  it('whose path is not percent-encoded well is refused, and says which parameter', async () => {
    const respond = vi.fn();
    const reply = await ask({ pathParameters: { id: '%E0%A4%A' } }, respond);
    expect(reply).toMatchObject({ statusCode: 400, body: { error: { code: 'invalid_path', param: 'id' } } });
    expect(respond).not.toHaveBeenCalled();
  });
});

describe('a reply', () => {
  it('is JSON that nobody caches, with the id of its request', async () => {
    const reply = await ask({}, async () => ({
      status: 202,
      body: { id: 'invoice-4711' },
      headers: { location: '/v1/inferences/invoice-4711' },
    }));
    expect(reply).toEqual({
      statusCode: 202,
      headers: {
        'content-type': 'application/json',
        'cache-control': 'no-store',
        'x-signalbox-request-id': 'request-1',
        location: '/v1/inferences/invoice-4711',
      },
      body: { id: 'invoice-4711' },
    });
  });

  it.each([
    [400, 'invalid_request_error'],
    [401, 'authentication_error'],
    [403, 'permission_error'],
    [404, 'invalid_request_error'],
    [429, 'rate_limit_error'],
    [500, 'server_error'],
    [503, 'server_error'],
  ])('to a refusal with %i is an error object of type %s', async (status, type) => {
    const reply = await ask({}, async () => {
      throw new HttpError({ status, code: 'some_code', message: 'Do this.', parameter: 'model', headers: { 'retry-after': '5' } });
    });
    expect(reply).toMatchObject({
      statusCode: status,
      headers: { 'retry-after': '5', 'x-signalbox-request-id': 'request-1' },
      body: { error: { message: 'Do this.', type, code: 'some_code', param: 'model', request_id: 'request-1' } },
    });
    expect(logger.error).not.toHaveBeenCalled();
  });

  it.each([
    ['an error', new Error('the prompt was: merge Acme and Globex')],
    ['anything else', 'merge Acme and Globex'],
  ])('to %s that nobody foresaw is a 500 without its message, which is logged by name', async (_what, thrown) => {
    const reply = await ask({}, async () => {
      throw thrown;
    });
    expect(reply).toMatchObject({ statusCode: 500, body: { error: { type: 'server_error', code: 'internal_error', param: null } } });
    expect(reply.body.error.message).toContain('request-1');
    expect(JSON.stringify(reply)).not.toContain('Acme');
    expect(logger.error).toHaveBeenCalledOnce();
  });

  it('that cannot be written as JSON is a 500', async () => {
    const reply = await ask({}, async () => ({ status: 200, body: { count: 1n } }));
    expect(reply.statusCode).toBe(500);
  });
});
