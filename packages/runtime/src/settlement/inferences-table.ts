import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { awsClientConfig } from '../aws-http.ts';
import { UnavailableError } from '../errors.ts';
import { type DynamoItem, type InferenceItem, inferenceKey, readInferenceItem } from './inference-item.ts';

/** Condition of an item that has not ended, with its values. */
export const IS_OPEN = '#status IN (:accepting, :accepted, :running)';
export const OPEN_STATUSES = { ':accepting': { S: 'accepting' }, ':accepted': { S: 'accepted' }, ':running': { S: 'running' } };
const KEPT_SECONDS = 30 * 24 * 60 * 60;
/** Partitions of the deadline index, so that it is not one hot partition. */
export const SHARDS = 8;

/** What every store of the inferences table does: conditional writes that tell how the item stands, and consistent reads. */
export function openInferencesTable(tableName: string) {
  const client = new DynamoDBClient(awsClientConfig({ requestTimeoutMs: 2_000, maxAttempts: 3 }));

  /** The update, or the item as it stands when the condition did not hold; `missing` when there is none. */
  async function updateIf(input: Omit<UpdateItemCommandInput, 'TableName'>): Promise<InferenceItem | 'updated' | 'missing'> {
    try {
      await client.send(new UpdateItemCommand({ TableName: tableName, ReturnValuesOnConditionCheckFailure: 'ALL_OLD', ...input }));
      return 'updated';
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw unavailable(error);
      return error.Item ? readInferenceItem(error.Item as DynamoItem) : 'missing';
    }
  }

  async function getByKey(key: string): Promise<InferenceItem | undefined> {
    const { Item } = await client
      .send(new GetItemCommand({ TableName: tableName, Key: { pk: { S: key } }, ConsistentRead: true }))
      .catch(rethrowUnavailable);
    return Item ? readInferenceItem(Item as DynamoItem) : undefined;
  }

  /** Takes an ended request out of the index of open ones: its event is out. */
  async function closeSwept(key: string): Promise<void> {
    await updateIf({
      Key: { pk: { S: key } },
      // An update of a missing item would create one without a status; a rejected id may have been accepted anew meanwhile.
      ConditionExpression: `attribute_exists(pk) AND NOT ${IS_OPEN}`,
      UpdateExpression: 'REMOVE #open',
      ExpressionAttributeNames: { '#open': 'open', '#status': 'status' },
      ExpressionAttributeValues: OPEN_STATUSES,
    });
  }

  return { client, updateIf, getByKey, closeSwept };
}

function unavailable(error: unknown): UnavailableError {
  return new UnavailableError({
    message: `The inferences table could not be reached (${error instanceof Error ? error.name : typeof error}).`,
    cause: error,
  });
}

export function vanished(key: string): UnavailableError {
  return new UnavailableError({ message: `Inference ${key} was deleted while it was being written; its message comes again.` });
}

export function rethrowUnavailable(error: unknown): never {
  throw unavailable(error);
}

export function keyOf({ tenant, id }: { tenant: string; id: string }) {
  return { Key: { pk: { S: inferenceKey(tenant, id) } } };
}

export function expiry(from: number) {
  return { N: String(Math.ceil(from / 1000) + KEPT_SECONDS) };
}

/** FNV-1a of the key, modulo the shards. */
export function shardOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  return (hash >>> 0) % SHARDS;
}
