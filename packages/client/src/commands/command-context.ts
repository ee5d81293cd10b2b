import { createOutput, type Output } from '../output/output.ts';

/** What every command works with. */
export function createContext(): { output: Output; now: Date; today: string } {
  const output = createOutput({ stdout: process.stdout, stderr: process.stderr, environment: process.env });
  const now = new Date();
  return { output, now, today: now.toISOString().slice(0, 10) };
}
