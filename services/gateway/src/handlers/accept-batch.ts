import { randomUUID } from 'node:crypto';
import { MAX_BATCH_BYTES } from '@signalbox/contracts';
import { createBatchStore, createIntakeStore, describeError, logger, onRequest, readEnvironment } from '@signalbox/runtime';
import { createAcceptBatch } from '../accept-batch.ts';
import { createFindKey } from '../adapters/access-table.ts';
import { createLiveTable } from '../adapters/live-table.ts';
import { createRequestQueues } from '../adapters/request-queues.ts';
import { createAuthenticate } from '../authenticate.ts';
import { readIdempotencyKey } from '../read-idempotency-key.ts';
import { readJsonBody } from '../read-json-body.ts';

/** Leaves room for the place of a request in its id, of at most 128 characters. */
const MAX_KEY_LENGTH = 124;

const environment = readEnvironment([
  'ACCESS_TABLE',
  'INFERENCES_TABLE',
  'DATA_BUCKET',
  'INTERACTIVE_QUEUE_URL',
  'STANDARD_QUEUE_URL',
  'BULK_QUEUE_URL',
]);
const authenticate = createAuthenticate({ findKey: createFindKey({ tableName: environment.ACCESS_TABLE }) });
const onError = (error: unknown) => logger.warn('A request of a batch could not be accepted now', { error: describeError(error) });
const { sendAll } = createRequestQueues({
  urls: { interactive: environment.INTERACTIVE_QUEUE_URL, standard: environment.STANDARD_QUEUE_URL, bulk: environment.BULK_QUEUE_URL },
  onError,
});
const acceptBatch = createAcceptBatch({
  store: createIntakeStore({ tableName: environment.INFERENCES_TABLE }),
  table: createLiveTable(),
  sendAll,
  batches: createBatchStore({ tableName: environment.INFERENCES_TABLE }),
  bucket: environment.DATA_BUCKET,
  newId: randomUUID,
  now: Date.now,
  onError,
});

export const handler = onRequest(async (request) => {
  const caller = await authenticate(request.headers);
  const body = readJsonBody(request, { maxBytes: MAX_BATCH_BYTES, tooLarge: 'Send fewer requests in one batch.' });
  const idempotencyKey = readIdempotencyKey(request.headers, { maxLength: MAX_KEY_LENGTH });
  return { status: 200, body: await acceptBatch({ caller, body, idempotencyKey }) };
});
