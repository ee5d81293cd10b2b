import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';

const LOCK_FILE = 'lock.pid';

/** Held by this very process; in a container a dead process may have had the same id. */
const held = new Set<string>();

/** Another stack has it, perhaps not for long. */
export class DataDirectoryInUseError extends Error {
  override readonly name = 'DataDirectoryInUseError';
}

/** Takes a data directory for this process, so that no two stacks write the same files. The lock of a dead process is taken over. */
export function lockDataDirectory(directory: string): { release(): void } {
  mkdirSync(directory, { recursive: true });
  const file = join(resolve(directory), LOCK_FILE);
  if (!tryLock(file)) {
    const owner = readOwner(file);
    if (owner !== undefined && (owner === process.pid ? held.has(file) : isAlive(owner))) {
      throw new DataDirectoryInUseError(
        `The data directory ${directory} is in use by process ${owner}. Stop that one, or start with another --data-dir; if ${owner} is another program by now, delete ${file}.`,
      );
    }
    rmSync(file, { force: true });
    if (!tryLock(file)) throw new Error(`Another process has just taken the data directory ${directory}. Start with another --data-dir.`);
  }
  held.add(file);
  return {
    release: () => {
      held.delete(file);
      rmSync(file, { force: true });
    },
  };
}

function tryLock(file: string): boolean {
  try {
    const descriptor = openSync(file, 'wx');
    writeSync(descriptor, String(process.pid));
    closeSync(descriptor);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readOwner(file: string): number | undefined {
  const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
