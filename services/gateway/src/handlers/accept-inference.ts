import { randomUUID } from 'node:crypto';
import { MAX_INLINE_BYTES } from '@signalbox/contracts';
import { createIntakeStore, describeError, logger, onRequest, readEnvironment } from '@signalbox/runtime';
import { createAcceptInference } from '../accept-inference.ts';
import { createFindKey } from '../adapters/access-table.ts';
import { createLiveTable } from '../adapters/live-table.ts';
import { createRequestQueues } from '../adapters/request-queues.ts';
import { createAuthenticate } from '../authenticate.ts';
import { USE_AN_UPLOAD } from '../prepare-request.ts';
import { readIdempotencyKey } from '../read-idempotency-key.ts';
import { readJsonBody } from '../read-json-body.ts';

const environment = readEnvironment([
  'ACCESS_TABLE',
  'INFERENCES_TABLE',
  'DATA_BUCKET',
  'INTERACTIVE_QUEUE_URL',
  'STANDARD_QUEUE_URL',
  'BULK_QUEUE_URL',
]);
const authenticate = createAuthenticate({ findKey: createFindKey({ tableName: environment.ACCESS_TABLE }) });
const { send } = createRequestQueues({
  urls: { interactive: environment.INTERACTIVE_QUEUE_URL, standard: environment.STANDARD_QUEUE_URL, bulk: environment.BULK_QUEUE_URL },
  onError: (error) => logger.warn('A message could not be sent', { error: describeError(error) }),
});
const acceptInference = createAcceptInference({
  store: createIntakeStore({ tableName: environment.INFERENCES_TABLE }),
  table: createLiveTable(),
  send,
  bucket: environment.DATA_BUCKET,
  newId: randomUUID,
  now: Date.now,
});

export const handler = onRequest(async (request) => {
  const caller = await authenticate(request.headers);
  const body = readJsonBody(request, { maxBytes: MAX_INLINE_BYTES, tooLarge: USE_AN_UPLOAD });
  return acceptInference({ caller, body, idempotencyKey: readIdempotencyKey(request.headers) });
});
