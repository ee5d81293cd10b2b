import { onRequest, readEnvironment } from '@signalbox/runtime';
import { createFindKey } from '../adapters/access-table.ts';
import { createLiveTable } from '../adapters/live-table.ts';
import { createAuthenticate } from '../authenticate.ts';
import { listModels } from '../list-models.ts';

const environment = readEnvironment(['ACCESS_TABLE']);
const authenticate = createAuthenticate({ findKey: createFindKey({ tableName: environment.ACCESS_TABLE }) });
const table = createLiveTable();

export const handler = onRequest(async ({ headers }) => {
  await authenticate(headers);
  return { status: 200, body: listModels(await table.get()) };
});
