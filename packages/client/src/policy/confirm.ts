import { createInterface } from 'node:readline/promises';
import type { Output } from '../output/output.ts';

type Confirm = (question: string) => Promise<boolean>;

/** How to ask whoever sits at the terminal; undefined when nobody does, or when the answer was given with `--yes`. */
export function confirmer({ yes = false, output }: { yes?: boolean | undefined; output: Output }): Confirm | undefined {
  return yes || output.columns === undefined || !process.stdin.isTTY ? undefined : confirm;
}

/** Anything but yes is no. */
async function confirm(question: string): Promise<boolean> {
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  // The end of the input, or Ctrl-C, is no answer.
  const closed = new Promise<string>((resolve) => reader.once('close', () => resolve('')));
  try {
    return /^y(es)?$/i.test((await Promise.race([reader.question(`${question} [y/N] `), closed])).trim());
  } finally {
    reader.close();
  }
}
