import { readFileSync } from 'node:fs';

const TICK_MS = 10;
/** Of the fields after the command's name, which may hold blanks. */
const USER_TIME = 11;

/** Processor time that a process and its threads have used, in milliseconds, to 10 ms; 0 where the system does not tell (Linux does). */
export function processorMs(pid: number): number {
  if (process.platform !== 'linux') return 0;
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[USER_TIME]) + Number(fields[USER_TIME + 1])) * TICK_MS;
}
