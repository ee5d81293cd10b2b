import type { Priority, Problem } from '@signalbox/contracts';
import type { Producer } from '../producer/create-producer.ts';
import type { EnqueueOutcome } from '../producer/enqueue-batch.ts';
import type { ProducerRequest } from '../producer/prepare-request.ts';
import { readLineRequest } from './read-line-request.ts';
import type { Line } from './read-lines.ts';

/** What became of one line. */
export type LineOutcome = { line: number; id: string | undefined } & (
  | { kind: 'sent' }
  | { kind: 'invalid'; problems: readonly Problem[] }
  | { kind: 'failed'; reason: string }
);
/** `nextLine`: everything before it is on its queue or was refused for good. */
export type SendSummary = { sent: number; bad: number; failure: string | undefined; nextLine: number; isStopped: boolean };

type Sending = {
  producer: Pick<Producer, 'enqueueBatch'>;
  lines: AsyncIterable<Line>;
  campaign: string;
  route?: string | undefined;
  priority?: Priority | undefined;
  /** Lines before it were sent already. */
  fromLine?: number | undefined;
  /** Waits until the next may be sent. */
  pace?: (() => Promise<void>) | undefined;
  /** Ends it after what is under way. */
  signal: AbortSignal;
  tell: (outcome: LineOutcome) => void;
  /** Bytes read of the file. */
  atOffset?: (bytes: number) => void;
};

/**
 * Sends each line as a request. A bad line is told and passed over; a line that the queue does not take ends it, for the next would not be
 * taken either. Holds only the lines that are under way.
 */
export async function sendLines(sending: Sending): Promise<SendSummary> {
  const { producer, priority, signal, tell, fromLine = 1 } = sending;
  const failed = new AbortController();
  const numbers = new Map<number, number>();
  const summary: SendSummary = { sent: 0, bad: 0, failure: undefined, nextLine: fromLine, isStopped: false };
  let firstFailed = Number.POSITIVE_INFINITY;

  const settle = (outcome: LineOutcome) => {
    if (outcome.kind === 'failed') {
      summary.failure ??= outcome.reason;
      firstFailed = Math.min(firstFailed, outcome.line);
      failed.abort();
    } else if (outcome.kind === 'invalid') summary.bad += 1;
    else summary.sent += 1;
    summary.nextLine = Math.min(firstFailed, Math.max(summary.nextLine, outcome.line + 1));
    tell(outcome);
  };

  const requests = requestsOf(sending, { numbers, settle });
  for await (const { index, id, outcome } of producer.enqueueBatch(requests, {
    priority,
    signal: AbortSignal.any([signal, failed.signal]),
  })) {
    const line = numbers.get(index) ?? 0;
    numbers.delete(index);
    settle({ line, id, ...describe(outcome) });
  }
  return { ...summary, isStopped: signal.aborted };
}

type Taking = { numbers: Map<number, number>; settle: (outcome: LineOutcome) => void };

async function* requestsOf(sending: Sending, { numbers, settle }: Taking): AsyncGenerator<ProducerRequest> {
  const { lines, campaign, route, fromLine = 1, pace, signal, atOffset } = sending;
  let index = 0;
  for await (const line of lines) {
    atOffset?.(line.endOffset);
    if (line.number < fromLine) continue;
    if (signal.aborted) return;
    const read = readLineRequest({ line, campaign, route });
    if (read.kind === 'bad') {
      settle({ line: line.number, id: undefined, kind: 'invalid', problems: read.problems });
      continue;
    }
    await pace?.();
    // The wait may have ended because all did.
    if (signal.aborted) return;
    numbers.set(index++, line.number);
    yield read.request;
  }
}

function describe(outcome: EnqueueOutcome) {
  return outcome.kind === 'failed' ? { kind: outcome.kind, reason: outcome.error.reason } : outcome;
}
