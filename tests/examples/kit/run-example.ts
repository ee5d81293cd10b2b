import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const TIMEOUT_MS = 25_000;

export type Finished = { code: number | null; stdout: string; stderr: string };
export type RunningExample = {
  /** What it wrote to stdout so far. */
  stdout: () => string;
  stderr: () => string;
  stop: () => void;
  finished: Promise<Finished>;
};
export type ExampleOptions = { args?: readonly string[]; environment?: Readonly<Record<string, string>>; workingDirectory?: string };

/** Starts one file of `examples` by its program. It is killed when it takes too long. */
export function startExample(
  program: string,
  file: string,
  { args = [], environment = {}, workingDirectory = ROOT }: ExampleOptions,
): RunningExample {
  const child = spawn(program, [join(ROOT, 'examples', file), ...args], {
    cwd: workingDirectory,
    env: { ...withoutAws(process.env), ...environment },
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].on('data', (data: Buffer) => {
      written[name] += data.toString();
    });
  const finished = once(child, 'close').then(([code]: (number | null)[]) => ({ code: code ?? null, ...written }));
  return { stdout: () => written.stdout, stderr: () => written.stderr, stop: () => void child.kill('SIGTERM'), finished };
}

/** Runs one to its end. */
export function runExample(program: string, file: string, options: ExampleOptions): Promise<Finished> {
  return startExample(program, file, options).finished;
}

/** Nothing of whoever runs the tests may decide where an example goes. */
function withoutAws(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !/^(AWS|SIGNALBOX)_(?!CA_BUNDLE)/.test(name)));
}
