/** One line of what the stack does, or of what a function prints. Who shows it, and how, is the caller's business. */
export type LogLine = {
  level: 'info' | 'warn' | 'error';
  /** The part that speaks: `lambda`, `events`, `sqs-event-source` …, or `function` for what a handler itself printed. */
  source: string;
  message: string;
  functionName?: string;
  requestId?: string;
};

export type Log = (line: LogLine) => void;
