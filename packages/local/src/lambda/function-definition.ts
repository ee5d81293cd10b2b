import type { AnswerReader } from './answer-channel.ts';

/** A function as a template defines it. */
export type FunctionDefinition = {
  name: string;
  /** Absolute folder that holds the CommonJS bundle. */
  codeDirectory: string;
  /** `file.export`: `index.handler`. */
  handler: string;
  environment: Readonly<Record<string, string>>;
  timeoutSeconds: number;
  memoryMb: number;
  /** At most this many sandboxes; without it, a share of what the machine is taken to bear. */
  reservedConcurrency?: number;
  /** Queue that gets a record of each asynchronous invocation that failed for good. */
  onFailureQueueArn?: string;
};

/** Why an invocation failed: in the handler, by the clock, with the process, before the handler, or for want of a sandbox. */
export type InvokeFault = 'unhandled' | 'timeout' | 'crash' | 'init' | 'throttled';

export type InvokeError = { kind: 'error'; errorType: string; message: string; fault: InvokeFault };

/** What an invocation came to. `payload` is the handler's answer after its way through JSON. */
export type InvokeResult = { kind: 'success'; payload: unknown } | InvokeError;

/**
 * `request` and `call` wait for the answer and are throttled at once, but a `call`, one of many, takes the sandbox that another frees rather than
 * have a new one started; `event` is accepted at once, waits for capacity and is retried.
 */
export type InvokeRequest = { functionName: string; payload: unknown; kind: 'request' | 'call' | 'event' };

export type Invoke = (request: InvokeRequest) => Promise<InvokeResult>;

/** An invocation whose answer is read as it comes. `result` never rejects, comes when the handler is done, and has no payload. */
export type StreamedInvocation = { answer: AnswerReader; result: Promise<InvokeResult> };

/** Rejects when there is no such function. */
export type InvokeStream = (request: { functionName: string; payload: unknown }) => Promise<StreamedInvocation>;
