import type { Route } from '@signalbox/contracts';
import type { LoadedTable } from '@signalbox/runtime';
import { HttpError, UnavailableError } from '@signalbox/runtime/errors';
import type { TablePort } from '../check-against-table.ts';
import { type AskedModel, routeOfModel } from './route-of-model.ts';

type Wanted = { model: string; operation: Route['operation']; scopes: readonly string[] };

/**
 * What `model` names, by the table in force. A table that does not have it is read afresh once, because the caller may be ahead of this process. The
 * bundled snapshot is nobody's policy: what it lacks is rejected with UnavailableError, not refused.
 */
export async function findAsked(table: TablePort, wanted: Wanted): Promise<{ loaded: LoadedTable; asked: AskedModel }> {
  const loaded = await table.get();
  try {
    return { loaded, asked: routeOfModel({ table: loaded.table, ...wanted }) };
  } catch (error) {
    if (!(error instanceof HttpError) || error.status !== 404) throw error;
  }
  await table.refresh();
  const fresh = await table.get();
  try {
    return { loaded: fresh, asked: routeOfModel({ table: fresh.table, ...wanted }) };
  } catch (cause) {
    if (fresh.source !== 'snapshot') throw cause;
    throw new UnavailableError({
      message: 'Neither AppConfig nor its copy in S3 gave a routing table, and the bundled one does not have the model.',
      cause,
    });
  }
}
