import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { StackFile } from '@signalbox/contracts';
import { UsageError } from './usage-error.ts';

/** The stack file that a command talks to: the one named, else `.signalbox/stack.json` here or in a folder above. */
export function findStack({ file, from = process.cwd() }: { file?: string | undefined; from?: string } = {}): StackFile {
  const path = file === undefined ? findUpwards(from) : fileIn(resolve(from, file));
  if (path === undefined || !existsSync(path)) {
    throw new UsageError(
      `No running stack found${path ? ` at ${path}` : ''}. Start one with "npm start" (or "npx signalbox start"), or name its file, or its --data-dir, with --stack.`,
    );
  }
  const parsed = StackFile.safeParse(parseJson(readFileSync(path, 'utf8')));
  if (!parsed.success) throw new UsageError(`${path} is not a stack file. Name the stack.json of a running stack with --stack.`);
  return parsed.data;
}

/** A data directory stands for the file in it. */
function fileIn(path: string): string {
  return existsSync(path) && statSync(path).isDirectory() ? join(path, 'stack.json') : path;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON is no stack file: the caller says so.
    return undefined;
  }
}

function findUpwards(from: string): string | undefined {
  const path = join(from, '.signalbox', 'stack.json');
  if (existsSync(path)) return path;
  return dirname(from) === from ? undefined : findUpwards(dirname(from));
}
