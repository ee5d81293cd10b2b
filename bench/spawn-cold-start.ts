import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { DEVICE_CPU, pinnedCommand } from './placement.ts';

export type ColdStart = {
  /** Just before the bundle was loaded, milliseconds since the epoch. */
  startedAtEpochMs: number;
  /** Import and module scope. */
  loadMs: number;
  /** Import, module scope and the first invocation. */
  totalMs: number;
  failures: number;
  /** CommonJS files that were loaded. */
  loadedFiles: string[];
};

/** Runs one cold start in a fresh process. */
export async function spawnColdStart({
  file,
  event,
  env,
}: {
  file: string;
  event: unknown;
  env: Record<string, string>;
}): Promise<ColdStart> {
  const { command, args } = pinnedCommand(DEVICE_CPU, join(import.meta.dirname, 'cold-start-runner.mjs'), file, JSON.stringify(event));
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'inherit', 'pipe'] });
  child.stdout?.resume();
  const [told, [exitCode]] = await Promise.all([text(child.stdio[3] as Readable), once(child, 'exit')]);
  if (exitCode !== 0) throw new Error(`the cold start of ${file} ended with exit code ${exitCode}; what it wrote to stderr is above`);
  const seen = JSON.parse(told) as ColdStart;
  if (seen.failures > 0) throw new Error(`the cold start of ${file} did not settle its message`);
  return seen;
}
