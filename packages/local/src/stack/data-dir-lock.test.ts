import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { lockDataDirectory } from './data-dir-lock.ts';

const root = mkdtempSync(join(tmpdir(), 'signalbox-lock-'));
const directory = join(root, 'data');
afterEach(() => rmSync(directory, { recursive: true, force: true }));

it('keeps a second stack out until the first lets go', () => {
  const lock = lockDataDirectory(directory);
  expect(() => lockDataDirectory(directory)).toThrow(`in use by process ${process.pid}`);
  lock.release();
  lockDataDirectory(directory).release();
  expect(existsSync(join(directory, 'lock.pid'))).toBe(false);
});

it.each([
  ['a dead process', () => String(spawnSync(process.execPath, ['-e', '0']).pid)],
  ['a dead process that had our id, as in a container', () => String(process.pid)],
  ['a crash between creating and writing it', () => ''],
])('takes over the lock of %s', (_name, owner) => {
  lockDataDirectory(directory).release();
  writeFileSync(join(directory, 'lock.pid'), owner());
  const lock = lockDataDirectory(directory);
  expect(() => lockDataDirectory(directory)).toThrow(`in use by process ${process.pid}`);
  lock.release();
});
