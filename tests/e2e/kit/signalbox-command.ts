import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const NODE = join(ROOT, 'node_modules', 'node', 'bin', 'node');
const COMMAND = join(ROOT, 'packages', 'client', 'bin', 'signalbox.mjs');
const SAMPLE_EVERY_MS = 100;

export type Ended = { code: number | null; stdout: string; stderr: string /** Of memory, at its highest. */; peakBytes: number };
export type CommandOptions = {
  environment?: Record<string, string>;
  /** Called with the number of lines printed so far, whenever there are more. */
  onLines?: (count: number, child: { interrupt: () => void }) => void;
};

/** Runs the `signalbox` command as a process of its own, in a pipe. */
export async function runSignalbox(args: readonly string[], options: CommandOptions = {}): Promise<Ended> {
  return run([COMMAND, ...args], options);
}

/** Runs a command line that `signalbox` printed, as a person who copies it. */
export async function runPrinted(line: string, options: CommandOptions = {}): Promise<Ended> {
  const script = line.replace(/^signalbox /, `'${NODE}' '${COMMAND}' `);
  return run(['-e', `require('node:child_process').spawnSync('sh', ['-c', process.argv[1]], { stdio: 'inherit' })`, script], options);
}

async function run(args: readonly string[], { environment = {}, onLines }: CommandOptions): Promise<Ended> {
  const { PATH = '' } = process.env;
  const child = spawn(NODE, args, { env: { PATH, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = { stdout: '', stderr: '', peakBytes: 0 };
  let lines = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    ended.stdout += text;
    lines += text.split('\n').length - 1;
    onLines?.(lines, { interrupt: () => child.kill('SIGINT') });
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    ended.stderr += text;
  });
  const sampling = setInterval(async () => {
    ended.peakBytes = Math.max(ended.peakBytes, await residentBytes(child.pid));
  }, SAMPLE_EVERY_MS);
  try {
    const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
    return { ...ended, code };
  } finally {
    clearInterval(sampling);
  }
}

/** 0 for a process that has ended. */
async function residentBytes(pid: number | undefined): Promise<number> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]);
    return Number(stdout) * 1_024;
  } catch {
    return 0;
  }
}
