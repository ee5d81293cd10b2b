import { checkRequest } from '@signalbox/routing';
import type { LoadedTable } from '@signalbox/runtime';
import { UnavailableError } from '@signalbox/runtime/errors';
import type { Ports } from './ports.ts';
import type { ReadRequest, Refusal } from './read-request.ts';

/**
 * What only the routing table can tell of a request: whether its route, operation and reply queue exist. A table that lacks them is
 * read afresh once, because the producer may be ahead of this process. The bundled snapshot is nobody's policy: it refuses nothing,
 * and rejects with UnavailableError instead.
 */
export async function checkAgainstTable({
  read,
  table,
}: {
  read: ReadRequest;
  table: Ports['table'];
}): Promise<{ kind: 'ready'; loaded: LoadedTable } | Refusal> {
  const known = await table.get();
  if (!findRefusal(read, known)) return { kind: 'ready', loaded: known };
  await table.refresh();
  const fresh = await table.get();
  const refusal = findRefusal(read, fresh);
  if (refusal && fresh.source === 'snapshot') {
    throw new UnavailableError({
      message: 'Neither AppConfig nor its copy in S3 gave a routing table, and the bundled one does not have what the request names.',
    });
  }
  return refusal ?? { kind: 'ready', loaded: fresh };
}

function findRefusal({ request, id, tenant, hash }: ReadRequest, { table }: LoadedTable): Refusal | undefined {
  const mismatch = checkRequest(request, table);
  if (!mismatch) return undefined;
  const { reason, path, message } = mismatch;
  return { kind: 'refusal', reason, problems: [{ path, message }], id, tenant, hash };
}
