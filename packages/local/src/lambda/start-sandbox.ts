import { Worker } from 'node:worker_threads';
import type { Log } from '../service.ts';
import type { AnswerWriter } from './answer-channel.ts';
import { collectAnswer } from './collect-answer.ts';
import type { FunctionDefinition, InvokeError, InvokeResult } from './function-definition.ts';
import { logGroupName } from './sandbox-environment.ts';
import type { HostMessage, SandboxMessage, SandboxStart, StreamMessage } from './sandbox-protocol.ts';
import { errorResult, exitFailure, successResult, threadFailure, timeoutResult } from './sandbox-results.ts';
import { startGate } from './start-gate.ts';

type Call = { requestId: string; payload: string; timeoutMs: number; answer?: AnswerWriter };

export type Sandbox = {
  /** Its own key, so that an AWS call tells which sandbox made it. */
  readonly accessKeyId: string;
  /** One at a time; resolves with an error result rather than rejecting. With `answer` the answer goes there, and a success has no payload. */
  invoke(call: Call): Promise<InvokeResult>;
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

type Current = {
  requestId: string;
  answer: AnswerWriter | undefined;
  collected: ReturnType<typeof collectAnswer>;
  settle: (result: InvokeResult) => void;
};

const WORKER_FILE = new URL('./sandbox-worker.mjs', import.meta.url);

/** Lambda's limit; a function may use its own timeout when that is longer, as Lambda repeats a slow init inside the first invocation. */
const INIT_LIMIT_MS = 10_000;

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
    if (result.kind === 'error') settled?.answer?.fail(result);
    else settled?.answer?.end();
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
  /** A handler that does not stream gives its answer in one piece to whoever reads it as it comes. */
  const succeed = ({ answer, collected }: Current, payload: string | undefined) => {
    if (payload === undefined) return settle(answer ? { kind: 'success', payload: null } : collected.result());
    const result = successResult(payload);
    if (!answer || result.kind === 'error') return settle(result);
    answer.start('application/json');
    answer.push(Buffer.from(payload));
    settle({ kind: 'success', payload: null });
  };
  const tell = (message: HostMessage) => worker?.postMessage(message);
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
        return message.requestId === current?.requestId ? succeed(current, message.payload) : undefined;
      case 'failed':
        log({ line: message.trace, stream: 'stderr', requestId: message.requestId });
        return message.requestId === current?.requestId ? settle(errorResult('unhandled', message)) : undefined;
      default:
        if (message.requestId === current?.requestId) receiveAnswer(current.answer ?? current.collected.writer, message);
    }
  };
  const open = async () => {
    const leave = await startGate.enter();
    if (!isAlive) return leave();
    worker = createWorker(start);
    worker.on('message', receive);
    worker.on('error', (error) => {
      crash ??= errorResult('crash', threadFailure(error, definition));
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
      const { requestId, answer } = call;
      const collected = collectAnswer();
      current = { requestId, answer, collected, settle: outcome.resolve };
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
      tell({ kind: 'invoke', requestId, payload: call.payload, deadlineMs: Date.now() + call.timeoutMs });
      (answer ?? collected.writer).attach({
        read: (bytes) => tell({ kind: 'stream-read', requestId, bytes }),
        close: () => tell({ kind: 'stream-closed', requestId }),
      });
      const result = await outcome.promise;
      clearTimeout(timer);
      return result;
    },
  };
}

function receiveAnswer(answer: AnswerWriter, message: StreamMessage): void {
  if (message.kind === 'stream-started') answer.start(message.contentType);
  else if (message.kind === 'stream-chunk') answer.push(message.bytes);
  else answer.end();
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
