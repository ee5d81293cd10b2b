import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { decodeText } from '../policy/decode-text.ts';
import { UsageError } from '../usage-error.ts';

/** The text of a file that somebody named. */
export function readFile(file: string, from: string): string {
  try {
    return decodeText(readFileSync(resolve(from, file)), file);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new UsageError(`There is no file ${file}.`);
    throw new UsageError(code === 'EISDIR' ? `${file} is a folder; name a file in it.` : `${file} cannot be read: ${message}`);
  }
}
