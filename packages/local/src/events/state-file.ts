import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Where a part of the stack keeps what must survive a restart; without a file it keeps nothing. */
export type StateFile<State> = { read(): State | undefined; write(state: State): void };

/** A JSON file that is whole at any moment, also after a kill: written beside and renamed. */
export function createStateFile<State>(file: string | undefined): StateFile<State> {
  if (file === undefined) return { read: () => undefined, write: () => undefined };
  return { read: () => readState<State>(file), write: (state) => writeState(file, state) };
}

function readState<State>(file: string): State | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as State;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new Error(`The state file ${file} cannot be read. Repair it, or delete it to start anew.`, { cause });
  }
}

function writeState(file: string, state: unknown): void {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, JSON.stringify(state));
  renameSync(temporary, file);
}
