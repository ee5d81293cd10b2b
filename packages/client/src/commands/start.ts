import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Command } from 'commander';
import { EXIT_CODE } from '../exit-code.ts';

type StartOptions = { port?: string; dataDir?: string; quiet?: boolean; minute?: string; modelServer: string[] };

export function addStartCommand(program: Command): void {
  program
    .command('start')
    .description('run the whole system on this machine; stop it with Ctrl-C')
    .option('--port <number>', 'port on 127.0.0.1; 0 or a busy one picks a free one')
    .option('--data-dir <folder>', 'keep its state here')
    .option('--minute <time>', 'how long a minute of releases and alarms lasts (default 6s; 60s is as on AWS)')
    .option('--quiet', 'only the line that says it is ready')
    .option(
      '--model-server <model=url>',
      'answer a model id from an OpenAI-compatible server on this machine (repeatable)',
      (value, all: string[]) => [...all, value],
      [],
    )
    .addHelpText('after', '\nExample:\n  $ signalbox start --data-dir .signalbox')
    .action((options: StartOptions) => start(options));
}

function start({ port, dataDir, minute, quiet, modelServer }: StartOptions): void {
  const args = [
    ...(port === undefined ? [] : ['--port', port]),
    ...(dataDir === undefined ? [] : ['--data-dir', dataDir]),
    ...(minute === undefined ? [] : ['--minute', minute]),
    ...(quiet ? ['--quiet'] : []),
    ...modelServer.flatMap((value) => ['--model-server', value]),
  ];
  const launcher = join(import.meta.dirname, '../../../../tools/launch.mjs');
  const child = spawn(process.execPath, [launcher, 'start', ...args], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => process.exit(code ?? EXIT_CODE.failed));
}
