// @ts-check
/**
 * The inside of one Lambda sandbox: a worker thread that loads a function's bundle and answers one invocation at a time.
 * Plain JavaScript with checked JSDoc types, because stripping types would load a compiler into every thread:
 * 95 instead of 26 ms of CPU and 17 instead of 10 MB for each of hundreds of sandboxes.
 *
 * Not emulated: the freeze between invocations. Timers and sockets go on while the sandbox is idle.
 *
 * @import { HostMessage, InvokeMessage, SandboxFailure, SandboxMessage, SandboxStart } from './sandbox-protocol.ts'
 * @import { StreamingHandler } from './response-stream.mjs'
 */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import vm from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import { captureOutput } from './capture-output.mjs';
import { highWaterMarkOf, isStreamingHandler, provideAwsLambda, ResponseStream } from './response-stream.mjs';

/** @typedef {(event: unknown, context: object) => unknown} Handler */

if (parentPort === null) throw new Error('sandbox-worker.mjs runs only as a worker thread of the Lambda host.');
const port = parentPort;
const start = /** @type {SandboxStart} */ (workerData);

/** @type {string | undefined} */
let requestId;
/** Of the invocation under way, when its answer is streamed. @type {ResponseStream | undefined} */
let responseStream;

/** @param {SandboxMessage} message */
function post(message) {
  port.postMessage(message, message.kind === 'stream-chunk' ? [/** @type {ArrayBuffer} */ (message.bytes.buffer)] : []);
}

class InitError extends Error {
  /** @param {string} type @param {string} message */
  constructor(type, message) {
    super(message);
    this.name = type;
  }
}

/** Names an error the way Lambda's Node.js runtime does. @param {unknown} error @returns {SandboxFailure} */
function describe(error) {
  if (error instanceof Error) return { errorType: error.name, message: error.message, trace: error.stack ?? String(error) };
  // Errors of the bundle may come from its own realm-like wrapper classes: accept what looks like an error.
  if (typeof error === 'object' && error !== null && 'message' in error) {
    const name = 'name' in error ? String(error.name) : 'Error';
    return { errorType: name, message: String(error.message), trace: `${name}: ${String(error.message)}` };
  }
  return { errorType: typeof error, message: String(error), trace: String(error) };
}

const flushOutput = captureOutput((stream, lines) => post({ kind: 'output', stream, lines, requestId }));

// --- Init: load the bundle. ---

/** @returns {Handler | StreamingHandler} */
function loadHandler() {
  const dot = start.handler.indexOf('.');
  if (dot < 1) throw new InitError('Runtime.MalformedHandlerName', `Bad handler ${start.handler}: write file.export`);
  const file = path.join(start.codeDirectory, `${start.handler.slice(0, dot)}.js`);
  const exported = start.handler.slice(dot + 1);
  /** @type {unknown} */
  let value = loadCommonJs(file);
  for (const name of exported.split('.')) value = /** @type {Record<string, unknown> | undefined} */ (value)?.[name];
  if (typeof value !== 'function') {
    throw new InitError('Runtime.HandlerNotFound', `${start.handler} is undefined or not exported by ${file}`);
  }
  if (value.length >= 3 && !isStreamingHandler(value)) {
    throw new InitError(
      'Runtime.CallbackHandlerDeprecated',
      `${start.handler} takes a callback; Lambda's Node.js 24 runtime supports only handlers that return a value or a promise`,
    );
  }
  return /** @type {Handler | StreamingHandler} */ (value);
}

/**
 * Runs the bundle as CommonJS whatever package.json stands above it: on Lambda there is none, here there may be one with
 * `"type": "module"`. @param {string} file @returns {unknown}
 */
function loadCommonJs(file) {
  if (!fs.existsSync(file)) throw new InitError('Runtime.ImportModuleError', `Error: Cannot find module '${file}'`);
  const module = { exports: {} };
  try {
    const wrapper = vm.compileFunction(fs.readFileSync(file, 'utf8'), ['exports', 'require', 'module', '__filename', '__dirname'], {
      filename: file,
      importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    });
    wrapper.call(module.exports, module.exports, createRequire(file), module, file, path.dirname(file));
  } catch (error) {
    if (error instanceof SyntaxError) throw new InitError('Runtime.UserCodeSyntaxError', `SyntaxError: ${error.message}`);
    if (error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND') {
      throw new InitError('Runtime.ImportModuleError', `Error: ${error.message}`);
    }
    throw error;
  }
  return module.exports;
}

// --- Invocations. ---

/** @param {InvokeMessage} message */
function createContext(message) {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: start.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: start.functionArn,
    memoryLimitInMB: String(start.memoryMb),
    awsRequestId: message.requestId,
    logGroupName: start.logGroupName,
    logStreamName: start.logStreamName,
    getRemainingTimeInMillis: () => Math.max(0, message.deadlineMs - Date.now()),
  };
}

/** @param {unknown} result */
function toJson(result) {
  try {
    // Lambda answers null where JSON has nothing to say: undefined, a function, a symbol.
    return JSON.stringify(result) ?? 'null';
  } catch (error) {
    throw new InitError('Runtime.MarshalError', `Unable to stringify response body: ${describe(error).message}`);
  }
}

/** @param {Handler} handler @param {InvokeMessage} message */
async function answer(handler, message) {
  requestId = message.requestId;
  responseStream = undefined;
  try {
    const payload = toJson(await handler(JSON.parse(message.payload), createContext(message)));
    flushOutput();
    post({ kind: 'succeeded', requestId: message.requestId, payload });
  } catch (error) {
    flushOutput();
    post({ kind: 'failed', requestId: message.requestId, ...describe(error) });
  }
}

/**
 * The invocation lasts until the handler has returned and its stream has ended; one that never ends runs into its timeout, as on Lambda.
 * @param {StreamingHandler} handler @param {InvokeMessage} message
 */
async function answerStreaming(handler, message) {
  requestId = message.requestId;
  const stream = new ResponseStream({
    send: (part) => post({ ...part, requestId: message.requestId }),
    highWaterMark: highWaterMarkOf(handler),
  });
  responseStream = stream;
  const isOver = new Promise((resolve) => stream.once('finish', resolve).once('close', resolve));
  try {
    const returned = handler(JSON.parse(message.payload), stream, createContext(message));
    if (!(returned instanceof Object && 'then' in returned)) throw new Error('Streaming does not support non-async handlers.');
    if ((await returned) !== undefined) console.warn('Streaming handlers ignore return values.');
    await isOver;
    flushOutput();
    if (!stream.writableFinished && !hungUp.has(stream))
      throw new InitError('Runtime.TruncatedResponse', 'Response stream is not finished.');
    post({ kind: 'succeeded', requestId: message.requestId });
  } catch (error) {
    flushOutput();
    post({ kind: 'failed', requestId: message.requestId, ...describe(error) });
    stream.destroy();
  }
}

/** Streams that nobody reads any more. @type {WeakSet<ResponseStream>} */
const hungUp = new WeakSet();

/** @param {Handler | StreamingHandler} handler @param {HostMessage} message */
function receive(handler, message) {
  if (message.kind === 'invoke') {
    void (isStreamingHandler(handler) ? answerStreaming(handler, message) : answer(/** @type {Handler} */ (handler), message));
    return;
  }
  if (responseStream === undefined || message.requestId !== requestId) return;
  if (message.kind === 'stream-read') return responseStream.grant(message.bytes);
  hungUp.add(responseStream);
  responseStream.destroy(Object.assign(new Error('The client closed the connection.'), { code: 'ECONNRESET' }));
}

/** @param {string | undefined} type @param {number} exitCode */
function crashWith(type, exitCode) {
  return (/** @type {unknown} */ error) => {
    flushOutput();
    const failure = describe(error);
    post({ kind: 'crashed', ...failure, errorType: type ?? failure.errorType });
    process.exit(exitCode);
  };
}

process.cwd = () => start.codeDirectory;
process.on('exit', flushOutput);
process.on('uncaughtException', crashWith(undefined, 129));
process.on('unhandledRejection', crashWith('Runtime.UnhandledPromiseRejection', 128));

provideAwsLambda();

try {
  const handler = loadHandler();
  port.on('message', (/** @type {HostMessage} */ message) => receive(handler, message));
  post({ kind: 'ready' });
} catch (error) {
  flushOutput();
  post({ kind: 'init-failed', ...describe(error) });
}
