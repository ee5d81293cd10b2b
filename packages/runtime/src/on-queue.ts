import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { MIDDY_OPTIONS } from './middy-options.ts';
import { describeError, logger } from './telemetry.ts';

export type QueueWorker<Invocation> = {
  /** Called once per invocation, before any record. */
  open: (records: SQSRecord[], context: Context) => Promise<Invocation> | Invocation;
  /** Settles one record. Resolves: the message is done and is deleted. Rejects: it comes again when its visibility lapses. */
  processRecord: (record: SQSRecord, invocation: Invocation) => Promise<void>;
  /** Called once per invocation, after every record. */
  close: (invocation: Invocation) => Promise<void>;
};

/** A handler for an SQS event source with ReportBatchItemFailures: records side by side, each settled by itself. */
export function onQueue<Invocation>({ open, processRecord, close }: QueueWorker<Invocation>) {
  const processor = new BatchProcessor(EventType.SQS, { logger });
  async function handle(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
    const invocation = await open(event.Records, context);
    try {
      return await processPartialResponse(event, (record: SQSRecord) => settle(record, invocation), processor, {
        context,
        throwOnFullBatchFailure: false,
      });
    } finally {
      await close(invocation);
    }
  }

  async function settle(record: SQSRecord, invocation: Invocation): Promise<void> {
    try {
      await processRecord(record, invocation);
    } catch (error) {
      logger.warn('A message could not be settled and comes again', {
        messageId: record.messageId,
        receives: record.attributes.ApproximateReceiveCount,
        error: describeError(error),
      });
      throw error;
    }
  }

  return middy<SQSEvent, SQSBatchResponse, Error, Context>(MIDDY_OPTIONS)
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .handler(handle);
}
