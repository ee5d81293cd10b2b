import type { InferenceRecord } from '@signalbox/contracts';
import { endUpdate } from './end-update.ts';
import { type InferenceItem, inferenceKey } from './inference-item.ts';
import { IS_OPEN, keyOf, OPEN_STATUSES, openInferencesTable } from './inferences-table.ts';

export type DeletionStore = {
  get(tenant: string, id: string): Promise<InferenceItem | undefined>;
  /** Ends an open request by this record, and gives how it ended, by this or before. Undefined: there is none. It stays in the sweeper's index until `closeSwept`. */
  cancel(record: InferenceRecord): Promise<InferenceItem | undefined>;
  /** Puts the erased record of an ended request in place of its own and takes its content out. `changed`: it is not what it was; look again. */
  erase(record: InferenceRecord): Promise<'erased' | 'changed'>;
  closeSwept(key: string): Promise<void>;
};

/** The inferences table as its producers may change it: end what waits, erase what has ended. */
export function createDeletionStore({ tableName, now = Date.now }: { tableName: string; now?: () => number }): DeletionStore {
  const { updateIf, getByKey, closeSwept } = openInferencesTable(tableName);
  return {
    closeSwept,
    get: (tenant, id) => getByKey(inferenceKey(tenant, id)),

    async cancel(record) {
      const end = endUpdate(record, now());
      const standing = await updateIf({
        ...keyOf(record),
        ConditionExpression: IS_OPEN,
        // Without the fence nobody who runs it can finish it. By the deadline the sweeper finds it soon, should nobody else tell of it.
        UpdateExpression: `${end.set}, deadline = :now REMOVE fence`,
        ExpressionAttributeNames: end.names,
        ExpressionAttributeValues: { ...end.values, ...OPEN_STATUSES, ':now': { N: String(now()) } },
      });
      if (standing === 'missing') return undefined;
      return standing === 'updated' ? getByKey(inferenceKey(record.tenant, record.id)) : standing;
    },

    async erase(record) {
      const standing = await updateIf({
        ...keyOf(record),
        // Of the endings only a rejection is no last word: its id may have been taken anew.
        ConditionExpression: '#status = :status',
        // What did not succeed stays listed; what did was listed for its labels.
        UpdateExpression: `SET #record = :record REMOVE #output, outputKey, labels${record.status === 'succeeded' ? ', listed' : ''}`,
        ExpressionAttributeNames: { '#status': 'status', '#record': 'record', '#output': 'output' },
        ExpressionAttributeValues: { ':status': { S: record.status }, ':record': { S: JSON.stringify(record) } },
      });
      return standing === 'updated' ? 'erased' : 'changed';
    },
  };
}
