import type { InferenceRequest } from '@signalbox/contracts';
import { checkRequest } from '@signalbox/routing';
import type { LoadedTable } from '@signalbox/runtime';
import { type HttpError, UnavailableError } from '@signalbox/runtime/errors';
import { refusal } from './prepare-request.ts';

export type TablePort = { get(): Promise<LoadedTable>; refresh(): Promise<void> };

/**
 * What only the routing table can tell of a request: whether its route, operation and reply queue exist; as the worker will ask it. A table
 * that lacks them is read afresh once, because the producer may be ahead of this process. The bundled snapshot is nobody's policy: it refuses
 * nothing, and rejects with UnavailableError instead.
 */
export async function checkAgainstTable(request: InferenceRequest, table: TablePort): Promise<HttpError | undefined> {
  if (!checkRequest(request, (await table.get()).table)) return undefined;
  await table.refresh();
  const fresh = await table.get();
  const mismatch = checkRequest(request, fresh.table);
  if (!mismatch) return undefined;
  if (fresh.source === 'snapshot') {
    throw new UnavailableError({
      message: 'Neither AppConfig nor its copy in S3 gave a routing table, and the bundled one does not have what the request names.',
    });
  }
  return refusal(mismatch.reason.replaceAll('-', '_'), mismatch.path, mismatch.message);
}
