import type { Output } from '../output/output.ts';
import { formatProblem } from './format-problem.ts';
import { formatCount, formatProgress } from './format-progress.ts';
import type { LineOutcome } from './send-lines.ts';
import type { WaitedFor } from './wait-for-all.ts';

type Reporting = {
  output: Output;
  json: boolean;
  isWaiting: boolean;
  showsProgress: boolean;
  bytesInAll: number | undefined;
  now: () => number;
};

/** A person reads that many problems; a file has them all with --json. */
const MOST_SHOWN = 50;
const REDRAW_MS = 100;

/** Says what happens: a document for each line to programs, a bar and the problems to people. */
export function createSendReport({ output, json, isWaiting, showsProgress, bytesInAll, now }: Reporting) {
  const startedAt = now();
  const counts = { sent: 0, bad: 0, ended: 0, bytesRead: 0 };
  let drawnAt = 0;
  let shown = 0;

  const draw = (text: () => string) => {
    if (!showsProgress || now() - drawnAt < REDRAW_MS) return;
    drawnAt = now();
    output.status(text());
  };
  const drawSending = () => draw(() => formatProgress({ ...counts, elapsedMs: now() - startedAt, bytesInAll }));
  const note = (text: string) => {
    if (showsProgress) output.status('');
    output.note(text);
  };

  return {
    note,
    atOffset: (bytes: number) => {
      counts.bytesRead = bytes;
    },
    tellLine(outcome: LineOutcome): void {
      const { kind, ...rest } = outcome;
      if (kind === 'sent') counts.sent += 1;
      else counts.bad += 1;
      if (json && (kind !== 'sent' || !isWaiting)) output.print(JSON.stringify({ ...rest, outcome: kind }));
      if (!json && outcome.kind === 'invalid' && shown++ < MOST_SHOWN)
        note(outcome.problems.map((problem) => `line ${outcome.line}: ${formatProblem(problem)}`).join('\n'));
      drawSending();
    },
    tellResult(waited: WaitedFor): void {
      counts.ended += 1;
      const { line, id } = waited;
      const status = waited.kind === 'ended' ? waited.result.status : 'waiting';
      const result = waited.kind === 'ended' ? waited.result : { id, status };
      output.print(json ? JSON.stringify({ line, ...result }) : `${line}\t${id}\t${status}`);
      draw(() => `${formatCount(counts.ended)} of ${formatCount(counts.sent)} read`);
    },
    end(): void {
      if (showsProgress) output.status('');
      if (!json && shown > MOST_SHOWN) output.note(`… and ${formatCount(shown - MOST_SHOWN)} more bad lines; --json lists all`);
    },
  };
}
