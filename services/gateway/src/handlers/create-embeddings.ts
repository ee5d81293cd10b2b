import { onStream, readEnvironment } from '@signalbox/runtime';
import { createFindKey } from '../adapters/access-table.ts';
import { createSyncLane } from '../adapters/sync-lane.ts';
import { createAuthenticate } from '../authenticate.ts';
import { readJsonBody } from '../read-json-body.ts';
import { createCreateEmbeddings } from '../sync/create-embeddings.ts';
import { readTraceparent } from '../sync/read-traceparent.ts';
import { MAX_SYNC_BYTES, USE_THE_QUEUE } from '../sync/sync-size.ts';

const { ACCESS_TABLE } = readEnvironment(['ACCESS_TABLE']);
const authenticate = createAuthenticate({ findKey: createFindKey({ tableName: ACCESS_TABLE }) });
const { ports, close } = createSyncLane();
const createEmbeddings = createCreateEmbeddings(ports);

export const handler = onStream(async (request, reply) => {
  const caller = await authenticate(request.headers);
  const body = readJsonBody(request, { maxBytes: MAX_SYNC_BYTES, tooLarge: USE_THE_QUEUE });
  try {
    await createEmbeddings({ caller, body, traceparent: readTraceparent(request.headers), reply });
  } finally {
    await close();
  }
});
