import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let folder: string | undefined;

/** A folder of this run alone for what it builds, made at first use and removed at the end. */
export function benchFolder(): string {
  folder ??= makeFolder();
  return folder;
}

function makeFolder(): string {
  const made = mkdtempSync(join(tmpdir(), 'signalbox-bench-'));
  process.once('exit', () => rmSync(made, { recursive: true, force: true }));
  return made;
}
