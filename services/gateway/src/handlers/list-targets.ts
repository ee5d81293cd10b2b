import { listTargets } from '@signalbox/contracts';
import { onRequest, readEnvironment } from '@signalbox/runtime';
import { createFindKey } from '../adapters/access-table.ts';
import { createLiveTable } from '../adapters/live-table.ts';
import { createReadOverlay } from '../adapters/read-overlay.ts';
import { createAuthenticate } from '../authenticate.ts';

const environment = readEnvironment(['ACCESS_TABLE', 'OVERLAY_TABLE']);
const authenticate = createAuthenticate({ findKey: createFindKey({ tableName: environment.ACCESS_TABLE }) });
const routingTable = createLiveTable();
const readOverlay = createReadOverlay({ tableName: environment.OVERLAY_TABLE });

export const handler = onRequest(async ({ headers }) => {
  await authenticate(headers);
  const [{ table, source }, reading] = await Promise.all([routingTable.get(), readOverlay()]);
  return { status: 200, body: listTargets({ table, tableSource: source, reading, now: Date.now() }) };
});
