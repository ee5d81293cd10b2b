export const EXECUTION_STATUSES = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE'] as const;

export type ExecutionOutcome =
  | { status: 'SUCCEEDED'; output: string }
  | { status: 'FAILED'; error: string; cause: string }
  | { status: 'TIMED_OUT' }
  | { status: 'ABORTED'; error?: string; cause?: string };

/** One run of a state machine. `outcome` is there once it is over; input and output are JSON text, as they came. */
export type Execution = {
  arn: string;
  name: string;
  stateMachineArn: string;
  input: string;
  startedAtMs: number;
  /** Ends it between two states; what a task has begun goes on. */
  abort: () => void;
  outcome?: ExecutionOutcome & { endedAtMs: number };
};

/** An execution as lists show it. */
export function toListItem({ arn, name, stateMachineArn, startedAtMs, outcome }: Execution): Record<string, unknown> {
  return {
    executionArn: arn,
    name,
    stateMachineArn,
    status: statusOf({ outcome }),
    startDate: startedAtMs / 1000,
    ...(outcome && { stopDate: outcome.endedAtMs / 1000 }),
  };
}

/** An execution with all that is known of it. */
export function toDescription(execution: Execution): Record<string, unknown> {
  const { input, outcome } = execution;
  return {
    ...toListItem(execution),
    input,
    inputDetails: { included: true },
    ...(outcome?.status === 'SUCCEEDED' && { output: outcome.output, outputDetails: { included: true } }),
    ...(outcome && 'error' in outcome && { error: outcome.error }),
    ...(outcome && 'cause' in outcome && { cause: outcome.cause }),
  };
}

/** Where an execution stands. */
export function statusOf({ outcome }: { outcome?: Execution['outcome'] | undefined }): (typeof EXECUTION_STATUSES)[number] {
  return outcome?.status ?? 'RUNNING';
}
