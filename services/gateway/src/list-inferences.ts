import { type InferenceList, SCHEMA_VERSION } from '@signalbox/contracts';
import type { InferenceItem, ListingStore } from '@signalbox/runtime';
import { listBatch } from './list-batch.ts';
import { readCursor, writeCursor } from './list-cursor.ts';
import { listDays } from './list-days.ts';
import type { ListQuery } from './parse-list-query.ts';
import { toListing } from './to-listing.ts';

export type ListPorts = {
  listing: ListingStore;
  /** The ids of a batch in their order. */
  readBatch: (tenant: string, batchId: string) => Promise<string[] | undefined>;
  now: () => number;
};

/** Lists a tenant's inferences: those of a batch in its order, with its progress, or those of the last 31 days, newest first. */
export function createListInferences(ports: ListPorts) {
  return async function listInferences({ tenant, query }: { tenant: string; query: ListQuery }): Promise<InferenceList> {
    const position = query.cursor === undefined ? undefined : readCursor(query.cursor, { tenant, query });
    const { items, next, progress } = await list(ports, { tenant, query, position });
    return {
      schemaVersion: SCHEMA_VERSION,
      inferences: items.map(toListing),
      ...(next ? { nextCursor: writeCursor(next, { tenant, query }) } : {}),
      ...(progress ? { progress } : {}),
    };
  };
}

export type Listing = { tenant: string; query: ListQuery; position: ReturnType<typeof readCursor> | undefined };
export type Listed = { items: InferenceItem[]; next?: ReturnType<typeof readCursor>; progress?: InferenceList['progress'] };

function list(ports: ListPorts, { tenant, query, position }: Listing): Promise<Listed> {
  if (query.batch === undefined) return listDays(ports, { tenant, query, ...(position?.kind === 'day' ? { from: position } : {}) });
  const index = position?.kind === 'batch' ? position.index : 0;
  return listBatch(ports, { tenant, query, batchId: query.batch, index });
}
