import { Worker } from 'node:worker_threads';
import type { Log } from '../service.ts';
import type { FunctionDefinition, InvokeError, InvokeFault, InvokeResult } from './function-definition.ts';
import { logGroupName } from './sandbox-environment.ts';
import type { InvokeMessage, SandboxFailure, SandboxMessage, SandboxStart } from './sandbox-protocol.ts';
import { startGate } from './start-gate.ts';

export type Sandbox = {
  /** Its own key, so that an AWS call tells which sandbox made it. */
  readonly accessKeyId: string;
  /** One at a time; resolves with an error result rather than rejecting. */
  invoke(call: { requestId: string; payload: string; timeoutMs: number }): Promise<InvokeResult>;
  isAlive(): boolean;
  /** Ends the thread at once; a running invocation ends as a crash. */
  kill(): Promise<void>;
};

type Start = {
  definition: FunctionDefinition;
  environment: Record<string, string>;
  accessKeyId: string;
  functionArn: string;
  logStreamName: string;
  log: Log;
  /** The function is loaded. */
  onReady: () => void;
  onExit: () => void;
};

type Current = { requestId: string; settle: (result: InvokeResult) => void };

const WORKER_FILE = new URL('./sandbox-worker.mjs', import.meta.url);

/** Lambda's limit; a function may use its own timeout when that is longer, as Lambda repeats a slow init inside the first invocation. */
const INIT_LIMIT_MS = 10_000;

/** Lambda's limit on a synchronous answer. */
const MAX_RESPONSE_BYTES = 6_291_556;

/** Starts a thread that holds one copy of a function: its own memory, its own environment, warm until killed. */
export function startSandbox(start: Start): Sandbox {
  const { definition } = start;
  const log = functionLog(start);
  let worker: Worker | undefined;
  const init = Promise.withResolvers<InvokeError | undefined>();
  let current: Current | undefined;
  let crash: InvokeError | undefined;
  let initFailure: InvokeError | undefined;
  let isAlive = true;
  let isReady = false;

  const settle = (result: InvokeResult) => {
    const settled = current;
    current = undefined;
    settled?.settle(result);
  };
  const finish = (exit: InvokeError) => {
    isAlive = false;
    // The last messages of a thread may come in the same turn as its end, before anyone who waits for them has run.
    const result = crash ?? initFailure ?? exit;
    if (current === undefined && crash !== undefined)
      log({ line: `crashed while idle: ${crash.message}`, stream: 'stderr', requestId: undefined });
    settle({ ...result, fault: isReady ? 'crash' : 'init' });
    init.resolve({ ...result, fault: 'init' });
    start.onExit();
  };
  const end = async () => {
    isAlive = false;
    if (worker === undefined) finish(errorResult('crash', exitFailure(137, current?.requestId)));
    else await worker.terminate();
  };
  const receive = (message: SandboxMessage) => {
    switch (message.kind) {
      case 'output':
        for (const line of message.lines) log({ line, stream: message.stream, requestId: message.requestId });
        return;
      case 'ready':
        isReady = true;
        start.onReady();
        return init.resolve(undefined);
      case 'init-failed':
        log({ line: message.trace, stream: 'stderr', requestId: current?.requestId });
        initFailure = errorResult('init', message);
        return init.resolve(initFailure);
      case 'crashed':
        log({ line: message.trace, stream: 'stderr', requestId: current?.requestId });
        crash = errorResult('crash', message);
        return;
      case 'succeeded':
        return message.requestId === current?.requestId ? settle(toSuccess(message.payload)) : undefined;
      case 'failed':
        log({ line: message.trace, stream: 'stderr', requestId: message.requestId });
        return message.requestId === current?.requestId ? settle(errorResult('unhandled', message)) : undefined;
    }
  };
  const open = async () => {
    const leave = await startGate.enter();
    if (!isAlive) return leave();
    worker = createWorker(start);
    worker.on('message', receive);
    worker.on('error', (error) => {
      crash ??= errorResult('crash', describeThreadError(error, definition));
    });
    worker.on('exit', (code) => finish(errorResult('crash', exitFailure(code, current?.requestId))));
    void init.promise.then(leave);
  };
  const opened = open();

  return {
    accessKeyId: start.accessKeyId,
    isAlive: () => isAlive,
    kill: end,
    async invoke(call) {
      const outcome = Promise.withResolvers<InvokeResult>();
      current = { requestId: call.requestId, settle: outcome.resolve };
      const giveUp = (ms: number) =>
        setTimeout(() => {
          settle(timeoutResult(call.requestId, ms));
          void end();
        }, ms);
      await opened;
      const initTimer = giveUp(Math.max(INIT_LIMIT_MS, call.timeoutMs));
      const initError = await init.promise;
      clearTimeout(initTimer);
      if (initError !== undefined) {
        settle(initError);
        void end();
        return outcome.promise;
      }
      const timer = giveUp(call.timeoutMs);
      const message: InvokeMessage = {
        kind: 'invoke',
        requestId: call.requestId,
        payload: call.payload,
        deadlineMs: Date.now() + call.timeoutMs,
      };
      worker?.postMessage(message);
      const result = await outcome.promise;
      clearTimeout(timer);
      return result;
    },
  };
}

function createWorker({ definition, environment, functionArn, logStreamName, log }: Start): Worker {
  const workerData: SandboxStart = {
    codeDirectory: definition.codeDirectory,
    handler: definition.handler,
    functionName: definition.name,
    functionArn,
    memoryMb: definition.memoryMb,
    logGroupName: logGroupName(definition.name),
    logStreamName,
  };
  const worker = new Worker(WORKER_FILE, {
    name: definition.name,
    workerData,
    env: environment,
    argv: [],
    execArgv: [],
    stdout: true,
    stderr: true,
    // Caps, not reservations. A small young generation keeps hundreds of mostly idle threads small.
    resourceLimits: { maxOldGenerationSizeMb: Math.min(Math.max(definition.memoryMb, 96), 2048), maxYoungGenerationSizeMb: 16 },
  });
  // The sandbox sends its output by message; what still comes this way was written before or beside that, by Node itself.
  for (const stream of ['stdout', 'stderr'] as const) {
    worker[stream]
      .setEncoding('utf8')
      .on('data', (text: string) => log({ level: 'warn', source: 'function', functionName: definition.name, message: text.trimEnd() }));
  }
  return worker;
}

function functionLog({ definition, log }: Start) {
  return ({ line, stream, requestId }: { line: string; stream: 'stdout' | 'stderr'; requestId: string | undefined }) =>
    log({
      level: stream === 'stdout' ? 'info' : 'warn',
      source: 'function',
      functionName: definition.name,
      ...(requestId === undefined ? {} : { requestId }),
      message: line,
    });
}

function toSuccess(payload: string): InvokeResult {
  if (Buffer.byteLength(payload) > MAX_RESPONSE_BYTES) {
    const message = `Response payload size exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`;
    return { kind: 'error', fault: 'unhandled', errorType: 'Function.ResponseSizeTooLarge', message };
  }
  return { kind: 'success', payload: JSON.parse(payload) };
}

function errorResult(fault: InvokeFault, { errorType, message }: Omit<SandboxFailure, 'trace'>): InvokeError {
  return { kind: 'error', fault, errorType, message };
}

function timeoutResult(requestId: string, timeoutMs: number): InvokeError {
  const message = `RequestId: ${requestId} Error: Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`;
  return { kind: 'error', fault: 'timeout', errorType: 'Sandbox.Timedout', message };
}

function exitFailure(code: number, requestId = 'none'): Omit<SandboxFailure, 'trace'> {
  const reason = code === 0 ? 'Runtime exited without providing a reason' : `Runtime exited with error: exit status ${code}`;
  return { errorType: 'Runtime.ExitError', message: `RequestId: ${requestId} Error: ${reason}` };
}

function describeThreadError(error: unknown, definition: FunctionDefinition): Omit<SandboxFailure, 'trace'> {
  if (error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return {
      errorType: 'Runtime.OutOfMemory',
      message: `${definition.name} used more than its ${definition.memoryMb} MB: Runtime exited with error: signal: killed`,
    };
  }
  return { errorType: error instanceof Error ? error.name : typeof error, message: error instanceof Error ? error.message : String(error) };
}
