import type { Log } from '../service.ts';
import { createAnswerChannel } from './answer-channel.ts';
import type { FunctionDefinition, InvokeError, InvokeRequest, InvokeResult, StreamedInvocation } from './function-definition.ts';
import { invokeInBackground, type SendToQueue } from './invoke-in-background.ts';
import { createLambdaFunction, type FunctionStats, type LambdaFunction } from './lambda-function.ts';
import type { SandboxPool } from './sandbox-pool.ts';

export type { LogLine } from '../service.ts';
export type { FunctionDefinition, Invoke, InvokeFault, InvokeRequest, InvokeResult } from './function-definition.ts';

export type LambdaHost = {
  /** Defines a function, or replaces it: sandboxes of the old definition end when they are free. */
  createFunction(definition: FunctionDefinition): void;
  /** Never rejects for what a handler does; rejects when there is no such function. */
  invoke(request: InvokeRequest): Promise<InvokeResult>;
  /** As Lambda's InvokeWithResponseStream: a handler that does not stream gives its JSON in one piece. Rejects when there is no such function. */
  invokeStream(request: { functionName: string; payload: unknown }): Promise<StreamedInvocation>;
  /** Ends a sandbox as a crash of its machine would; false when no sandbox has that key. */
  killSandbox(accessKeyId: string): boolean;
  /** True for every key this host ever gave to a sandbox. */
  isSandboxKey(accessKeyId: string): boolean;
  stop(): Promise<void>;
  stats(): { functions: Record<string, FunctionStats> };
};

/** Lambda's limits on what goes in, by kind of invocation. */
const MAX_PAYLOAD_BYTES = { request: 6_291_456, call: 6_291_456, event: 1_048_576 };

const IDLE_LIMIT_MS = 5 * 60_000;
const REAP_EVERY_MS = 30_000;

/**
 * Runs handlers as Lambda does: each sandbox a thread with its own memory and environment, warm between invocations, one
 * invocation at a time; timeout, crash, out of memory and init error end the sandbox and never the host.
 */
export function createLambdaHost(options: {
  endpointUrl: string;
  region: string;
  accountId: string;
  log: Log;
  /** Needed only by functions with an `onFailureQueueArn`. */
  sendToQueue?: SendToQueue;
}): LambdaHost {
  const functions = new Map<string, LambdaFunction>();
  /** Of replaced definitions too, for as long as they may have work. */
  const pools = new Set<SandboxPool>();
  const issuedKeys = new Set<string>();
  const stopping = new AbortController();
  const background = new Set<Promise<void>>();
  const host = { ...options, onSandbox: (accessKeyId: string) => issuedKeys.add(accessKeyId) };
  const reaper = setInterval(() => {
    for (const pool of pools) pool.reap(Date.now() - IDLE_LIMIT_MS);
  }, REAP_EVERY_MS).unref();

  const find = (name: string): LambdaFunction => {
    const lambda = functions.get(name);
    if (lambda === undefined) throw new Error(`No function is named ${name}; there are: ${[...functions.keys()].join(', ') || 'none'}.`);
    return lambda;
  };
  const accept = (lambda: LambdaFunction, payload: string): InvokeResult => {
    const functionArn = `arn:aws:lambda:${options.region}:${options.accountId}:function:${lambda.definition.name}`;
    const task = invokeInBackground({
      lambda,
      payload,
      functionArn,
      signal: stopping.signal,
      sendToQueue: options.sendToQueue,
      log: options.log,
    });
    background.add(task);
    void task.finally(() => background.delete(task));
    return { kind: 'success', payload: null };
  };

  return {
    createFunction(definition) {
      if (definition.onFailureQueueArn !== undefined && options.sendToQueue === undefined) {
        throw new Error(`${definition.name} has an on-failure queue, but the Lambda host was made without sendToQueue.`);
      }
      functions.get(definition.name)?.pool.retire();
      const lambda = createLambdaFunction({ definition, host });
      functions.set(definition.name, lambda);
      pools.add(lambda.pool);
    },
    async invoke({ functionName, payload, kind }) {
      const lambda = find(functionName);
      const text = JSON.stringify(payload) ?? 'null';
      if (Buffer.byteLength(text) > MAX_PAYLOAD_BYTES[kind]) return tooLarge(kind);
      if (kind === 'event') return accept(lambda, text);
      return kind === 'call' ? lambda.call(text) : lambda.run(text);
    },
    async invokeStream({ functionName, payload }) {
      const lambda = find(functionName);
      const text = JSON.stringify(payload) ?? 'null';
      const { writer, reader } = createAnswerChannel();
      if (Buffer.byteLength(text) <= MAX_PAYLOAD_BYTES.call) return { answer: reader, result: lambda.stream(text, writer) };
      const refusal = tooLarge('call');
      writer.fail(refusal);
      return { answer: reader, result: Promise.resolve(refusal) };
    },
    killSandbox(accessKeyId) {
      const sandbox = [...pools].map((pool) => pool.find(accessKeyId)).find((found) => found !== undefined);
      void sandbox?.kill();
      return sandbox !== undefined;
    },
    isSandboxKey: (accessKeyId) => issuedKeys.has(accessKeyId),
    async stop() {
      stopping.abort();
      clearInterval(reaper);
      await Promise.all([...pools].map((pool) => pool.close()));
      await Promise.all(background);
    },
    stats: () => ({ functions: Object.fromEntries([...functions].map(([name, lambda]) => [name, lambda.stats()])) }),
  };
}

function tooLarge(kind: InvokeRequest['kind']): InvokeError {
  const message = `Request must be smaller than ${MAX_PAYLOAD_BYTES[kind]} bytes for the ${kind === 'event' ? 'InvokeFunctionAsync' : 'InvokeFunction'} operation`;
  return { kind: 'error', fault: 'unhandled', errorType: 'RequestTooLargeException', message };
}
