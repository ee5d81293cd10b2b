import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** The processor of the device under test, and the one of the stub that answers it. */
export const DEVICE_CPU = 0;
export const STUB_CPU = 1;

const canPin =
  availableParallelism() >= 2 && [DEVICE_CPU, STUB_CPU].every((cpu) => spawnSync('taskset', ['-c', `${cpu}`, 'true']).status === 0);

/** How processes are placed, for the report. */
export const placement = canPin
  ? `device under test on cpu${DEVICE_CPU}, stub on cpu${STUB_CPU} (taskset); P9 and P13 on all cores`
  : 'no taskset or a single core: processes are not pinned';

/** The command that runs a Node.js file, on one processor where the machine lets us choose. */
export function pinnedCommand(cpu: number, file: string, ...args: string[]): { command: string; args: string[] } {
  const plain = [file, ...args];
  return canPin ? { command: 'taskset', args: ['-c', `${cpu}`, process.execPath, ...plain] } : { command: process.execPath, args: plain };
}

/** Starts a Node.js process with a message channel. Its stdout is read and dropped: as on Lambda, writing the log is part of the device's work. */
export function startPinned(start: { file: string; args?: string[]; env: NodeJS.ProcessEnv; cpu: number }): ChildProcess {
  const { command, args } = pinnedCommand(start.cpu, start.file, ...(start.args ?? []));
  const child = spawn(command, args, { env: start.env, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  child.stdout?.resume();
  return child;
}
