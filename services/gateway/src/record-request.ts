import { type InferenceAccepted, isTerminal, Priority, SCHEMA_VERSION } from '@signalbox/contracts';
import { type InferenceItem, type IntakeStore, toPendingResult } from '@signalbox/runtime';
import { HttpError } from '@signalbox/runtime/errors';
import { checkAgainstTable, type TablePort } from './check-against-table.ts';
import type { PreparedRequest } from './prepare-request.ts';

export type RecordPorts = { store: IntakeStore; table: TablePort };

/** How a request stands once its record does; `mustSend` while its message may not be on its queue. */
export type RecordedRequest = { prepared: PreparedRequest; mustSend: boolean; item?: InferenceItem };

/** Writes the record in front of the message, or finds the one that an earlier try left. Refuses with HttpError. */
export async function recordRequest({ store, table }: RecordPorts, prepared: PreparedRequest): Promise<RecordedRequest> {
  const { record, request } = prepared;
  const mismatch = await checkAgainstTable(request, table);
  if (mismatch) {
    // What was accepted before its route went away keeps its promise.
    const standing = await store.get(record.tenant, record.id);
    if (standing?.hash !== record.hash || standing.status === 'rejected') throw mismatch;
    return known(prepared, standing);
  }
  const acceptance = await store.accept(record);
  switch (acceptance.kind) {
    case 'accepted':
      return { prepared, mustSend: true };
    case 'known':
      return known(prepared, acceptance.item);
    case 'id-reused':
      throw new HttpError({
        status: 409,
        code: 'id_reused',
        parameter: 'id',
        message: `The id "${record.id}" is taken by a request with another body; use a new id.`,
      });
  }
}

/** A retry sends again while nobody has claimed the request: a second message with the same body is acknowledged silently. */
function known(prepared: PreparedRequest, item: InferenceItem): RecordedRequest {
  return { prepared, item, mustSend: item.status === 'accepting' };
}

/** What the producer is told of an accepted request. */
export function toAccepted({ prepared: { record }, item }: RecordedRequest): InferenceAccepted {
  const { id, route, priority, deadline } = record;
  return {
    schemaVersion: SCHEMA_VERSION,
    id,
    status: item ? toPendingResult(item).status : 'accepted',
    route: item?.route ?? route,
    priority: Priority.safeParse(item?.priority).data ?? priority,
    location: `/v1/inferences/${encodeURIComponent(id)}`,
    deadline: item?.record?.deadline ?? new Date(item?.deadline ?? deadline).toISOString(),
  };
}

/** 200 when a retry finds the request ended, so that its result can be read at once; else 202. */
export function statusOf({ item }: RecordedRequest): 200 | 202 {
  return item && isTerminal(item.status) ? 200 : 202;
}
