import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StackFile } from '@signalbox/contracts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const NODE = join(ROOT, 'node_modules', 'node', 'bin', 'node');
const READY_WITHIN_MS = 60_000;

export type RunningStack = {
  stack: StackFile;
  dataDirectory: string;
  /** What it wrote to stderr so far. */
  log: () => string;
  /** As an operator does. */
  stop: () => Promise<void>;
  /** As a power cut does. */
  kill: () => Promise<void>;
};

/** Starts the embedded stack as a process of its own, as `npm start` does after its install and build. */
export async function startStack({
  dataDirectory = mkdtempSync(join(tmpdir(), 'signalbox-e2e-')),
  args = [] as string[],
} = {}): Promise<RunningStack> {
  const child = spawn(NODE, [join(ROOT, 'packages/local/src/main.ts'), '--port', '0', '--data-dir', dataDirectory, ...args], {
    // The channel tells the stack when its test is gone, however it went.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    cwd: ROOT,
  });
  child.channel?.unref();
  const lines: string[] = [];
  child.stderr?.on('data', (data: Buffer) => lines.push(data.toString()));
  await untilReady(child, lines);
  const stack = StackFile.parse(JSON.parse(readFileSync(join(dataDirectory, 'stack.json'), 'utf8')));
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };
  return { stack, dataDirectory, log: () => lines.join(''), stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}

async function untilReady(child: ChildProcess, lines: string[]): Promise<void> {
  const ready = new Promise<void>((resolve, reject) => {
    let output = '';
    child.stdout?.on('data', (data: Buffer) => {
      output += data.toString();
      if (/^signalbox ready http:\/\/127\.0\.0\.1:\d+$/m.test(output)) resolve();
    });
    child.once('exit', (code) => reject(new Error(`the stack ended with ${code} before it was ready:\n${lines.join('')}`)));
  });
  const late = sleep(READY_WITHIN_MS, undefined, { ref: false }).then(() => {
    throw new Error(`the stack was not ready within ${READY_WITHIN_MS} ms:\n${lines.join('')}`);
  });
  await Promise.race([ready, late]);
}
