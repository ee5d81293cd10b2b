import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { lambdaContext } from '../lambda-context.ts';
import { type EventShape, type ObservedBatch, observedBatch } from '../observed-batch.ts';
import type { Variant } from './variant.ts';

type Handler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

const { BENCH_BUNDLE = '', BENCH_TABLE_FILE = '', BENCH_SHAPE = 'route' } = process.env;
const { handler } = createRequire(import.meta.url)(BENCH_BUNDLE) as { handler: Handler };
const targets = Object.keys((JSON.parse(readFileSync(BENCH_TABLE_FILE, 'utf8')) as { targets: object }).targets).length;

/** What variants/no-health-stores.ts counts. */
const store = globalThis as typeof globalThis & { benchCounterWrites?: number };

/** The controller's consumer as it is deployed, with stores that answer at once: one invocation with one batch of the observations queue. */
export const { prepare, run }: Variant<ObservedBatch> = {
  prepare: () => observedBatch({ targets, shape: BENCH_SHAPE as EventShape }),
  run: async ({ event, changes }) => {
    const before = store.benchCounterWrites ?? 0;
    const { batchItemFailures } = await handler(event, lambdaContext());
    if (batchItemFailures.length > 0)
      throw new Error(`the consumer gave back ${batchItemFailures.length} of ${event.Records.length} events`);
    const writes = (store.benchCounterWrites ?? 0) - before;
    if (writes !== changes) throw new Error(`a batch that tells of ${changes} targets made ${writes} writes of counters`);
  },
};
