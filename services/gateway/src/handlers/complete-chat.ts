import { onStream, readEnvironment } from '@signalbox/runtime';
import { createFindKey } from '../adapters/access-table.ts';
import { createReadImage } from '../adapters/images.ts';
import { createSyncLane } from '../adapters/sync-lane.ts';
import { createAuthenticate } from '../authenticate.ts';
import { inlineImages } from '../openai/inline-images.ts';
import { readJsonBody } from '../read-json-body.ts';
import { createCompleteChat } from '../sync/complete-chat.ts';
import { readTraceparent } from '../sync/read-traceparent.ts';
import { MAX_SYNC_BYTES, USE_THE_QUEUE } from '../sync/sync-size.ts';

const { ACCESS_TABLE, DATA_BUCKET: bucket } = readEnvironment(['ACCESS_TABLE', 'DATA_BUCKET']);
const authenticate = createAuthenticate({ findKey: createFindKey({ tableName: ACCESS_TABLE }) });
const readImage = createReadImage({ bucket });
const { ports, close } = createSyncLane();
const completeChat = createCompleteChat(ports);

export const handler = onStream(async (request, reply) => {
  const caller = await authenticate(request.headers);
  const body = readJsonBody(request, { maxBytes: MAX_SYNC_BYTES, tooLarge: USE_THE_QUEUE });
  await inlineImages(body, { tenant: caller.tenant, bucket, readImage });
  try {
    await completeChat({ caller, body, traceparent: readTraceparent(request.headers), reply });
  } finally {
    await close();
  }
});
