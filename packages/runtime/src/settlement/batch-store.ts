import { ConditionalCheckFailedException, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { MAX_DEADLINE_MS } from '@signalbox/contracts';
import { expiry, openInferencesTable, rethrowUnavailable } from './inferences-table.ts';

export type BatchStore = {
  /** Writes which ids belong to a batch, in their order. `reused`: the batch id is taken by another list. */
  put(batch: { tenant: string; batchId: string; ids: string[] }): Promise<'recorded' | 'reused'>;
  get(tenant: string, batchId: string): Promise<string[] | undefined>;
};

/** Batches in the inferences table: one item each, kept as long as the request with the furthest deadline could be. */
export function createBatchStore({ tableName, now = Date.now }: { tableName: string; now?: () => number }): BatchStore {
  const { client } = openInferencesTable(tableName);
  return {
    async put({ tenant, batchId, ids }) {
      try {
        await client.send(
          new UpdateItemCommand({
            TableName: tableName,
            ...batchKey(tenant, batchId),
            ConditionExpression: 'attribute_not_exists(pk) OR ids = :ids',
            UpdateExpression: 'SET ids = :ids, expiresAt = :expires',
            ExpressionAttributeValues: { ':ids': { S: JSON.stringify(ids) }, ':expires': expiry(now() + MAX_DEADLINE_MS) },
          }),
        );
        return 'recorded';
      } catch (error) {
        return error instanceof ConditionalCheckFailedException ? 'reused' : rethrowUnavailable(error);
      }
    },

    async get(tenant, batchId) {
      const command = new GetItemCommand({ TableName: tableName, ...batchKey(tenant, batchId), ConsistentRead: true });
      const { Item } = await client.send(command).catch(rethrowUnavailable);
      return Item?.ids?.S === undefined ? undefined : (JSON.parse(Item.ids.S) as string[]);
    },
  };
}

/** No inference has such a key: its tenant and id have no `#`. */
function batchKey(tenant: string, batchId: string) {
  return { Key: { pk: { S: `batch#${tenant}#${batchId}` } } };
}
