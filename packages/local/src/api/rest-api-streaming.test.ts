import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createLambdaHost, type LambdaHost } from '../lambda/lambda-host.ts';
import type { LogLine } from '../service.ts';
import { createRestApi } from './rest-api.ts';

const stream = (body: string) => `exports.handler = awslambda.streamifyResponse(async (event, out) => { ${body} });`;
const later = (ms: number) => `await new Promise((resolve) => setTimeout(resolve, ${ms}));`;
const head = (metadata: string) => `out = awslambda.HttpResponseStream.from(out, ${metadata});`;
const OK = head('{ statusCode: 200, headers: { "content-type": "text/event-stream" } }');

const HANDLERS: Record<string, string> = {
  whole: stream(
    `${head('{ statusCode: 201, headers: { "X-A": "b", "Transfer-Encoding": "identity" }, multiValueHeaders: { "x-m": ["1", "2"] }, cookies: ["a=1", "b=2"] }')} out.write("one "); out.write("two"); out.end();`,
  ),
  split: stream(
    'for (const part of [\'{"status\', \'Code":200}\', "\\0\\0\\0", "\\0\\0\\0\\0", "\\0body"]) { out.write(part); await new Promise(setImmediate); } out.end();',
  ),
  waits: stream(
    `${OK} out.write("first"); await new Promise((resolve) => { globalThis.go = resolve; setTimeout(resolve, 1500); }); out.write(" second"); out.end();`,
  ),
  throwsFirst: stream('throw new Error("secret detail");'),
  throwsLater: stream(`${OK} out.write("half"); ${later(20)} throw new Error("secret detail");`),
  exits: stream(`${OK} out.write("half"); ${later(20)} process.exit(3);`),
  slow: stream(`${OK} out.write("half"); ${later(5000)} out.end();`),
  silent: stream(`${later(5000)} out.end();`),
  drips: stream(`${OK} for (let i = 0; i < 100; i += 1) { out.write("x"); ${later(20)} } out.end();`),
  notJson: stream('out.write("{nope" + "\\0".repeat(8) + "x"); out.end();'),
  noDelimiter: stream('out.write("{}"); out.end();'),
  farDelimiter: stream('out.write(JSON.stringify({ statusCode: 200, x: "y".repeat(17000) }) + "\\0".repeat(8)); out.end();'),
  noStatus: stream(`${head('{ headers: {} }')} out.write("x"); out.end();`),
  badHeader: stream(`${head('{ statusCode: 200, headers: { "x-a": "b\\r\\nx-b: c" } }')} out.write("x"); out.end();`),
  largeHeaders: stream(`${head('{ statusCode: 200, headers: { "x-a": "b".repeat(10241) } }')} out.write("x"); out.end();`),
  badCookies: stream(`${head('{ statusCode: 200, cookies: "a=1" }')} out.write("x"); out.end();`),
  buffered: 'exports.handler = async () => ({ statusCode: 200, body: "not streamed" });',
  endless: stream(
    `${OK} const { once } = require("node:events"); let sent = 0; while (!out.destroyed) { const free = out.write(Buffer.alloc(8192, 120)); sent += 8192; if (sent % 65536 === 0) console.log("sent " + sent); if (!free) await once(out, "drain"); }`,
  ),
};

const folder = mkdtempSync(join(tmpdir(), 'rest-streams-'));
const lines: LogLine[] = [];
let host: LambdaHost;
let server: Server;
let url: string;

beforeAll(async () => {
  const log = (line: LogLine) => void lines.push(line);
  host = createLambdaHost({ endpointUrl: 'http://127.0.0.1:4566', region: 'eu-west-1', accountId: '123456789012', log });
  const api = createRestApi({
    invoke: host.invoke,
    invokeStream: host.invokeStream,
    region: 'eu-west-1',
    accountId: '123456789012',
    stage: 'dev',
    log,
    integrationTimeoutMs: 5000,
    streamLimits: { totalMs: 1500, idleMs: 600 },
  });
  for (const [name, source] of Object.entries(HANDLERS)) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'index.js'), source);
    const timeoutSeconds = name === 'endless' ? 60 : 3;
    host.createFunction({
      name,
      codeDirectory: join(folder, name),
      handler: 'index.handler',
      environment: {},
      timeoutSeconds,
      memoryMb: 128,
    });
    api.addRoute({ method: 'GET', path: `/${name}`, functionName: name, isStreamed: true });
  }
  api.addRoute({ method: 'GET', path: '/as-declared', functionName: 'whole' });
  api.streamRoute({ method: 'GET', path: '/as-declared' });
  api.addRoute({ method: 'GET', path: '/in-one-piece', functionName: 'buffered' });
  server = createServer({ noDelay: true }, (request, response) => void api.handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  lines.length = 0;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await host.stop();
  rmSync(folder, { recursive: true });
});

/** What a client gets, up to the end or the break. */
async function read(path: string) {
  const response = await fetch(`${url}${path}`);
  let text = '';
  let isBroken = false;
  const decoder = new TextDecoder();
  try {
    for await (const chunk of response.body ?? []) text += decoder.decode(chunk, { stream: true });
  } catch {
    isBroken = true;
  }
  return { response, text, isBroken };
}

function open(path: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => get(`${url}${path}`, { agent: false }, resolve).once('error', reject));
}

const logged = () => lines.filter(({ source }) => source === 'rest-api').map(({ message }) => message);

describe('a streamed answer', () => {
  it.each(['/whole', '/as-declared'])('of %s has the status, headers and cookies of its metadata', async (path) => {
    const { response, text, isBroken } = await read(path);
    expect([response.status, text, isBroken]).toEqual([201, 'one two', false]);
    expect(response.headers.get('x-a')).toBe('b');
    expect(response.headers.get('x-m')).toBe('1, 2');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is read wherever its pieces are cut', async () => {
    expect(await read('/split')).toMatchObject({ text: 'body', isBroken: false });
  });

  it('reaches the client as it comes', async () => {
    const response = await fetch(`${url}/waits`);
    const reader = response.body?.getReader();
    // The second half is not written before 500 ms idle limits would allow, so the first one came alone.
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('first');
    await reader?.cancel();
  });

  it('is none where the route does not say so', async () => {
    const { response, text } = await read('/in-one-piece');
    expect([response.status, text]).toEqual([200, 'not streamed']);
  });
});

describe('an answer that is none', () => {
  it.each([
    ['/throwsFirst', 'unhandled: Error: secret detail'],
    ['/notJson', 'its metadata is not JSON'],
    ['/noDelimiter', 'it ended after 2 bytes without the delimiter'],
    ['/farDelimiter', 'its first 16384 bytes hold no delimiter'],
    ['/noStatus', 'statusCode is undefined'],
    ['/badHeader', 'Invalid character in header content'],
    ['/largeHeaders', 'its headers have 10244 bytes'],
    ['/badCookies', 'cookies is not a list'],
    ['/buffered', 'without the delimiter'],
  ])('%s is 502 in our error shape; the reason is only in the log', async (path, reason) => {
    const { response, text } = await read(path);
    expect(response.status).toBe(502);
    expect(JSON.parse(text)).toMatchObject({ error: { code: 'DEFAULT_5XX', request_id: response.headers.get('x-amzn-requestid') } });
    expect(text).not.toContain('secret');
    expect(logged()).toEqual([expect.stringContaining(reason)]);
  });

  it('that does not begin in time is 504', async () => {
    const { response } = await read('/silent');
    expect(response.status).toBe(504);
  });
});

describe('an answer that breaks off', () => {
  it.each(['/throwsLater', '/exits', '/slow'])('%s ends with the connection, after what came', async (path) => {
    const { response, text, isBroken } = await read(path);
    expect([response.status, text, isBroken]).toEqual([200, 'half', true]);
    expect(logged()).toEqual([expect.stringContaining('broke off its answer')]);
  });

  it('for its length ends in the middle, though bytes still came', async () => {
    const startedAt = performance.now();
    const { text, isBroken } = await read('/drips');
    expect(isBroken).toBe(true);
    expect(text.length).toBeGreaterThan(10);
    expect(performance.now() - startedAt).toBeGreaterThan(1400);
  });
});

describe('a client', () => {
  const sent = () => Number(lines.findLast(({ message }) => message.startsWith('sent '))?.message.slice(5) ?? 0);

  it('that reads nothing holds the function up: what is written stays bounded', async () => {
    const response = await open('/endless');
    response.pause();
    await expect.poll(sent, { timeout: 5000 }).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const held = sent();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(sent()).toBe(held);
    // Mostly what the kernel keeps for the two ends of a loopback connection.
    expect(held).toBeLessThan(16 * 1024 * 1024);
    response.destroy();
  });

  it('that hangs up before the answer begins ends it, too', async () => {
    const request = get(`${url}/endless`, { agent: false });
    request.on('error', () => undefined);
    await new Promise((resolve) => request.once('finish', resolve));
    await expect.poll(() => host.stats().functions.endless?.busy, { interval: 1, timeout: 5000 }).toBe(1);
    request.destroy();
    await expect.poll(() => host.stats().functions.endless?.busy, { timeout: 5000 }).toBe(0);
  });

  it('that hangs up ends the stream of the function', async () => {
    const response = await open('/endless');
    await new Promise((resolve) => response.once('data', resolve));
    response.destroy();
    await expect.poll(() => host.stats().functions.endless?.busy, { timeout: 5000 }).toBe(0);
    expect(logged()).toEqual([]);
  });
});
