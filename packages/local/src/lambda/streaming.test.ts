import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { LogLine } from '../service.ts';
import { InvocationError } from './answer-channel.ts';
import type { FunctionDefinition, StreamedInvocation } from './function-definition.ts';
import { createLambdaHost, type LambdaHost } from './lambda-host.ts';

const stream = (body: string) => `exports.handler = awslambda.streamifyResponse(async (event, out, context) => { ${body} });`;
const later = (ms: number) => `await new Promise((resolve) => setTimeout(resolve, ${ms}));`;

const FIXTURES = {
  words: stream('for (const word of event.words) { out.write(word); } out.end();'),
  http: stream(
    'out = awslambda.HttpResponseStream.from(out, { statusCode: 201, headers: { "x-a": "b" }, cookies: ["c=1"] }); out.write("body"); out.end();',
  ),
  onlyEnd: stream('out = awslambda.HttpResponseStream.from(out, { statusCode: 201 }); out.end("body");'),
  object: stream('out.setContentType("text/plain"); out.write({ a: 1 }); out.end();'),
  lateType: stream('out.write("x"); out.setContentType("text/plain");'),
  throwsFirst: stream('throw new RangeError("before");'),
  throwsLater: stream('out.write("half"); throw new RangeError("in the middle");'),
  exits: stream(`out.write("half"); ${later(20)} process.exit(3);`),
  hangs: stream('out.write("half"); await new Promise((resolve) => setTimeout(resolve, 60000));'),
  neverEnds: stream('out.write("half");'),
  afterEnd: stream('out.write("whole"); out.end(); throw new Error("too late");'),
  notAsync: 'exports.handler = awslambda.streamifyResponse((event, out) => { out.end("x"); });',
  plain: 'exports.handler = async (event) => ({ statusCode: 200, body: event.text });',
  endless: stream(
    'globalThis.sent = 0; globalThis.stopped = undefined; out.on("error", (error) => { globalThis.stopped = error.code; }); const { once } = require("node:events"); for (;;) { if (out.destroyed) break; const free = out.write(Buffer.alloc(1024, 120)); globalThis.sent += 1024; console.log("sent " + globalThis.sent); if (!free) await once(out, "drain"); }',
  ),
  deaf: stream(
    `for (let i = 0; i < 40 && !out.destroyed; i += 1) { out.write("x"); ${later(10)} } console.log("went on, destroyed: " + out.destroyed);`,
  ),
} as const;

const folder = mkdtempSync(join(tmpdir(), 'lambda-streams-'));
const lines: LogLine[] = [];
let host: LambdaHost;

function define(name: keyof typeof FIXTURES, overrides: Partial<FunctionDefinition> = {}): void {
  host.createFunction({
    name,
    codeDirectory: join(folder, name),
    handler: 'index.handler',
    environment: {},
    timeoutSeconds: 10,
    memoryMb: 256,
    ...overrides,
  });
}

/** Reads to the end or the break. */
async function read({ answer }: StreamedInvocation) {
  const pieces: Uint8Array[] = [];
  let broken: unknown;
  try {
    for await (const bytes of answer.chunks()) pieces.push(bytes);
  } catch (error) {
    broken = error;
  }
  return { text: Buffer.concat(pieces).toString(), contentType: await answer.contentType, broken };
}

async function streamed(functionName: keyof typeof FIXTURES, payload: unknown = {}, overrides: Partial<FunctionDefinition> = {}) {
  define(functionName, overrides);
  const invocation = await host.invokeStream({ functionName, payload });
  return { ...(await read(invocation)), result: await invocation.result };
}

beforeAll(() => {
  for (const [name, source] of Object.entries(FIXTURES)) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'index.js'), source);
  }
  host = createLambdaHost({
    endpointUrl: 'http://127.0.0.1:4566',
    region: 'eu-west-1',
    accountId: '123456789012',
    log: (line) => lines.push(line),
  });
});
afterEach(() => {
  lines.length = 0;
});
afterAll(async () => {
  await host.stop();
  rmSync(folder, { recursive: true });
});

describe('a streamed answer', () => {
  it('comes in the order in which it was written, and succeeds', async () => {
    const words = Array.from({ length: 500 }, (_, index) => `word ${index} `);
    expect(await streamed('words', { words })).toEqual({
      text: words.join(''),
      contentType: 'application/octet-stream',
      broken: undefined,
      result: { kind: 'success', payload: null },
    });
  });

  it('is larger than what may be unread, and whole', async () => {
    const word = 'ü'.repeat(300_000);
    expect((await streamed('words', { words: [word, word] })).text).toBe(word + word);
  });

  it('for HTTP is the metadata, eight NULs and the body', async () => {
    const { text, contentType } = await streamed('http');
    expect(contentType).toBe('application/vnd.awslambda.http-integration-response');
    expect(text).toBe(`{"statusCode":201,"headers":{"x-a":"b"},"cookies":["c=1"]}${'\0'.repeat(8)}body`);
  });

  it('has no metadata when nothing was written before the end, as on Lambda', async () => {
    expect((await streamed('onlyEnd')).text).toBe('body');
  });

  it('takes a content type and objects', async () => {
    expect(await streamed('object')).toMatchObject({ text: '{"a":1}', contentType: 'text/plain' });
  });

  it('of a handler that does not stream is its JSON in one piece', async () => {
    expect(await streamed('plain', { text: 'hello' })).toMatchObject({
      text: '{"statusCode":200,"body":"hello"}',
      contentType: 'application/json',
    });
  });

  it('is whole for a caller who invokes the usual way', async () => {
    define('words');
    const call = (words: string[]) => host.invoke({ functionName: 'words', payload: { words }, kind: 'request' });
    expect(await call(['{"a":', '1}'])).toEqual({ kind: 'success', payload: { a: 1 } });
    expect(await call(['no ', 'JSON'])).toEqual({ kind: 'success', payload: 'no JSON' });
    expect(await call(Array.from({ length: 7 }, () => 'x'.repeat(999_000)).slice(0, 6))).toMatchObject({ kind: 'success' });
    define('endless', { timeoutSeconds: 1 });
    expect(await host.invoke({ functionName: 'endless', payload: {}, kind: 'request' })).toMatchObject({ fault: 'timeout' });
  });
});

describe('an answer that breaks off', () => {
  it.each<[keyof typeof FIXTURES, string, string, Partial<FunctionDefinition>]>([
    ['throwsFirst', '', 'RangeError', {}],
    ['throwsLater', 'half', 'RangeError', {}],
    ['lateType', 'x', 'InvalidStreamingOperation', {}],
    ['notAsync', 'x', 'Error', {}],
    ['exits', 'half', 'Runtime.ExitError', {}],
    ['hangs', 'half', 'Sandbox.Timedout', { timeoutSeconds: 1 }],
    ['neverEnds', 'half', 'Sandbox.Timedout', { timeoutSeconds: 1 }],
  ])('%s: gives "%s", then %s', async (name, text, errorType, overrides) => {
    const read = await streamed(name, {}, overrides);
    expect(read.result).toMatchObject({ kind: 'error', errorType });
    // What came before is not lost, and an answer that had ended is whole whatever its handler does then.
    expect(read.text).toBe(text);
    if (name !== 'notAsync') expect(read.broken).toMatchObject({ name: 'InvocationError', result: { errorType } });
  });

  it('has no content type when nothing came', async () => {
    expect((await streamed('throwsFirst')).contentType).toBeUndefined();
  });

  it('is whole when its handler failed after the end', async () => {
    expect(await streamed('afterEnd')).toMatchObject({ text: 'whole', broken: undefined, result: { kind: 'error', errorType: 'Error' } });
  });

  it('tells why no sandbox was free', async () => {
    define('hangs', { reservedConcurrency: 1 });
    const first = await host.invokeStream({ functionName: 'hangs', payload: {} });
    await first.answer.chunks().next();
    const second = await read(await host.invokeStream({ functionName: 'hangs', payload: {} }));
    expect(second.broken).toBeInstanceOf(InvocationError);
    expect(second.broken).toMatchObject({ result: { fault: 'throttled' } });
    define('hangs');
  });

  it('is refused when the event is too large, and when there is no such function', async () => {
    define('words');
    const large = await host.invokeStream({ functionName: 'words', payload: { words: ['x'.repeat(6_300_000)] } });
    expect((await read(large)).broken).toMatchObject({ result: { errorType: 'RequestTooLargeException' } });
    await expect(host.invokeStream({ functionName: 'nobody', payload: {} })).rejects.toThrow('No function is named nobody');
  });
});

describe('a reader', () => {
  const sent = () => Number(lines.findLast(({ message }) => message.startsWith('sent '))?.message.slice(5) ?? 0);
  const settle = async () => {
    let before = -1;
    const isStill = () => {
      const [earlier, now] = [before, sent()];
      before = now;
      return now > 0 && now === earlier;
    };
    await expect.poll(isStill, { interval: 60, timeout: 5000 }).toBe(true);
  };

  it('that is slow bounds what is written: no more than 64 KB wait outside the sandbox, and its writes wait', async () => {
    define('endless');
    const { answer } = await host.invokeStream({ functionName: 'endless', payload: {} });
    await settle();
    expect(answer.unreadBytes()).toBe(65_536);
    const first = sent();
    // The window, and what the stream itself buffers before write says false.
    expect(first).toBeLessThanOrEqual(65_536 + 2 * 65_536);
    const chunks = answer.chunks();
    let taken = 0;
    while (taken < 300_000) taken += (await chunks.next()).value?.length ?? 0;
    await settle();
    expect(answer.unreadBytes()).toBeLessThanOrEqual(65_536);
    expect(sent() - first).toBeLessThanOrEqual(taken + 65_536);
    expect(sent() - first).toBeGreaterThan(taken - 2 * 65_536);
    answer.cancel();
  });

  it('that leaves destroys the stream, so that the handler can stop', async () => {
    define('endless');
    const { answer, result } = await host.invokeStream({ functionName: 'endless', payload: {} });
    const chunks = answer.chunks();
    await chunks.next();
    answer.cancel();
    expect(await chunks.next()).toEqual({ done: true, value: undefined });
    expect(await result).toMatchObject({ kind: 'error', errorType: 'Error', message: 'The client closed the connection.' });
    expect(answer.unreadBytes()).toBe(0);
  });

  it('that leaves does not end a handler that does not look', async () => {
    define('deaf');
    const { answer, result } = await host.invokeStream({ functionName: 'deaf', payload: {} });
    await answer.chunks().next();
    answer.cancel();
    expect(await result).toEqual({ kind: 'success', payload: null });
    expect(lines.map(({ message }) => message)).toContain('went on, destroyed: true');
  });

  it('of the next answer of the same sandbox gets nothing of the one before', async () => {
    define('words', { reservedConcurrency: 1 });
    const one = await host.invokeStream({ functionName: 'words', payload: { words: ['x'.repeat(200_000)] } });
    await one.answer.chunks().next();
    one.answer.cancel();
    await one.result;
    const two = await host.invokeStream({ functionName: 'words', payload: { words: ['second'] } });
    expect((await read(two)).text).toBe('second');
    expect(host.stats().functions.words?.sandboxes).toBe(1);
  });
});

it('holds 200 streams at once, each in a sandbox of its own', async () => {
  define('endless', { memoryMb: 128, timeoutSeconds: 60 });
  const invocations = await Promise.all(Array.from({ length: 200 }, () => host.invokeStream({ functionName: 'endless', payload: {} })));
  const readers = invocations.map(({ answer }) => answer.chunks());
  const firsts = await Promise.all(readers.map((reader) => reader.next()));
  expect(firsts.every(({ value }) => (value?.length ?? 0) > 0)).toBe(true);
  expect(host.stats().functions.endless).toMatchObject({ busy: 200, throttles: 0 });
  const unread = invocations.reduce((sum, { answer }) => sum + answer.unreadBytes(), 0);
  expect(unread).toBeLessThanOrEqual(200 * 65_536);
  for (const { answer } of invocations) answer.cancel();
  await Promise.all(invocations.map(({ result }) => result));
}, 60_000);
