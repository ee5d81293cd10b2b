import type { BatchProgress } from '@signalbox/contracts';
import { type InferenceItem, inferenceKey } from '@signalbox/runtime';
import { HttpError } from '@signalbox/runtime/errors';
import type { ListPosition } from './list-cursor.ts';
import type { ListPorts } from './list-inferences.ts';
import type { ListQuery } from './parse-list-query.ts';
import { isAskedFor, shownStatus } from './to-listing.ts';

type Ports = { listing: Pick<ListPorts['listing'], 'getAll'>; readBatch: ListPorts['readBatch'] };
type Asked = { tenant: string; batchId: string; query: Pick<ListQuery, 'label' | 'status' | 'limit'>; index: number };
type Page = { items: InferenceItem[]; next?: ListPosition; progress: BatchProgress };

/** The requests of a batch as they stand now, in its order, and how far the whole of it is. */
export async function listBatch({ listing, readBatch }: Ports, { tenant, batchId, query, index }: Asked): Promise<Page> {
  const listed = await readBatch(tenant, batchId);
  if (!listed) throw batchNotFound(batchId);
  const ids = [...new Set(listed)];
  const standing = new Map((await listing.getAll(tenant, ids)).map((item) => [item.key, item]));
  const inOrder = ids.map((id) => standing.get(inferenceKey(tenant, id)));
  const asked = inOrder.flatMap((item, place) => (item && place >= index && isAskedFor(item, query) ? [{ item, place }] : []));
  const following = asked[query.limit];
  return {
    items: asked.slice(0, query.limit).map(({ item }) => item),
    ...(following ? { next: { kind: 'batch' as const, index: following.place } } : {}),
    progress: progressOf(inOrder),
  };
}

function progressOf(items: (InferenceItem | undefined)[]): BatchProgress {
  const progress = { total: items.length, accepted: 0, running: 0, succeeded: 0, failed: 0, expired: 0, rejected: 0, missing: 0 };
  for (const item of items) progress[item ? shownStatus(item) : 'missing']++;
  return progress;
}

function batchNotFound(batchId: string): HttpError {
  return new HttpError({
    status: 404,
    code: 'not_found',
    parameter: 'batch',
    message: `There is no batch "${batchId}" of this tenant. A batch is kept as long as its requests can be; those of another tenant are not found.`,
  });
}
