import type { RoutingTable } from '@signalbox/contracts';
import { routingTable } from '@signalbox/contracts/samples';
import type { AcceptRequest, BatchStore, InferenceItem, IntakeStore, LoadedTable } from '@signalbox/runtime';
import type { TablePort } from './check-against-table.ts';

/** The inferences table as the gateway's condition sees it, in memory. */
export function createMemoryIntake(): IntakeStore & { items: Map<string, InferenceItem> } {
  const items = new Map<string, InferenceItem>();
  return {
    items,
    get: async (tenant, id) => items.get(`${tenant}#${id}`),
    async accept(request) {
      const standing = items.get(`${request.tenant}#${request.id}`);
      if (standing && standing.status !== 'rejected')
        return standing.hash === request.hash ? { kind: 'known', item: { ...standing } } : { kind: 'id-reused' };
      items.set(`${request.tenant}#${request.id}`, toItem(request));
      return { kind: 'accepted' };
    },
  };
}

function toItem({ tenant, id, ...rest }: AcceptRequest): InferenceItem {
  return { key: `${tenant}#${id}`, status: 'accepting', deferrals: 0, ...rest };
}

/** Batches in memory. */
export function createMemoryBatches(): BatchStore {
  const batches = new Map<string, string[]>();
  return {
    get: async (tenant, batchId) => batches.get(`${tenant}#${batchId}`),
    async put({ tenant, batchId, ids }) {
      const standing = batches.get(`${tenant}#${batchId}`);
      if (standing && standing.join(' ') !== ids.join(' ')) return 'reused';
      batches.set(`${tenant}#${batchId}`, ids);
      return 'recorded';
    },
  };
}

/** The sample table; `next` is what a refresh brings. */
export function createTable({
  table = routingTable,
  next = table,
  source = 'appconfig',
}: Partial<LoadedTable> & { next?: RoutingTable } = {}) {
  const port = {
    loaded: { table, source } as LoadedTable,
    refreshes: 0,
    get: async () => port.loaded,
    refresh: async () => {
      port.refreshes++;
      port.loaded = { table: next, source };
    },
  };
  return port satisfies TablePort & { loaded: LoadedTable; refreshes: number };
}
