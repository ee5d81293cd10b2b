import { resolve } from 'node:path';
import { isMetricsLine } from './cloudwatch/parse-metrics-line.ts';
import { parseArguments, USAGE } from './parse-arguments.ts';
import type { LogLine } from './service.ts';
import { startStack } from './stack/stack.ts';

/** The promise is 5 s; the rest is for the process itself. */
const STOP_MS = 4500;
const ONE_SIGNAL_MS = 500;

const parsed = parseArguments(process.argv.slice(2));
if (parsed.kind === 'help') {
  console.log(USAGE);
  process.exit(0);
}
if (parsed.kind === 'invalid') {
  console.error(`signalbox: ${parsed.message}\n${USAGE}`);
  process.exit(2);
}
const { dataDirectory, quiet, ...options } = parsed.arguments;
const startedAt = performance.now();

const log = ({ level, source, functionName, message }: LogLine) => {
  if (level === 'info' && (quiet || isMetricsLine(message))) return;
  process.stderr.write(`signalbox ${level === 'info' ? '' : `${level} `}[${functionName ?? source}] ${message}\n`);
};

// Relative to where npm was called, which is not where it runs scripts.
const from = process.env.INIT_CWD ?? process.cwd();
const starting = startStack({ ...options, log, ...(dataDirectory === undefined ? {} : { dataDirectory: resolve(from, dataDirectory) }) });
let isStopping = false;
let stoppingSince = 0;
for (const stream of [process.stdout, process.stderr]) {
  // Whoever read the output is gone; that is no reason to stop.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
// A part that fails outside any request must not take the others down: they hold what the user tries out.
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) =>
    log({ source: event, level: 'error', message: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
}
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void end(signal));
// Started by tools/launch.mjs, it does not outlive it.
process.once('disconnect', () => void end('the end of its launcher'));

try {
  const { contents } = await starting;
  const message = `up in ${Math.round(performance.now() - startedAt)} ms, AWS at ${contents.awsEndpointUrl}`;
  log({ source: 'start', level: 'info', message });
  if (!isStopping) process.stdout.write(`signalbox ready ${contents.gatewayUrl}\n`);
} catch (error) {
  console.error(`signalbox: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}

/** Also in the middle of a start: then it stops when the start is done. */
async function end(signal: string): Promise<void> {
  // Ctrl-C reaches the whole process group and is passed on by the launcher too: what comes at once is one signal.
  if (isStopping && performance.now() - stoppingSince > ONE_SIGNAL_MS) process.exit(1);
  if (isStopping) return;
  isStopping = true;
  stoppingSince = performance.now();
  setTimeout(() => {
    console.error(`signalbox: did not stop within ${STOP_MS} ms of ${signal}; ending`);
    process.exit(0);
  }, STOP_MS);
  const stack = await starting;
  await stack.stop();
  process.exit(0);
}
