import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ErrorBody, errorTypeOf } from '@signalbox/contracts';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createProducer, question } from './kit/producer.ts';
import { type RunningStack, startStack } from './kit/running-stack.ts';

vi.setConfig({ testTimeout: 60_000 });

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const SECRET = 'fedcba9876543210FEDCBA';
/** Of a tenant that has nothing here. */
const FOREIGN_KEY = `sbx_other1_${SECRET}`;

/** Every route of the API, with the id of an inference where one goes. */
const routes = routesOf(readFileSync(join(import.meta.dirname, '../../docs/openapi.yaml'), 'utf8'));
const withBody = routes.filter(({ method }) => method === 'POST');
const ofInference = routes.filter(({ path }) => path.includes('{id}'));

let running: RunningStack;
/** Of an inference of the stack's own tenant that has ended. */
let id: string;

beforeAll(async () => {
  running = await startStack();
  const request = question('Mine');
  id = request.id ?? '';
  const producer = createProducer(running.stack);
  await producer.send(request);
  await producer.waitFor(id, 60_000);
  await putForeignKey();
});
afterAll(() => running.stop());

type Reply = { status: number; headers: Headers; body: unknown };
type Call = { method: string; path: string; key?: string | null; headers?: Record<string, string>; body?: string | Buffer };

/** As a producer does: what a busy machine could not answer is asked again. */
async function call(given: Call, tries = 8): Promise<Reply> {
  const { method, path, key = running.stack.apiKey, headers = {}, body } = given;
  const reply = await fetch(`${running.stack.gatewayUrl}${path.replace('{id}', encodeURIComponent(id))}`, {
    method,
    headers: { ...(key === null ? {} : { authorization: `Bearer ${key}` }), 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body }),
  });
  const answered = { status: reply.status, headers: reply.headers, body: (await reply.json()) as unknown };
  if (reply.status < 502 || tries === 1) return answered;
  await sleep(500);
  return call(given, tries - 1);
}

/** What it says, once it is known to be a refusal in the promised shape. */
function refusalIn({ status, body }: Reply) {
  const { error } = ErrorBody.parse(body);
  expect(error.type).toBe(errorTypeOf(status));
  expect(error.message).toMatch(/\w+ \w+ .*\w/);
  expect(error.request_id).toMatch(/^[0-9a-f-]{36}$/);
  return { status, code: error.code, param: error.param, message: error.message };
}

describe.each(routes)('$method $path', ({ method, path }) => {
  it.each([
    ['no key', null],
    ['a key that nobody has', 'sbx_local_0123456789abcdefgh'],
    ['the secret of another key', `sbx_other1_${'x'.repeat(22)}`],
    ['no key of ours at all', 'AKIAIOSFODNN7EXAMPLE'],
    ['a key as long as a book', `sbx_local_${'x'.repeat(9_000)}`],
  ])('with %s is refused, and says which is expected', async (_what, key) => {
    const reply = await call({ method, path, key });
    expect(refusalIn(reply)).toMatchObject({ status: 401, code: 'invalid_api_key', message: expect.stringContaining('Bearer sbx_') });
    expect(reply.headers.get('www-authenticate')).toBe('Bearer');
  });
});

describe.each(withBody)('$method $path', ({ method, path }) => {
  it.each([
    ['nothing', '', {}, 400, 'invalid_json'],
    ['no JSON', '{"schemaVersion":', {}, 400, 'invalid_json'],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00]), {}, 400, 'invalid_json'],
    ['a list', '[]', {}, 400, 'invalid_request'],
    ['null', 'null', {}, 400, 'invalid_request'],
    ['an object without anything', '{}', {}, 400, 'invalid_request'],
    ['an unknown field', '{"__proto__x":1}', {}, 400, 'invalid_request'],
    ['another type', '{}', { 'content-type': 'text/plain' }, 415, 'unsupported_media_type'],
    ['more than it takes', `{"x":"${'x'.repeat(5_000_000)}"}`, {}, 413, 'request_too_large'],
    ['more than anybody takes', 'x'.repeat(10_485_761), {}, 413, 'REQUEST_TOO_LARGE'],
  ])('with %s as its body is refused, and says what to do', async (_what, body, headers, status, code) => {
    expect(refusalIn(await call({ method, path, headers, body }))).toMatchObject({ status, code });
  });
});

describe.each(ofInference)('$method $path with the key of another tenant', ({ method, path }) => {
  it('finds nothing, as if there were none', async () => {
    const query = path.endsWith('/wait') ? '?waitSeconds=25' : '';
    const foreign = refusalIn(await call({ method, path: `${path}${query}`, key: FOREIGN_KEY }));
    const none = refusalIn(await call({ method, path: `${path.replace('{id}', 'nobody')}${query}`, key: FOREIGN_KEY }));
    expect(foreign).toMatchObject({ status: 404, code: 'not_found', param: 'id' });
    expect(foreign.message.replace(id, 'nobody')).toBe(none.message);
  });
});

describe('what is no route', () => {
  const known = new Set(routes.map(({ method, path }) => `${method} ${path}`));
  const others = [...new Set(routes.map(({ path }) => path))].flatMap((path) =>
    METHODS.filter((method) => !known.has(`${method} ${path}`)).map((method) => ({ method, path })),
  );

  it.each([
    ...others,
    { method: 'GET', path: '/' },
    { method: 'POST', path: '/v2/inferences' },
    { method: 'GET', path: '/v1/inferences/a/b' },
  ])('$method $path is not found, and says where routes are listed', async (given) => {
    expect(refusalIn(await call(given))).toMatchObject({
      status: 404,
      code: 'not_found',
      message: expect.stringContaining('docs/openapi.yaml'),
    });
  });

  it('is neither a path that is broken', async () => {
    // fetch would mend it.
    const { gatewayUrl } = running.stack;
    const status = await new Promise((resolve, reject) => {
      const request = httpRequest(gatewayUrl, { path: '/v1/inferences/%zz', headers: { authorization: 'Bearer x' } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      request.once('error', reject).end();
    });
    expect(status).toBe(400);
  });
});

/** Of the generated file, whose indentation says what a line is. */
function routesOf(openapi: string): { method: string; path: string }[] {
  let path = '';
  return openapi.split('\n').flatMap((line) => {
    path = /^ {2}(\/v1\/\S+):$/.exec(line)?.[1] ?? path;
    const method = path === '' ? undefined : /^ {4}(get|post|put|patch|delete):$/.exec(line)?.[1];
    return method === undefined ? [] : [{ method: method.toUpperCase(), path }];
  });
}

/** By DynamoDB's wire, as an operator's command would write it. */
async function putForeignKey(): Promise<void> {
  const { awsEndpointUrl, tables, credentials, region } = running.stack;
  const scope = `${credentials.accessKeyId}/20260101/${region}/dynamodb/aws4_request`;
  const Item = {
    pk: { S: 'key#other1' },
    tenant: { S: `other-${randomUUID().slice(0, 8)}` },
    secretHash: { S: createHash('sha256').update(SECRET).digest('hex') },
    scopes: { L: [{ S: '*' }] },
  };
  const reply = await fetch(awsEndpointUrl, {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'DynamoDB_20120810.PutItem',
    },
    body: JSON.stringify({ TableName: tables.access, Item }),
  });
  if (!reply.ok) throw new Error(`the key was not stored: ${reply.status} ${await reply.text()}`);
}
