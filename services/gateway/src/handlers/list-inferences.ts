import { createBatchStore, createListingStore, onRequest, readEnvironment } from '@signalbox/runtime';
import { createFindKey } from '../adapters/access-table.ts';
import { createAuthenticate } from '../authenticate.ts';
import { createListInferences } from '../list-inferences.ts';
import { parseListQuery } from '../parse-list-query.ts';

const environment = readEnvironment(['ACCESS_TABLE', 'INFERENCES_TABLE']);
const authenticate = createAuthenticate({ findKey: createFindKey({ tableName: environment.ACCESS_TABLE }) });
const listInferences = createListInferences({
  listing: createListingStore({ tableName: environment.INFERENCES_TABLE }),
  readBatch: createBatchStore({ tableName: environment.INFERENCES_TABLE }).get,
  now: Date.now,
});

export const handler = onRequest(async (request) => {
  const { tenant } = await authenticate(request.headers);
  return { status: 200, body: await listInferences({ tenant, query: parseListQuery(request) }) };
});
