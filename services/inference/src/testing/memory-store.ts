import { type InferenceRecord, InferenceRecord as InferenceRecordSchema, isTerminal } from '@signalbox/contracts';
import {
  acceptedAtOf,
  type Claim,
  type ClaimRequest,
  type DeletionStore,
  dayOf,
  type InferenceItem,
  type InferenceStore,
  inferenceKey,
} from '@signalbox/runtime';
import type { VirtualClock } from './virtual-clock.ts';

/** An item as the table holds it: what readers see, and what only the conditions look at. */
export type MemoryItem = InferenceItem & { messageId?: string; isOpen: boolean; listed?: string };

export type MemoryStore = InferenceStore & DeletionStore & { items: ReadonlyMap<string, MemoryItem> };

type Ending = { fence: string; record: InferenceRecord; output?: { json: string } | { key: string } };

/** The inferences table in memory, condition for condition as `createInferenceStore` and `createDeletionStore` write them. */
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
      put({ ...standing, ...toStored(record, standing), ...toOutput(output), isOpen: false });
      return 'finished';
    },

    async finishDead({ origin, record, hash }) {
      const standing = itemOf(record);
      const isItsOwn =
        !standing || standing.owner === origin || (standing.owner === undefined && hash !== undefined && standing.hash === hash);
      if (standing && (isTerminal(standing.status) || !isItsOwn))
        return isTerminal(standing.status) && standing.owner === origin ? read(standing) : undefined;
      const { fence: _fence, ...kept } = standing ?? newItem(record);
      put({ ...kept, ...toStored(record, standing), owner: origin, isOpen: false });
      return read(itemOf(record));
    },

    async reject(record, accepted) {
      const standing = itemOf(record);
      const isWaiting = standing?.status === 'accepting' || standing?.status === 'accepted';
      const isAccepted = accepted !== undefined && isWaiting && standing.hash === accepted.hash;
      if (standing && standing.status !== 'rejected' && !isAccepted) return;
      put({ ...(standing ?? newItem(record)), ...toStored(record, standing), owner: record.messageId, isOpen: false });
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
      put({ ...kept, ...toStored(record, standing) });
      return read(itemOf(record));
    },

    async cancel(record) {
      const standing = itemOf(record);
      if (!standing || isTerminal(standing.status)) return read(standing);
      const { fence: _fence, ...kept } = standing;
      put({ ...kept, ...toStored(record, standing), deadline: clock.now });
      return read(itemOf(record));
    },

    async erase(record) {
      const standing = itemOf(record);
      if (standing?.status !== record.status) return 'changed';
      const { output: _output, outputKey: _outputKey, labels: _labels, listed, ...kept } = standing;
      const isListed = listed !== undefined && record.status !== 'succeeded';
      put({ ...kept, record, ...(isListed ? { listed } : {}) });
      return 'erased';
    },

    async closeSwept(key) {
      const standing = items.get(key);
      if (standing && isTerminal(standing.status)) put({ ...standing, isOpen: false });
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
  const isOrphan = standing.owner === undefined && standing.hash === request.hash && isTerminal(standing.status);
  const isOwner = standing.owner === request.origin || isOrphan;
  if (isOwner && isTerminal(standing.status)) return { kind: 'finished', item: read(standing) as InferenceItem };
  return isOwner || standing.hash === request.hash ? { kind: 'duplicate' } : { kind: 'id-reused' };
}

function claimedItem(standing: MemoryItem | undefined, request: ClaimRequest): MemoryItem {
  const { record: _record, listed, payloadKey: _payloadKey, ...kept } = standing ?? newItem(request);
  const { tenant, id: _id, origin, labels = {}, acceptedAt, ...claimed } = request;
  const listing = Object.keys(labels).length > 0 ? { listed: listed ?? `${tenant}#${dayOf(acceptedAt)}` } : {};
  const item = { ...kept, ...claimed, ...listing, owner: origin, labels, acceptedAt: kept.acceptedAt ?? acceptedAt };
  return { ...item, status: 'running', isOpen: true };
}

function newItem({ tenant, id }: { tenant: string; id: string }): MemoryItem {
  return { key: inferenceKey(tenant, id), status: 'accepted', deferrals: 0, isOpen: false };
}

function toStored(record: InferenceRecord, standing: MemoryItem | undefined): Partial<MemoryItem> & Pick<MemoryItem, 'status' | 'record'> {
  // The table holds JSON that its readers parse: a record that would not come back is found here.
  const stored = { status: record.status, record: InferenceRecordSchema.parse(JSON.parse(JSON.stringify(record))) };
  if (record.status === 'succeeded') return stored;
  const acceptedAt = acceptedAtOf(record);
  return {
    ...stored,
    listed: standing?.listed ?? `${record.tenant}#${dayOf(acceptedAt)}`,
    acceptedAt: standing?.acceptedAt ?? acceptedAt,
    route: standing?.route ?? record.route,
    priority: standing?.priority ?? record.priority,
  };
}

function toOutput(output: Ending['output']): Pick<MemoryItem, 'output' | 'outputKey'> {
  if (!output) return {};
  return 'json' in output ? { output: output.json } : { outputKey: output.key };
}

function read(item: MemoryItem | undefined): InferenceItem | undefined {
  if (!item) return undefined;
  const { messageId: _messageId, isOpen: _isOpen, listed: _listed, ...seen } = structuredClone(item);
  return seen;
}
