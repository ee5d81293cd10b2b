import { type InferenceRecord, InferenceRecord as InferenceRecordSchema, isTerminal } from '@signalbox/contracts';
import { type Claim, type ClaimRequest, type InferenceItem, type InferenceStore, inferenceKey } from '@signalbox/runtime';
import type { VirtualClock } from './virtual-clock.ts';

/** An item as the table holds it: what readers see, and what only the conditions look at. */
export type MemoryItem = InferenceItem & { messageId?: string; isOpen: boolean };

export type MemoryStore = InferenceStore & { items: ReadonlyMap<string, MemoryItem> };

type Ending = { fence: string; record: InferenceRecord; output?: { json: string } | { key: string } };

/** The inferences table in memory, condition for condition as `createInferenceStore` writes them. */
export function createMemoryStore(clock: VirtualClock): MemoryStore {
  const items = new Map<string, MemoryItem>();
  const itemOf = ({ tenant, id }: { tenant: string; id: string }) => items.get(inferenceKey(tenant, id));

  function put(item: MemoryItem): void {
    items.set(item.key, structuredClone(item));
  }

  return {
    items,
    get: async (tenant, id) => read(itemOf({ tenant, id })),
    getByKey: async (key) => read(items.get(key)),

    async claim(request) {
      const standing = itemOf(request);
      if (standing && !mayClaim(standing, request)) return judge(standing, request);
      put(claimedItem(standing, request));
      return { kind: 'claimed' };
    },

    async finish({ fence, record, output }: Ending) {
      const standing = itemOf(record);
      if (!standing) throw new Error(`Inference ${record.id} is not in the table; a worker finishes only what it claimed.`);
      if (standing.fence !== fence || standing.status !== 'running')
        return standing.fence === fence && isTerminal(standing.status) ? 'finished' : 'superseded';
      put({ ...standing, ...toStored(record), ...toOutput(output), isOpen: false });
      return 'finished';
    },

    async finishDead({ origin, record }) {
      const standing = itemOf(record);
      if (standing && (isTerminal(standing.status) || (standing.owner ?? origin) !== origin))
        return isTerminal(standing.status) && standing.owner === origin ? read(standing) : undefined;
      const { fence: _fence, ...kept } = standing ?? newItem(record);
      put({ ...kept, ...toStored(record), owner: origin, isOpen: false });
      return read(itemOf(record));
    },

    async reject(record) {
      const standing = itemOf(record);
      if (standing && standing.status !== 'rejected') return;
      put({ ...(standing ?? newItem(record)), ...toStored(record), owner: record.messageId });
    },

    async findOverdue(now, limit) {
      const overdue = [...items.values()].filter(({ isOpen, deadline }) => isOpen && deadline !== undefined && deadline < now);
      return overdue.slice(0, limit).map(({ key }) => key);
    },

    async expire(record) {
      const standing = itemOf(record);
      if (!standing) return undefined;
      if (isTerminal(standing.status) || (standing.deadline ?? clock.now) >= clock.now) return read(standing);
      const { fence: _fence, ...kept } = standing;
      put({ ...kept, ...toStored(record) });
      return read(itemOf(record));
    },

    async closeSwept(key) {
      const standing = items.get(key);
      if (standing) put({ ...standing, isOpen: false });
    },
  };
}

function mayClaim(standing: MemoryItem, request: ClaimRequest): boolean {
  const { status } = standing;
  if (status === 'rejected') return true;
  if (status === 'accepting' || status === 'accepted') return standing.hash === request.hash;
  if (status !== 'running' || standing.owner !== request.origin) return false;
  const isSameCopy = standing.deferrals === request.deferrals && standing.messageId === request.messageId;
  return standing.deferrals < request.deferrals || isSameCopy;
}

function judge(standing: MemoryItem, request: ClaimRequest): Claim {
  const isOwner = standing.owner === request.origin;
  if (isOwner && isTerminal(standing.status)) return { kind: 'finished', item: read(standing) as InferenceItem };
  return isOwner || standing.hash === request.hash ? { kind: 'duplicate' } : { kind: 'id-reused' };
}

function claimedItem(standing: MemoryItem | undefined, request: ClaimRequest): MemoryItem {
  const { record: _record, ...kept } = standing ?? newItem(request);
  const { tenant: _tenant, id: _id, origin, labels = {}, acceptedAt, ...claimed } = request;
  return { ...kept, ...claimed, status: 'running', owner: origin, labels, acceptedAt: kept.acceptedAt ?? acceptedAt, isOpen: true };
}

function newItem({ tenant, id }: { tenant: string; id: string }): MemoryItem {
  return { key: inferenceKey(tenant, id), status: 'accepted', deferrals: 0, isOpen: false };
}

function toStored(record: InferenceRecord): Pick<MemoryItem, 'status' | 'record'> {
  // The table holds JSON that its readers parse: a record that would not come back is found here.
  return { status: record.status, record: InferenceRecordSchema.parse(JSON.parse(JSON.stringify(record))) };
}

function toOutput(output: Ending['output']): Pick<MemoryItem, 'output' | 'outputKey'> {
  if (!output) return {};
  return 'json' in output ? { output: output.json } : { outputKey: output.key };
}

function read(item: MemoryItem | undefined): InferenceItem | undefined {
  if (!item) return undefined;
  const { messageId: _messageId, isOpen: _isOpen, ...seen } = structuredClone(item);
  return seen;
}
