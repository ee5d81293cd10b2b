import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { awsClientConfig } from '@signalbox/runtime';
import { UnavailableError } from '@signalbox/runtime/errors';
import type { StartExecution } from '../ports.ts';

/** Starts executions of one state machine. A name that is taken, by one that runs or has ended, is no error: it was started. */
export function createExecutions({ stateMachineArn }: { stateMachineArn: string }): StartExecution {
  const client = new SFNClient(awsClientConfig({ requestTimeoutMs: 3_000, maxAttempts: 3 }));
  return async ({ name, input }) => {
    try {
      await client.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
      return 'started';
    } catch (error) {
      if (error instanceof ExecutionAlreadyExists) return 'exists';
      const reason = error instanceof Error ? error.name : typeof error;
      throw new UnavailableError({
        message: `The execution ${name} of ${stateMachineArn} could not be started (${reason}).`,
        cause: error,
      });
    }
  };
}
