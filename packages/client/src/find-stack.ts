import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { StackFile } from '@signalbox/contracts';
import { UsageError } from './usage-error.ts';

/** The stack file that a command talks to: the one named, else `.signalbox/stack.json` here or in a folder above. */
export function findStack({ file, from = process.cwd() }: { file?: string | undefined; from?: string } = {}): StackFile {
  const path = file === undefined ? findUpwards(from) : resolve(from, file);
  if (path === undefined || !existsSync(path)) {
    throw new UsageError(
      `No running stack found${path ? ` at ${path}` : ''}. Start one with "npm start" (or "npx signalbox start"), or name its file with --stack.`,
    );
  }
  const parsed = StackFile.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (!parsed.success)
    throw new UsageError(`${path} is not a stack file (${parsed.error.issues[0]?.path.join('.')}). Start the stack again.`);
  return parsed.data;
}

function findUpwards(from: string): string | undefined {
  const path = join(from, '.signalbox', 'stack.json');
  if (existsSync(path)) return path;
  return dirname(from) === from ? undefined : findUpwards(dirname(from));
}
