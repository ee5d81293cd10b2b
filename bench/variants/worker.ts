import { createRequire } from 'node:module';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { lambdaContext } from '../lambda-context.ts';
import { sqsEvent } from '../sqs-event.ts';
import type { Variant } from './variant.ts';

type Handler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

const { BENCH_BUNDLE = '', BENCH_ROUTE = '' } = process.env;
const { handler } = createRequire(import.meta.url)(BENCH_BUNDLE) as { handler: Handler };

/** The inference worker as it is deployed: one invocation with one batch from the queue, every request of one route. */
export const { prepare, run }: Variant<SQSEvent> = {
  prepare: (requests) => sqsEvent({ requests, route: BENCH_ROUTE }),
  run: async (event) => {
    const { batchItemFailures } = await handler(event, lambdaContext());
    if (batchItemFailures.length > 0)
      throw new Error(`the worker did not settle ${batchItemFailures.length} of ${event.Records.length} messages`);
  },
};
