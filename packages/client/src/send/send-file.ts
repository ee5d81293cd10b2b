import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Priority } from '@signalbox/contracts';
import { EXIT_CODE, type ExitCode } from '../exit-code.ts';
import type { Output } from '../output/output.ts';
import type { Producer } from '../producer/create-producer.ts';
import { UsageError } from '../usage-error.ts';
import { describeResume } from './describe-resume.ts';
import { formatCount } from './format-progress.ts';
import { createPace } from './pace.ts';
import { readLines } from './read-lines.ts';
import { type SendSummary, sendLines } from './send-lines.ts';
import { createSendReport } from './send-report.ts';
import { type SentLine, waitForAll } from './wait-for-all.ts';

export type SendOptions = {
  route?: string;
  priority?: Priority;
  rate?: number;
  campaign?: string;
  fromLine?: number;
  wait?: boolean;
  /** Seconds. */
  timeout: number;
  json?: boolean;
};
type SendFile = {
  /** `-` for standard input. */
  file: string;
  from: string;
  stdin: Readable;
  options: SendOptions;
  /** The command's place, as it was given: to say how to go on. */
  placeFlags: string;
  producer: Pick<Producer, 'enqueueBatch' | 'waitFor'>;
  output: Output;
  /** Somebody watches. */
  isWatched: boolean;
  signal: AbortSignal;
};

/** Sends a file of requests, and says how it ended and how to go on. */
export async function sendFile(input: SendFile): Promise<ExitCode> {
  const { file, options, producer, output, isWatched, signal } = input;
  const { route, priority, rate, fromLine, wait = false, json = false, timeout } = options;
  const source = openSource(input);
  const campaign = options.campaign ?? source.campaign;
  const report = createSendReport({ output, json, isWaiting: wait, showsProgress: isWatched, bytesInAll: source.bytes, now: Date.now });
  const sentLines: SentLine[] = [];
  const rest = (ms: number) => sleep(ms, undefined, { signal }).catch(ignoreAbort);
  try {
    const summary = await sendLines({
      ...{ producer, campaign, route, priority, fromLine, signal, atOffset: report.atOffset },
      lines: readLines(source.stream),
      ...(rate !== undefined && { pace: createPace({ perSecond: rate, now: Date.now, sleep: rest }) }),
      tell: (outcome) => {
        report.tellLine(outcome);
        if (wait && outcome.kind === 'sent' && outcome.id !== undefined) sentLines.push({ line: outcome.line, id: outcome.id });
      },
    });
    report.end();
    const isWhole = summary.failure === undefined && !summary.isStopped;
    if (isWatched || summary.bad > 0 || !isWhole) report.note(describeSummary(summary));
    if (!isWhole) report.note(describeResume({ file, campaign, nextLine: summary.nextLine, options, placeFlags: input.placeFlags }));
    if (summary.isStopped) return EXIT_CODE.interrupted;
    const ended = wait ? await readResults({ producer, sentLines, timeoutMs: timeout * 1_000, signal, report }) : EXIT_CODE.ok;
    if (summary.failure !== undefined || summary.bad > 0) return EXIT_CODE.failed;
    return ended;
  } finally {
    // An open terminal or pipe would keep the process.
    source.stream.destroy();
  }
}

/** A wait that is cut short by Ctrl-C is over: whoever waited looks at the signal. */
function ignoreAbort(error: unknown): void {
  if ((error as { name?: string }).name !== 'AbortError') throw error;
}

type Reading = {
  producer: Pick<Producer, 'waitFor'>;
  sentLines: readonly SentLine[];
  timeoutMs: number;
  signal: AbortSignal;
  report: ReturnType<typeof createSendReport>;
};

async function readResults({ producer, sentLines, timeoutMs, signal, report }: Reading): Promise<ExitCode> {
  const counts = { succeeded: 0, failed: 0 };
  await waitForAll({
    ...{ producer, timeoutMs, signal, lines: sentLines, now: Date.now },
    tell: (waited) => {
      if (waited.kind === 'ended') counts[waited.result.status === 'succeeded' ? 'succeeded' : 'failed'] += 1;
      report.tellResult(waited);
    },
  });
  report.end();
  const waiting = sentLines.length - counts.succeeded - counts.failed;
  if (counts.failed + waiting > 0)
    report.note(
      `${formatCount(counts.succeeded)} succeeded, ${formatCount(counts.failed)} ended otherwise, ${formatCount(waiting)} still wait; read them by: signalbox result <id>`,
    );
  if (signal.aborted) return EXIT_CODE.interrupted;
  if (counts.failed > 0) return EXIT_CODE.failed;
  return waiting > 0 ? EXIT_CODE.waiting : EXIT_CODE.ok;
}

function describeSummary({ sent, bad, failure, isStopped }: SendSummary): string {
  const counts = `${formatCount(sent)} sent${bad > 0 ? `, ${formatCount(bad)} refused` : ''}`;
  if (failure !== undefined) return `${counts}; then the queue took no more: ${failure}`;
  return isStopped ? `${counts}; interrupted` : counts;
}

type OpenSource = { stream: Readable; bytes: number | undefined; campaign: string };

function openSource({ file, from, stdin }: SendFile): OpenSource {
  // What came by a pipe once cannot be told from what comes next time, so each has a campaign of its own.
  if (file === '-') return { stream: stdin, bytes: undefined, campaign: `stdin-${randomBytes(6).toString('hex')}` };
  const path = resolve(from, file);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) throw new UsageError(`There is no file ${file}. Name a file with a request on each line, or - for standard input.`);
  if (stats.isDirectory()) throw new UsageError(`${file} is a folder. Name a file with a request on each line.`);
  return { stream: createReadStream(path), bytes: stats.size, campaign: `${basename(path)}-${shortHash(path)}` };
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
