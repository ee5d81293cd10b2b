import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { LogLine } from '../service.ts';
import type { FunctionDefinition } from './function-definition.ts';
import { createLambdaHost, type LambdaHost } from './lambda-host.ts';

const FIXTURES = {
  echo: 'let calls = 0; exports.handler = async (event, context) => (event?.ms && await new Promise((resolve) => setTimeout(resolve, event.ms)), { event, calls: ++calls, thread: process.env.AWS_ACCESS_KEY_ID, context: { ...context, remaining: context.getRemainingTimeInMillis() } });',
  nothing: 'exports.handler = async () => undefined;',
  throws:
    'class RateError extends Error { constructor(m) { super(m); this.name = "RateError"; } } exports.handler = async () => { throw new RateError("too fast"); };',
  throwsText: 'exports.handler = async () => { throw "plain text"; };',
  exits: 'exports.handler = async (event) => { if (event.exit) process.exit(3); return "alive"; };',
  uncaught: 'exports.handler = () => new Promise(() => { setTimeout(() => { throw new TypeError("from a timer"); }, 5); });',
  unhandled: 'exports.handler = () => new Promise(() => { void Promise.reject(new Error("nobody waits")); });',
  hangs: 'exports.handler = (event) => event.spin ? (() => { for (;;); })() : new Promise(() => { setInterval(() => {}, 1000); });',
  memory: 'exports.handler = async () => { const all = []; for (;;) all.push(new Array(1e5).fill(Math.random())); };',
  initError: 'throw new RangeError("bad configuration");',
  initExit: 'process.exit(4);',
  syntax: 'exports.handler = async () => {',
  missingModule: 'require("not-installed-anywhere"); exports.handler = async () => 1;',
  noHandler: 'exports.other = 1;',
  callback: 'exports.handler = (event, context, callback) => callback(null, 1);',
  environment: 'exports.handler = async () => ({ ...process.env });',
  prints:
    'const fs = require("node:fs"); exports.handler = async () => { console.log("one\\ntwo"); console.error("three"); fs.writeSync(1, "four\\n"); process.stdout.write("five without end"); return "printed"; };',
  waits: 'exports.handler = async (event) => { await new Promise((resolve) => setTimeout(resolve, event.ms)); return event.ms; };',
  cyclic: 'exports.handler = async () => { const a = {}; a.a = a; return a; };',
  huge: 'exports.handler = async () => "x".repeat(6291600);',
  sometimes: 'exports.handler = async () => { throw new Error("always"); };',
} as const;

const folder = mkdtempSync(join(tmpdir(), 'lambda-host-'));
const lines: LogLine[] = [];
const sent: { queueArn: string; body: string }[] = [];
let host: LambdaHost;

function define(name: keyof typeof FIXTURES, overrides: Partial<FunctionDefinition> = {}): void {
  host.createFunction({
    name,
    codeDirectory: join(folder, name),
    handler: 'index.handler',
    environment: { STAGE: 'test' },
    timeoutSeconds: 10,
    memoryMb: 256,
    ...overrides,
  });
}

const call = (functionName: keyof typeof FIXTURES, payload: unknown = {}) => host.invoke({ functionName, payload, kind: 'request' });

beforeAll(() => {
  // A module package above the bundles, as in the project itself: on Lambda there is none.
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  for (const [name, source] of Object.entries(FIXTURES)) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'index.js'), source);
  }
  host = createLambdaHost({
    endpointUrl: 'http://127.0.0.1:4566',
    region: 'eu-west-1',
    accountId: '123456789012',
    log: (line) => lines.push(line),
    sendToQueue: async (queueArn, body) => void sent.push({ queueArn, body }),
  });
});
afterEach(() => {
  lines.length = 0;
});
afterAll(async () => {
  await host.stop();
  rmSync(folder, { recursive: true });
});

describe('a sandbox', () => {
  it('stays warm: the same thread and module state answer one invocation after the other', async () => {
    define('echo');
    const first = await call('echo', { n: 1 });
    const second = await call('echo', { n: 2 });
    expect(first).toMatchObject({ kind: 'success', payload: { event: { n: 1 }, calls: 1 } });
    expect(second).toMatchObject({ kind: 'success', payload: { event: { n: 2 }, calls: 2 } });
    expect(host.stats().functions.echo).toMatchObject({ coldStarts: 1, invocations: 2, sandboxes: 1, busy: 0, errors: 0 });
  });

  it('gets the context object of Lambda', async () => {
    define('echo', { memoryMb: 512, timeoutSeconds: 30 });
    const result = await call('echo');
    const { context } = (result as { payload: { context: Record<string, unknown> } }).payload;
    expect(context).toMatchObject({
      functionName: 'echo',
      functionVersion: '$LATEST',
      invokedFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:echo',
      memoryLimitInMB: '512',
      logGroupName: '/aws/lambda/echo',
      callbackWaitsForEmptyEventLoop: true,
    });
    expect(context.awsRequestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(context.remaining).toBeGreaterThan(29_000);
    expect(context.remaining).toBeLessThanOrEqual(30_000);
  });

  it('sees its own variables and what Lambda gives, and nothing of the host', async () => {
    vi.stubEnv('HOST_SECRET', 'must not leak');
    vi.stubEnv('AWS_PROFILE', 'production');
    define('environment');
    const { payload } = (await call('environment')) as { payload: Record<string, string> };
    vi.unstubAllEnvs();
    expect(payload).not.toHaveProperty('HOST_SECRET');
    expect(payload).not.toHaveProperty('AWS_PROFILE');
    expect(payload).not.toHaveProperty('HOME');
    expect(payload).toMatchObject({
      STAGE: 'test',
      AWS_REGION: 'eu-west-1',
      AWS_DEFAULT_REGION: 'eu-west-1',
      AWS_LAMBDA_FUNCTION_NAME: 'environment',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
      AWS_EC2_METADATA_DISABLED: 'true',
      _HANDLER: 'index.handler',
      LAMBDA_TASK_ROOT: join(folder, 'environment'),
    });
    expect(payload.AWS_ACCESS_KEY_ID).toMatch(/^SANDBOX[0-9A-F]{13}$/);
    expect(host.isSandboxKey(payload.AWS_ACCESS_KEY_ID ?? '')).toBe(true);
    expect(host.isSandboxKey('AKIAIOSFODNN7EXAMPLE')).toBe(false);
  });

  it('hands what it prints to the log, line by line with the request id, before the answer and never to our own stdout', async () => {
    const stdout = vi.spyOn(process.stdout, 'write');
    define('prints');
    await call('prints');
    const written = stdout.mock.calls.map(([chunk]) => String(chunk)).join('');
    stdout.mockRestore();
    expect(written).not.toContain('four');
    const printed = lines.filter(({ source }) => source === 'function');
    expect(printed.map(({ level, message }) => `${level} ${message}`)).toEqual([
      'info one',
      'info two',
      'warn three',
      'info four',
      'info five without end',
    ]);
    expect(new Set(printed.map(({ functionName }) => functionName))).toEqual(new Set(['prints']));
    expect(printed[0]?.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('an answer', () => {
  it.each([
    ['nothing', null],
    ['echo', expect.objectContaining({ event: null })],
  ] as const)('of %s crosses as JSON: undefined is null', async (name, payload) => {
    define(name);
    expect(await host.invoke({ functionName: name, payload: undefined, kind: 'request' })).toEqual({
      kind: 'success',
      payload: name === 'echo' ? payload : null,
    });
  });

  it.each([
    ['throws', 'unhandled', 'RateError', 'too fast'],
    ['throwsText', 'unhandled', 'string', 'plain text'],
    ['cyclic', 'unhandled', 'Runtime.MarshalError', 'Unable to stringify response body'],
    ['huge', 'unhandled', 'Function.ResponseSizeTooLarge', '6291556'],
    ['uncaught', 'crash', 'TypeError', 'from a timer'],
    ['unhandled', 'crash', 'Runtime.UnhandledPromiseRejection', 'nobody waits'],
    ['initError', 'init', 'RangeError', 'bad configuration'],
    ['initExit', 'init', 'Runtime.ExitError', 'exit status 4'],
    ['syntax', 'init', 'Runtime.UserCodeSyntaxError', 'SyntaxError'],
    ['missingModule', 'init', 'Runtime.ImportModuleError', 'not-installed-anywhere'],
    ['noHandler', 'init', 'Runtime.HandlerNotFound', 'index.handler is undefined or not exported'],
    ['callback', 'init', 'Runtime.CallbackHandlerDeprecated', 'callback'],
  ] as const)('of %s is the error that Lambda gives: %s %s', async (name, fault, errorType, message) => {
    define(name);
    expect(await call(name)).toEqual({ kind: 'error', fault, errorType, message: expect.stringContaining(message) });
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 'error', functionName: name, message: expect.stringContaining(errorType) }),
    );
  });

  it('is refused beyond the size limits of Lambda', async () => {
    define('echo');
    expect(await call('echo', 'x'.repeat(6_291_456))).toMatchObject({ kind: 'error', errorType: 'RequestTooLargeException' });
    expect(await host.invoke({ functionName: 'echo', payload: 'x'.repeat(1_048_576), kind: 'event' })).toMatchObject({
      errorType: 'RequestTooLargeException',
    });
  });

  it('of a function that does not exist is a rejection that names those that do', async () => {
    await expect(host.invoke({ functionName: 'nobody', payload: {}, kind: 'request' })).rejects.toThrow(/nobody; there are: .*echo/);
  });
});

describe('a sandbox that ends', () => {
  it('by process.exit fails its invocation, and the next one gets a new sandbox', async () => {
    define('exits');
    expect(await call('exits')).toEqual({ kind: 'success', payload: 'alive' });
    expect(await call('exits', { exit: true })).toMatchObject({
      kind: 'error',
      fault: 'crash',
      errorType: 'Runtime.ExitError',
      message: expect.stringContaining('exit status 3'),
    });
    expect(await call('exits')).toEqual({ kind: 'success', payload: 'alive' });
    expect(host.stats().functions.exits).toMatchObject({ coldStarts: 2, sandboxes: 1 });
  });

  it.each([[{ spin: false }], [{ spin: true }]])(
    'by the clock says so in the words of Lambda, even in an endless loop: %o',
    async (payload) => {
      define('hangs', { timeoutSeconds: 0.2 });
      const result = await call('hangs', payload);
      expect(result).toMatchObject({ kind: 'error', fault: 'timeout', errorType: 'Sandbox.Timedout' });
      expect((result as { message: string }).message).toMatch(/^RequestId: [0-9a-f-]{36} Error: Task timed out after 0\.20 seconds$/);
      await vi.waitFor(() => expect(host.stats().functions.hangs).toMatchObject({ sandboxes: 0, busy: 0 }));
    },
  );

  it('by memory fails its invocation and leaves the host alive', async () => {
    define('memory', { memoryMb: 96 });
    expect(await call('memory')).toMatchObject({
      kind: 'error',
      fault: 'crash',
      errorType: 'Runtime.OutOfMemory',
      message: expect.stringContaining('96 MB'),
    });
  });

  it('by its key fails the running invocation', async () => {
    define('echo');
    const { payload } = (await call('echo')) as { payload: { thread: string } };
    const running = call('echo', { ms: 60_000 });
    expect(host.killSandbox(payload.thread)).toBe(true);
    expect(await running).toMatchObject({ kind: 'error', fault: 'crash', errorType: 'Runtime.ExitError' });
    expect(host.killSandbox(payload.thread)).toBe(false);
    expect(host.isSandboxKey(payload.thread)).toBe(true);
    expect(await call('echo')).toMatchObject({ kind: 'success', payload: { calls: 1 } });
  });

  it('after an init error is replaced: each invocation tries again', async () => {
    define('initError');
    await call('initError');
    await call('initError');
    expect(host.stats().functions.initError).toMatchObject({ coldStarts: 2, errors: 2 });
  });
});

describe('a pool', () => {
  it('grows to the reserved concurrency, then throttles requests', async () => {
    define('waits', { reservedConcurrency: 2 });
    const results = await Promise.all([call('waits', { ms: 300 }), call('waits', { ms: 300 }), call('waits', { ms: 300 })]);
    expect(results.map((result) => (result.kind === 'error' ? result.fault : result.payload))).toEqual([300, 300, 'throttled']);
    expect(host.stats().functions.waits).toMatchObject({ sandboxes: 2, throttles: 1 });
  });

  it('answers many callers at once by few sandboxes', async () => {
    define('echo');
    const calls = Array.from({ length: 100 }, (_, n) => host.invoke({ functionName: 'echo', payload: { n }, kind: 'call' }));
    const results = await Promise.all(calls);
    expect(
      results.map((result) => (result.kind === 'error' ? result.fault : (result.payload as { event: { n: number } }).event.n)),
    ).toEqual(results.map((_, n) => n));
    expect(host.stats().functions.echo?.sandboxes).toBeLessThanOrEqual(10);
    expect(host.stats().functions.echo).toMatchObject({ invocations: 100, throttles: 0, waiting: 0 });
  });

  it('throttles callers, too, beyond the reserved concurrency', async () => {
    define('waits', { reservedConcurrency: 2 });
    const call = () => host.invoke({ functionName: 'waits', payload: { ms: 300 }, kind: 'call' });
    const results = await Promise.all([call(), call(), call()]);
    expect(results.map((result) => (result.kind === 'error' ? result.fault : result.payload))).toEqual([300, 300, 'throttled']);
  });

  it('lets events wait in line for the same sandboxes', async () => {
    define('waits', { reservedConcurrency: 1 });
    const running = call('waits', { ms: 100 });
    expect(await host.invoke({ functionName: 'waits', payload: { ms: 1 }, kind: 'event' })).toEqual({ kind: 'success', payload: null });
    expect(host.stats().functions.waits).toMatchObject({ busy: 1, waiting: 1 });
    await running;
    await vi.waitFor(() => expect(host.stats().functions.waits).toMatchObject({ busy: 0, waiting: 0, invocations: 2, sandboxes: 1 }));
  });

  it('bills the time of its invocations by memory', async () => {
    define('waits', { memoryMb: 512 });
    await call('waits', { ms: 50 });
    const stats = host.stats().functions.waits;
    expect(stats?.billedMs).toBeGreaterThanOrEqual(50);
    expect(stats?.billedGbMs).toBe((stats?.billedMs ?? 0) / 2);
  });
});

describe('an event', () => {
  it('that fails three times is reported loudly and sent to the on-failure queue', async () => {
    define('sometimes', { onFailureQueueArn: 'arn:aws:sqs:eu-west-1:123456789012:lost' });
    await host.invoke({ functionName: 'sometimes', payload: { n: 1 }, kind: 'event' });
    await vi.waitFor(() => expect(sent).toHaveLength(1), { timeout: 8000, interval: 50 });
    expect(host.stats().functions.sometimes).toMatchObject({ invocations: 3, errors: 3, coldStarts: 1 });
    expect(sent[0]?.queueArn).toBe('arn:aws:sqs:eu-west-1:123456789012:lost');
    expect(JSON.parse(sent[0]?.body ?? '')).toMatchObject({
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3 },
      requestPayload: { n: 1 },
      responsePayload: { errorType: 'Error', errorMessage: 'always' },
    });
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 'error', message: expect.stringContaining('sometimes failed an event three times') }),
    );
  });
});

describe('a host that stops', () => {
  it('ends running and waiting invocations, says which events are lost, and leaves no thread', async () => {
    const said: LogLine[] = [];
    const own = createLambdaHost({
      endpointUrl: 'http://127.0.0.1:1',
      region: 'us-east-1',
      accountId: '1',
      log: (line) => said.push(line),
    });
    own.createFunction({
      name: 'waits',
      codeDirectory: join(folder, 'waits'),
      handler: 'index.handler',
      environment: {},
      timeoutSeconds: 60,
      memoryMb: 128,
      reservedConcurrency: 1,
    });
    const running = own.invoke({ functionName: 'waits', payload: { ms: 60_000 }, kind: 'request' });
    await own.invoke({ functionName: 'waits', payload: { ms: 1 }, kind: 'event' });
    await own.stop();
    expect(await running).toMatchObject({ kind: 'error', fault: expect.stringMatching(/crash|init/) });
    expect(said).toContainEqual(expect.objectContaining({ level: 'error', message: expect.stringContaining('LOST') }));
    expect(own.stats().functions.waits).toMatchObject({ sandboxes: 0, busy: 0, waiting: 0 });
    expect(await own.invoke({ functionName: 'waits', payload: {}, kind: 'request' })).toMatchObject({ fault: 'throttled' });
  });
});
