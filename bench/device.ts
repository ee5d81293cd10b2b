// The device under test: loads one variant, runs batches of it when told, and answers with the CPU time they took.
import { pathToFileURL } from 'node:url';
import type { Variant } from './variants/variant.ts';

export type Work = { batches: number; requestsPerBatch: number };
export type Spent = { cpuUs: number; wallMs: number } | { error: string };

const { prepare, run } = (await import(pathToFileURL(process.argv[2] ?? '').href)) as Variant;

process.on(
  'message',
  (work: Work) =>
    void measure(work)
      .catch(toError)
      .then((spent) => process.send?.(spent)),
);
process.on('disconnect', () => process.exit());
process.send?.({});

async function measure({ batches, requestsPerBatch }: Work): Promise<Spent> {
  const ready = Array.from({ length: batches }, () => prepare(requestsPerBatch));
  const startedAt = performance.now();
  const before = process.cpuUsage();
  for (const batch of ready) await run(batch);
  const { user, system } = process.cpuUsage(before);
  return { cpuUs: user + system, wallMs: performance.now() - startedAt };
}

function toError(error: unknown): Spent {
  return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
