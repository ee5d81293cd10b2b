import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { ask } from './ask.ts';
import { findStack } from './find-stack.ts';
import { formatResult } from './format-result.ts';
import { UsageError } from './usage-error.ts';

/** 0 answered; 1 failed; 2 wrong use; 3 still waiting. */
const EXIT = { failed: 1, usage: 2, waiting: 3 } as const;

const program = new Command('signalbox')
  .description('Answers foundation-model requests, however the models behave.')
  .showHelpAfterError('(--help shows what there is)')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : EXIT.usage));

program
  .command('start')
  .description('run the whole system on this machine; stop it with Ctrl-C')
  .option('--port <number>', 'port on 127.0.0.1; 0 or a busy one picks a free one')
  .option('--data-dir <folder>', 'keep its state here')
  .option('--quiet', 'only the line that says it is ready')
  .option(
    '--model-server <model=url>',
    'answer a model id from an OpenAI-compatible server on this machine (repeatable)',
    (value, all: string[]) => [...all, value],
    [],
  )
  .action((options: StartOptions) => start(options));

program
  .command('ask')
  .description('ask one question through the queue and print the answer')
  .argument('<text>', 'the question')
  .option('--route <name>', 'the route to ask')
  .option('--stack <file>', 'the stack.json of a running installation')
  .option('--timeout <seconds>', 'how long to wait', toSeconds, 60)
  .option('--json', 'print the result document')
  .action((text: string, options: AskOptions) => run(text, options));

type StartOptions = { port?: string; dataDir?: string; quiet?: boolean; modelServer: string[] };
type AskOptions = { route?: string; stack?: string; timeout: number; json?: boolean };

function start({ port, dataDir, quiet, modelServer }: StartOptions): void {
  const args = [
    ...(port === undefined ? [] : ['--port', port]),
    ...(dataDir === undefined ? [] : ['--data-dir', dataDir]),
    ...(quiet ? ['--quiet'] : []),
    ...modelServer.flatMap((value) => ['--model-server', value]),
  ];
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../../tools/launch.mjs'), 'start', ...args], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => process.exit(code ?? EXIT.failed));
}

async function run(text: string, { route, stack, timeout, json }: AskOptions): Promise<void> {
  const found = findStack({ file: stack });
  const asked = await ask({ stack: found, text, route, timeoutMs: timeout * 1_000 });
  if (asked.kind === 'waiting') {
    if (json) console.log(JSON.stringify({ id: asked.id, status: 'running' }, null, 2));
    console.error(
      `No answer within ${timeout} s. The request waits, up to 24 hours; its result will be at GET ${found.gatewayUrl}/v1/inferences/${asked.id}`,
    );
    process.exitCode = EXIT.waiting;
    return;
  }
  const { result } = asked;
  if (json) console.log(JSON.stringify(result, null, 2));
  else {
    const { text: answer, summary } = formatResult(result);
    (result.status === 'succeeded' ? console.log : console.error)(answer);
    if (process.stderr.isTTY && summary) console.error(`\u001b[2m${summary}\u001b[0m`);
  }
  if (result.status !== 'succeeded') process.exitCode = EXIT.failed;
}

function toSeconds(value: string): number {
  const seconds = Number(value);
  if (!(seconds > 0)) throw new InvalidArgumentError('must be a number of seconds above 0');
  return seconds;
}

program.parseAsync().catch((error: unknown) => {
  const isUsage = error instanceof UsageError;
  const isLate = error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
  console.error(
    `signalbox: ${isLate ? 'The installation did not answer in time.' : error instanceof Error ? error.message : String(error)}${isLate || isConnectionRefused(error) ? ' Is the stack running? Start it with "npm start".' : ''}`,
  );
  process.exitCode = isUsage ? EXIT.usage : EXIT.failed;
});

function isConnectionRefused(error: unknown): boolean {
  const code =
    (error as { code?: string; cause?: { code?: string } } | undefined)?.code ??
    (error as { cause?: { code?: string } } | undefined)?.cause?.code;
  return code === 'ECONNREFUSED';
}
