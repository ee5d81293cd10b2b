import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** The processor of the device under test, and the one of the stub that answers it. */
export const DEVICE_CPU = 0;
export const STUB_CPU = 1;

const canPin = availableParallelism() >= 2 && [DEVICE_CPU, STUB_CPU].every((cpu) => spawnSync('taskset', ['-c', `${cpu}`, 'true']).status === 0);

/** How processes are placed, for the report. */
export const placement = canPin
  ? `device under test on cpu${DEVICE_CPU}, stub on cpu${STUB_CPU} (taskset); P9 on all cores`
  : 'no taskset or a single core: processes are not pinned';

type Start = { file: string; args?: string[]; env: NodeJS.ProcessEnv; cpu: number };

/** Starts a Node.js process with a message channel, on one processor where the machine lets us choose. Its stdout is read and dropped. */
export function startPinned({ file, args = [], env, cpu }: Start): ChildProcess {
  const stdio: ['ignore', 'pipe', 'inherit', 'ipc'] = ['ignore', 'pipe', 'inherit', 'ipc'];
  const child = canPin
    ? spawn('taskset', ['-c', `${cpu}`, process.execPath, file, ...args], { env, stdio })
    : fork(file, args, { env, stdio, execArgv: [] });
  // As Lambda does, somebody reads the log: writing it is part of the device's work.
  child.stdout?.resume();
  return child;
}
