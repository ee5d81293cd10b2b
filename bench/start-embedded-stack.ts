import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { StackFile } from '@signalbox/contracts';
import { benchFolder } from './bench-folder.ts';
import { end } from './child-messages.ts';

const ROOT = join(import.meta.dirname, '..');
const READY_WITHIN_MS = 60_000;
const LAST_LINES = 20;

export type EmbeddedStack = {
  stack: StackFile;
  /** Lines on stderr so far, by what they say, most frequent first: under load a stack may warn. */
  warnings: () => [message: string, count: number][];
  stop: () => Promise<void>;
};

/** Starts the whole system as `npm start` does, with its data in a folder of its own and free to use every core. */
export async function startEmbeddedStack(): Promise<EmbeddedStack> {
  const dataDirectory = mkdtempSync(join(benchFolder(), 'stack-'));
  const args = [join(ROOT, 'packages/local/src/main.ts'), '--port', '0', '--data-dir', dataDirectory, '--quiet'];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  process.once('exit', () => child.kill());
  const lines: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => lines.push(line));
  await untilReady(child, lines);
  const stack = StackFile.parse(JSON.parse(readFileSync(join(dataDirectory, 'stack.json'), 'utf8')));
  return { stack, warnings: () => countByMessage(lines), stop: () => end(child) };
}

async function untilReady(child: ChildProcess, lines: string[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const ready = new Promise<void>((resolve, reject) => {
    const fail = (what: string) => reject(new Error(`the embedded stack ${what}:\n${lines.slice(-LAST_LINES).join('\n')}`));
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (/^signalbox ready /m.test(output)) resolve();
    });
    child.once('exit', (code) => fail(`ended with ${code} before it was ready`));
    timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail(`was not ready within ${READY_WITHIN_MS} ms`);
    }, READY_WITHIN_MS);
  });
  await ready.finally(() => clearTimeout(timer));
}

/** Handlers log JSON lines: those count by their message, others by their whole text. */
export function countByMessage(lines: readonly string[]): [message: string, count: number][] {
  const groups = Map.groupBy(lines, (line) => /"message":"([^"]*)"/.exec(line)?.[1] ?? line);
  return [...groups].map(([message, { length }]): [string, number] => [message, length]).sort(([, one], [, other]) => other - one);
}
