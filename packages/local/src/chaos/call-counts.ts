/** Calls by service and operation: what the system would pay for, and what tests assert on. */
export type CallCounts = {
  count(call: { service: string; operation: string; isSandbox: boolean }): void;
  /** `calls` holds every caller, `bySandboxes` the Lambda functions alone. */
  read(): { calls: Tally; bySandboxes: Tally };
  reset(): void;
};

type Tally = Record<string, Record<string, number>>;

/** Counts AWS calls. */
export function createCallCounts(): CallCounts {
  let counts: { calls: Tally; bySandboxes: Tally } = { calls: {}, bySandboxes: {} };
  return {
    count({ service, operation, isSandbox }) {
      add(counts.calls, service, operation);
      if (isSandbox) add(counts.bySandboxes, service, operation);
    },
    read: () => counts,
    reset: () => {
      counts = { calls: {}, bySandboxes: {} };
    },
  };
}

function add(tally: Tally, service: string, operation: string): void {
  tally[service] ??= {};
  tally[service][operation] = (tally[service][operation] ?? 0) + 1;
}
