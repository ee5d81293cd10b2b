import { ExecutionAbortedError, ExecutionError, ExecutionTimeoutError } from 'aws-local-stepfunctions';
import type { ExecutionOutcome } from './execution.ts';

/** What a run of the interpreter comes to, in the words of the service. Never rejects. */
export async function outcomeOf(result: Promise<unknown>): Promise<ExecutionOutcome> {
  try {
    return { status: 'SUCCEEDED', output: JSON.stringify((await result) ?? null) };
  } catch (error) {
    if (error instanceof ExecutionTimeoutError) return { status: 'TIMED_OUT' };
    if (error instanceof ExecutionAbortedError) return { status: 'ABORTED' };
    return { status: 'FAILED', ...causeOf(error instanceof ExecutionError ? error.cause : error) };
  }
}

function causeOf(error: unknown): { error: string; cause: string } {
  if (error instanceof Error) return { error: error.name, cause: error.message };
  return { error: 'States.Runtime', cause: String(error) };
}
