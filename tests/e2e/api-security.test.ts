import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { type AttributeValue, DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { ErrorBody } from '@signalbox/contracts';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type BusListener, listenToBus } from './kit/bus-listener.ts';
import { ask } from './kit/chat-caller.ts';
import { type RunningStack, startStack } from './kit/running-stack.ts';
import { createSimulator } from './kit/simulator.ts';

// What every route of the API does with no key, a wrong one and a broken body stands in intake-refusals.test.ts.
vi.setConfig({ testTimeout: 60_000 });

const SECRET = 'fedcba9876543210FEDCBA';
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

let running: RunningStack;
let bus: BusListener;
let database: DynamoDBClient;

beforeAll(async () => {
  running = await startStack({ args: ['--minute', '60s'] });
  const { region, credentials, awsEndpointUrl: endpoint } = running.stack;
  database = new DynamoDBClient({ region, credentials, endpoint });
  bus = await listenToBus(running.stack);
}, 120_000);
afterAll(() => running?.stop());

/** A key as an operator's command would write it. */
async function createKey(scopes: readonly string[], more: Record<string, AttributeValue> = {}): Promise<string> {
  const prefix = `k${randomUUID().replaceAll('-', '').slice(0, 12)}`;
  const Item = {
    pk: { S: `key#${prefix}` },
    tenant: { S: 'careful' },
    secretHash: { S: createHash('sha256').update(SECRET).digest('hex') },
    scopes: { L: scopes.map((scope) => ({ S: scope })) },
    ...more,
  };
  await database.send(new PutItemCommand({ TableName: running.stack.tables.access, Item }));
  return `sbx_${prefix}_${SECRET}`;
}

type Posted = { path?: string; key?: string; headers?: Record<string, string>; body: unknown };

async function post({ path = '/v1/chat/completions', key = running.stack.apiKey, headers = {}, body }: Posted) {
  const reply = await fetch(`${running.stack.gatewayUrl}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await reply.text();
  return { status: reply.status, headers: reply.headers, text, error: ErrorBody.safeParse(parse(text)).data?.error };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const chat = (more: object = {}) => ({ model: 'default', messages: [{ role: 'user', content: 'Hello' }], max_tokens: 8, ...more });

describe('a key is good for its scopes alone', () => {
  const ROUTE = 'fast';
  const MODEL = 'amazon.nova-lite-v1:0';
  const TARGET = 'nova-pro';

  it.each([
    [[`route:${ROUTE}`], [200, 403, 403]],
    [[`model:${MODEL}`], [403, 200, 403]],
    [[`target:${TARGET}`], [403, 403, 200]],
    [['route:*'], [200, 403, 403]],
    [['*'], [200, 200, 200]],
    [[], [403, 403, 403]],
    [
      ['route:other', 'model:', 'target', '**', ROUTE],
      [403, 403, 403],
    ],
  ])('%j', async (scopes, statuses) => {
    const key = await createKey(scopes);
    const before = (await createSimulator(running.stack).attempts()).length;
    const replies = [];
    for (const model of [ROUTE, MODEL, TARGET]) replies.push(await post({ key, body: chat({ model }) }));
    expect(replies.map(({ status }) => status)).toEqual(statuses);
    for (const { error } of replies.filter(({ status }) => status === 403)) {
      expect(error).toMatchObject({ code: 'model_not_allowed', type: 'permission_error', param: 'model' });
      expect(error?.message).toMatch(/scope/);
    }
    const calls = (await createSimulator(running.stack).attempts()).length - before;
    expect(calls).toBe(statuses.filter((status) => status === 200).length);
  });

  it('for embeddings too, and a name that nobody has tells nothing of other scopes', async () => {
    const key = await createKey(['route:fast']);
    expect(await post({ path: '/v1/embeddings', key, body: { model: 'embeddings', input: 'x' } })).toMatchObject({ status: 403 });
    expect(await post({ key, body: chat({ model: 'nobody' }) })).toMatchObject({ status: 404, error: { code: 'model_not_found' } });
  });
});

it.each<[string, Record<string, AttributeValue>]>([
  ['expired_api_key', { expiresAt: { S: new Date(Date.now() - 1_000).toISOString() } }],
  ['expired_api_key', { expiresAt: { N: '4102444800' } }],
  ['revoked_api_key', { revokedAt: { S: new Date(Date.now() - 1_000).toISOString() } }],
])('a key that is over is told so, and no model is asked: %s, %j', async (code, over) => {
  const key = await createKey(['*'], over);
  const before = (await createSimulator(running.stack).attempts()).length;
  for (const stream of [false, true]) expect(await post({ key, body: chat({ stream }) })).toMatchObject({ status: 401, error: { code } });
  expect(await post({ path: '/v1/embeddings', key, body: { model: 'embeddings', input: 'x' } })).toMatchObject({
    status: 401,
    error: { code },
  });
  expect(await createSimulator(running.stack).attempts()).toHaveLength(before);
});

describe('what is too much', () => {
  it('of a body is refused before it is read as a chat', async () => {
    const body = chat({ messages: [{ role: 'user', content: 'x'.repeat(4_600_000) }] });
    expect(await post({ body })).toMatchObject({ status: 413, error: { code: 'request_too_large' } });
  });

  it('of headers is refused by the API', async () => {
    expect(await post({ headers: { 'x-long': 'x'.repeat(10_300) }, body: chat() })).toMatchObject({
      status: expect.toSatisfy((status: number) => status >= 400 && status < 500),
    });
  });

  it.each([
    ['lists', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['objects', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
  ])('of nesting in %s is refused, and nobody falls over it', async (_, nested) => {
    const schema = `{"model":"default","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"t","parameters":${nested}}}]}`;
    for (const body of [nested, schema]) expect(await post({ body })).toMatchObject({ status: 400 });
    expect(await post({ body: chat() })).toMatchObject({ status: 200 });
  });
});

it.each([
  'http://169.254.169.254/latest/meta-data/iam/security-credentials/',
  'https://example.com/cat.png',
  'HTTPS://example.com/cat.png',
  'file:///etc/passwd',
  's3://signalbox-local-data/payloads/other/cat.png',
  'ftp://example.com/cat.png',
  '//example.com/cat.png',
  '/etc/passwd',
  'javascript:alert(1)',
  'data:text/html;base64,PGI+',
  `data:image/svg+xml;base64,${PNG}`,
  `data:image/png,${PNG}`,
  'data:image/png;base64,https://example.com/cat.png',
  `data:image/jpeg;base64,${PNG}`,
])('an image at %s is refused by its place, and nothing is fetched', async (url) => {
  const simulator = createSimulator(running.stack);
  const before = (await simulator.attempts()).length;
  const { status, error } = await post({
    body: chat({ messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }] }),
  });
  expect(status).toBe(400);
  expect(error).toMatchObject({ param: 'messages[0].content[0].image_url.url' });
  expect((await simulator.attempts()).length).toBe(before);
});

it('an image by data URL is seen', async () => {
  const content = [
    { type: 'text', text: 'What is this?' },
    { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } },
  ];
  expect(await post({ body: chat({ messages: [{ role: 'user', content }] }) })).toMatchObject({ status: 200 });
});

describe('nothing of a caller becomes a header', () => {
  const CRLF = 'a\r\nx-injected: 1\r\n\r\n<b>';
  const FORMS = { 'CR LF': CRLF, long: 'x'.repeat(128), unicode: 'é\u{1f600}\u2028名', null: 'a\0b' };

  it.each(Object.entries(FORMS))('of a label with %s', async (_, value) => {
    for (const stream of [false, true]) {
      const { status, headers } = await post({ body: chat({ metadata: { team: value }, stream }) });
      expect(status).toBe(200);
      expect(headers.has('x-injected')).toBe(false);
      for (const [name, text] of headers) expect(`${name}: ${text}`).not.toContain(value);
    }
  });

  it.each(Object.entries(FORMS))('of a model with %s', async (_, model) => {
    const { status, headers, error } = await post({ body: chat({ model }) });
    expect([status, error?.code]).toEqual([404, 'model_not_found']);
    expect(headers.has('x-injected')).toBe(false);
  });

  it.each([`team${CRLF}`, '', 'é', 'x'.repeat(65), 'a b'])('a label of the name %j is refused', async (name) => {
    expect(await post({ body: chat({ metadata: { [name]: 'x' } }) })).toMatchObject({
      status: 400,
      headers: expect.not.objectContaining({ 'x-injected': '1' }),
    });
  });

  it('of headers that the caller gives', async () => {
    const sent = { 'x-signalbox-target': 'evil', 'x-signalbox-request-id': 'evil', traceparent: 'evil', 'x-amzn-requestid': 'evil' };
    const { status, headers } = await post({ headers: sent, body: chat() });
    expect(status).toBe(200);
    expect([...headers.values()]).not.toContain('evil');
  });
});

describe('a key that reaches a prototype', () => {
  it.each([
    '{"__proto__":{"model":"default"},"model":"default","messages":[{"role":"user","content":"x"}]}',
    '{"model":"default","messages":[{"role":"user","content":"x"}],"metadata":{"__proto__":"x"}}',
    '{"model":"default","messages":[{"role":"user","content":"x","__proto__":{"role":"system"}}]}',
    '{"model":"default","messages":[{"role":"user","content":"x"}],"constructor":{"prototype":{"polluted":1}}}',
    '{"model":"default","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"t","parameters":{"__proto__":{"x":1}}}}]}',
  ])('is refused: %s', async (body) => {
    expect(await post({ body })).toMatchObject({ status: 400 });
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype'])('names no model: %s', async (model) => {
    expect(await post({ body: chat({ model }) })).toMatchObject({ status: 404, error: { code: 'model_not_found' } });
    expect(await post({ path: '/v1/embeddings', body: { model, input: 'x' } })).toMatchObject({ status: 404 });
  });
});

it('two lengths of one body are not taken', async () => {
  const status = await new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${running.stack.apiKey}`, 'content-length': '5', 'transfer-encoding': 'chunked' };
    const request = httpRequest(`${running.stack.gatewayUrl}/v1/chat/completions`, { method: 'POST', headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.once('error', reject).end('{}');
  });
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
});

/** What is in every table of the installation. */
async function scanTables(): Promise<string> {
  const tables = await Promise.all(
    Object.values(running.stack.tables).map(async (TableName) => {
      const { Items = [] } = await database.send(new ScanCommand({ TableName }));
      return Items;
    }),
  );
  return JSON.stringify(tables);
}

/** Every file that the stack has written. */
function readState(): Buffer[] {
  const files = readdirSync(running.dataDirectory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map((entry) => readFileSync(join(entry.parentPath, entry.name)));
}

it('a prompt and its answer are in no log, event, table or file, however the call ends', async () => {
  const MARK = `m4rk3d${randomUUID().replaceAll('-', '')}`;
  const simulator = createSimulator(running.stack);
  const text = `Please repeat ${MARK}`;
  const ids: (string | null)[] = [];
  const tell = async (model: string, more: { text?: string; stream?: boolean } = {}) => {
    const heard = await ask(running.stack, { model, text, ...more });
    ids.push(heard.headers.get('x-signalbox-request-id'));
    return heard;
  };
  // The simulator's answers quote the question.
  expect((await tell('default')).text).toContain(MARK);
  expect((await tell('default', { stream: true })).text).toContain(MARK);
  await tell('default', { text: `[[stop:guardrail_intervened]] ${MARK}` });
  await tell('default', { text: `[[too-long]] ${MARK}`, stream: true });
  await simulator.break('amazon.nova-micro-v1:0', { kind: 'cut-stream', afterTokens: 30 });
  await tell('batch', { stream: true });
  await simulator.break('amazon.nova-lite-v1:0', { kind: 'malformed' });
  await tell('batch');
  await simulator.heal();
  for (const id of ids) await bus.waitFor(({ data }) => data.id === id);
  expect(ids).toHaveLength(6);
  // Without the record of a request its function has something to log; the answer may come before it does.
  await simulator.breakAws({ service: 'dynamodb', operation: 'UpdateItem', contains: 'sync#', kind: 'error' });
  expect(await ask(running.stack, { model: 'default', text })).toMatchObject({ status: 200 });
  await expect.poll(() => running.log(), { timeout: 10_000 }).toMatch(/complete-chat\].*could not be begun/);
  await simulator.healAws();
  expect(await post({ body: `{"model":"default","messages":"${MARK}` })).toMatchObject({
    status: 400,
    text: expect.not.stringContaining(MARK),
  });
  expect(await post({ body: chat({ messages: [{ role: MARK, content: MARK }], [MARK]: MARK }) })).toMatchObject({ status: 400 });
  expect(await post({ path: '/v1/embeddings', body: { model: 'embeddings', input: MARK } })).toMatchObject({ status: 200 });

  expect(running.log()).not.toContain(MARK);
  expect(JSON.stringify(await bus.drain())).not.toContain(MARK);
  const tables = await scanTables();
  for (const id of ids) expect(tables).toContain(id);
  expect(tables).not.toContain(MARK);
  expect(readState().filter((file) => file.includes(MARK))).toEqual([]);
  const metrics = await (await fetch(`${running.stack.simulatorUrl}/alarms`)).text();
  expect(metrics).not.toContain(MARK);
});
