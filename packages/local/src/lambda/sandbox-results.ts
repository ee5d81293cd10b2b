import type { FunctionDefinition, InvokeError, InvokeFault, InvokeResult } from './function-definition.ts';
import type { SandboxFailure } from './sandbox-protocol.ts';

/** Lambda's limit on an answer in one piece, in bytes. */
export const MAX_RESPONSE_BYTES = 6_291_556;

type Failure = Omit<SandboxFailure, 'trace'>;

/** A handler's answer, which is JSON. */
export function successResult(payload: string): InvokeResult {
  return Buffer.byteLength(payload) > MAX_RESPONSE_BYTES ? tooLargeResult() : { kind: 'success', payload: JSON.parse(payload) };
}

/** An answer that Lambda does not pass on. */
export function tooLargeResult(): InvokeError {
  const message = `Response payload size exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`;
  return { kind: 'error', fault: 'unhandled', errorType: 'Function.ResponseSizeTooLarge', message };
}

/** What a sandbox says of its failure, as the result of an invocation. */
export function errorResult(fault: InvokeFault, { errorType, message }: Failure): InvokeError {
  return { kind: 'error', fault, errorType, message };
}

/** An invocation that took longer than it may. */
export function timeoutResult(requestId: string, timeoutMs: number): InvokeError {
  const message = `RequestId: ${requestId} Error: Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`;
  return { kind: 'error', fault: 'timeout', errorType: 'Sandbox.Timedout', message };
}

/** A thread that ended by itself. */
export function exitFailure(code: number, requestId = 'none'): Failure {
  const reason = code === 0 ? 'Runtime exited without providing a reason' : `Runtime exited with error: exit status ${code}`;
  return { errorType: 'Runtime.ExitError', message: `RequestId: ${requestId} Error: ${reason}` };
}

/** An error that ended a thread. */
export function threadFailure(error: unknown, definition: FunctionDefinition): Failure {
  if (error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return {
      errorType: 'Runtime.OutOfMemory',
      message: `${definition.name} used more than its ${definition.memoryMb} MB: Runtime exited with error: signal: killed`,
    };
  }
  return { errorType: error instanceof Error ? error.name : typeof error, message: error instanceof Error ? error.message : String(error) };
}
