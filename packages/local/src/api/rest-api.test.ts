import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Invoke, InvokeResult } from '../lambda/function-definition.ts';
import type { LogLine } from '../service.ts';
import { createRestApi } from './rest-api.ts';
import type { ProxyEvent } from './to-proxy-event.ts';

const lines: LogLine[] = [];
const invoke = vi.fn<Invoke>();
let server: Server;
let url: string;

beforeAll(async () => {
  const api = createRestApi({
    invoke: (request) => invoke(request),
    invokeStream: () => Promise.reject(new Error('nothing streams here')),
    region: 'eu-west-1',
    accountId: '123456789012',
    stage: 'dev',
    log: (line) => lines.push(line),
    integrationTimeoutMs: 100,
  });
  api.addRoute({ method: 'POST', path: '/v1/inferences', functionName: 'intake' });
  api.addRoute({ method: 'GET', path: '/v1/inferences/{id}', functionName: 'result' });
  server = createServer((request, response) => void api.handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  lines.length = 0;
  invoke.mockReset().mockResolvedValue(answer({ statusCode: 200, body: 'ok' }));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const answer = (payload: unknown): InvokeResult => ({ kind: 'success', payload });
const eventOf = () => invoke.mock.calls[0]?.[0].payload as ProxyEvent;

describe('a request', () => {
  it('reaches the function of its route as the event of a REST API', async () => {
    await fetch(`${url}/v1/inferences/in%20voice?a=1&a=2&b=x%20y`, {
      headers: { Authorization: 'Bearer key', 'X-Trace': 't', 'User-Agent': 'test' },
    });
    expect(invoke).toHaveBeenCalledWith({ functionName: 'result', kind: 'call', payload: expect.anything() });
    const event = eventOf();
    expect(event).toMatchObject({
      resource: '/v1/inferences/{id}',
      path: '/v1/inferences/in%20voice',
      httpMethod: 'GET',
      queryStringParameters: { a: '2', b: 'x y' },
      multiValueQueryStringParameters: { a: ['1', '2'], b: ['x y'] },
      pathParameters: { id: 'in voice' },
      stageVariables: null,
      body: null,
      isBase64Encoded: false,
      requestContext: {
        accountId: '123456789012',
        stage: 'dev',
        path: '/dev/v1/inferences/in%20voice',
        resourcePath: '/v1/inferences/{id}',
        httpMethod: 'GET',
        protocol: 'HTTP/1.1',
        identity: { sourceIp: '127.0.0.1', userAgent: 'test' },
        requestTime: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
        requestTimeEpoch: expect.closeTo(Date.now(), -4),
      },
    });
    expect(event.requestContext.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('keeps the names of headers as they were written, and every value', async () => {
    await new Promise<void>((resolve, reject) => {
      const request = httpRequest(
        `${url}/v1/inferences/1`,
        { headers: { 'X-Mixed-Case': ['one', 'two'], Connection: 'close' } },
        (response) => response.resume().once('end', resolve),
      );
      request.once('error', reject).end();
    });
    const { headers, multiValueHeaders } = eventOf();
    expect(headers['X-Mixed-Case']).toBe('two');
    expect(multiValueHeaders['X-Mixed-Case']).toEqual(['one', 'two']);
    expect(headers['X-Forwarded-For']).toBe('127.0.0.1');
    expect(Object.keys(headers).map((name) => name.toLowerCase())).not.toContain('connection');
  });

  it.each([
    ['text', Buffer.from('{"päth":1}'), '{"päth":1}', false],
    ['bytes that are no text', Buffer.from([0xff, 0x00, 0x80]), '/wCA', true],
    ['nothing', Buffer.alloc(0), null, false],
  ])('carries %s', async (_name, body, expected, isBase64Encoded) => {
    await fetch(`${url}/v1/inferences`, { method: 'POST', body });
    expect(eventOf()).toMatchObject({
      body: expected,
      isBase64Encoded,
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      pathParameters: null,
    });
  });
});

describe('an answer', () => {
  it('gives the client status, headers and body', async () => {
    invoke.mockResolvedValue(
      answer({
        statusCode: 202,
        headers: { 'Content-Type': 'text/plain', 'X-Number': 7 },
        multiValueHeaders: { 'Set-Cookie': ['a=1', 'b=2'] },
        body: 'accepted',
      }),
    );
    const response = await fetch(`${url}/v1/inferences/1`);
    expect(response.status).toBe(202);
    expect(response.headers.get('content-type')).toBe('text/plain');
    expect(response.headers.get('x-number')).toBe('7');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(response.headers.get('x-amzn-requestid')).toBe(eventOf().requestContext.requestId);
    expect(await response.text()).toBe('accepted');
  });

  it('decodes base64', async () => {
    invoke.mockResolvedValue(answer({ statusCode: 200, body: '/wCA', isBase64Encoded: true }));
    const response = await fetch(`${url}/v1/inferences/1`);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.from([0xff, 0x00, 0x80]));
  });

  it.each([
    [
      'an error',
      { kind: 'error', fault: 'unhandled', errorType: 'TypeError', message: 'secret detail' } as const,
      'unhandled: TypeError: secret detail',
    ],
    ['null', answer(null), 'not an object'],
    ['a bare text', answer('hello'), 'not an object'],
    ['no status', answer({ body: 'x' }), 'statusCode is undefined'],
    ['a status that is not one', answer({ statusCode: 999 }), 'statusCode is 999'],
    ['a body that is an object', answer({ statusCode: 200, body: { a: 1 } }), 'body is not a text'],
    ['headers that are a list', answer({ statusCode: 200, headers: [] }), 'headers is not an object'],
    ['a header list that is a text', answer({ statusCode: 200, multiValueHeaders: { a: 'x' } }), 'multiValueHeaders.a is not a list'],
  ])('that is %s is 502 in our error shape; the reason is only in the log', async (_name, result, reason) => {
    invoke.mockResolvedValue(result);
    const response = await fetch(`${url}/v1/inferences/1`);
    expect(response.status).toBe(502);
    const body = await response.text();
    expect(JSON.parse(body)).toEqual({
      error: {
        message: expect.any(String),
        type: 'server_error',
        code: 'DEFAULT_5XX',
        param: null,
        request_id: eventOf().requestContext.requestId,
      },
    });
    expect(body).not.toContain('secret');
    expect(lines).toContainEqual(expect.objectContaining({ level: 'error', message: expect.stringContaining(reason) }));
  });

  it('is 502 when there is no such function', async () => {
    invoke.mockRejectedValue(new Error('No function is named result'));
    expect((await fetch(`${url}/v1/inferences/1`)).status).toBe(502);
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 'error', message: expect.stringContaining('No function is named result') }),
    );
  });

  it('that does not come in time is 504', async () => {
    invoke.mockImplementation(() => new Promise((resolve) => setTimeout(resolve, 300, answer({ statusCode: 200 }))));
    const response = await fetch(`${url}/v1/inferences/1`);
    expect(response.status).toBe(504);
    expect(response.headers.get('retry-after')).toBe('2');
    expect(await response.json()).toMatchObject({ error: { code: 'INTEGRATION_TIMEOUT', type: 'server_error' } });
  });

  it('of a function without room is 503 with the time to try again; which one is only in the log', async () => {
    invoke.mockResolvedValue({ kind: 'error', fault: 'throttled', errorType: 'TooManyRequestsException', message: 'all are busy' });
    const response = await fetch(`${url}/v1/inferences/1`);
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('2');
    const body = await response.text();
    expect(JSON.parse(body)).toMatchObject({
      error: { code: 'unavailable', type: 'server_error', param: null, request_id: eventOf().requestContext.requestId },
    });
    expect(body).not.toContain('busy');
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 'warn', message: expect.stringContaining('(result) was throttled: all are busy') }),
    );
  });
});

describe('the gateway itself', () => {
  it.each([
    ['GET', '/v2/nothing'],
    ['DELETE', '/v1/inferences'],
  ])('answers %s %s, which is no route, with 404', async (method, path) => {
    const response = await fetch(`${url}${path}?key=secret`, { method });
    expect(response.status).toBe(404);
    const body = await response.json();
    expect(body).toEqual({
      error: {
        message: expect.stringMatching(/^There is no such path, or it does not take this method\. .*openapi\.yaml/),
        type: 'not_found_error',
        code: 'not_found',
        param: null,
        request_id: response.headers.get('x-amzn-requestid'),
      },
    });
    expect(invoke).not.toHaveBeenCalled();
  });

  it('answers a path that is not well-formed with 400', async () => {
    const response = await fetch(`${url}/v1/inferences/%zz`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: 'bad_path' } });
  });

  it('answers headers beyond 10 KB with 431', async () => {
    const response = await fetch(`${url}/v1/inferences/1`, { headers: { 'x-long': 'x'.repeat(10_240) } });
    expect(response.status).toBe(431);
    expect(await response.json()).toMatchObject({ error: { code: 'headers_too_large' } });
  });

  it('answers a declared body beyond 10 MB with 413 at once, and goes on serving', async () => {
    const status = await new Promise((resolve, reject) => {
      const request = httpRequest(`${url}/v1/inferences`, { method: 'POST', headers: { 'content-length': 10_485_761 } }, (response) => {
        response.resume();
        resolve(response.statusCode);
        request.destroy();
      });
      request.once('error', reject);
      request.write('{');
    });
    expect(status).toBe(413);
    expect((await fetch(`${url}/v1/inferences/1`)).status).toBe(200);
  });

  it('answers a streamed body beyond 10 MB with 413, and takes one of exactly 10 MB', async () => {
    const post = (bytes: number) => {
      const stream = new ReadableStream({
        start: (controller) => {
          controller.enqueue(Buffer.alloc(bytes, 'x'));
          controller.close();
        },
      });
      return fetch(`${url}/v1/inferences`, { method: 'POST', body: stream, duplex: 'half' } as RequestInit);
    };
    const response = await post(10_485_761);
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({
      error: { code: 'REQUEST_TOO_LARGE', message: expect.stringContaining('POST /v1/uploads') },
    });
    expect((await post(10_485_760)).status).toBe(200);
  });
});
