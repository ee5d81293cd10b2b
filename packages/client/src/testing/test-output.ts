import type { Output } from '../output/output.ts';

/** An output that keeps what is written; without columns it is a pipe. */
export function createTestOutput({ columns }: { columns?: number } = {}) {
  const printed: string[] = [];
  const noted: string[] = [];
  const statuses: string[] = [];
  const output: Output = {
    print: (text) => void printed.push(text),
    note: (text) => void noted.push(text),
    status: (text) => void statuses.push(text),
    style: (_, text) => text,
    columns,
  };
  return { output, statuses, printed: () => printed.join('\n'), noted: () => noted.join('\n'), json: () => JSON.parse(printed.join('\n')) };
}
