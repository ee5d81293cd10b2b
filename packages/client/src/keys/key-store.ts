import { ConditionalCheckFailedException, GetItemCommand, PutItemCommand, paginateScan, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { type ApiKey, type ApiKeyItem, apiKeyKey, createApiKey, readApiKey } from '@signalbox/limits/operator';
import type { OpenTable } from '../installation/open-table.ts';

/** The keys of an installation. */
export type KeyStore = {
  /** Makes a key and keeps it; the token is in the answer alone. */
  create(about: Parameters<typeof createApiKey>[0]): Promise<{ token: string; key: ApiKey }>;
  list(): Promise<ApiKey[]>;
  find(prefix: string): Promise<ApiKey | undefined>;
  /** Undefined when there is no such key, or it was revoked. */
  expire(prefix: string, at: string): Promise<ApiKey | undefined>;
  /** The first revocation stands. Undefined when there is no such key. */
  revoke(prefix: string, at: string): Promise<ApiKey | undefined>;
};

export function openKeyStore({ client, tableName: TableName }: OpenTable): KeyStore {
  async function change(prefix: string, update: { set: string; at: string; condition: string }): Promise<ApiKey | undefined> {
    try {
      const { Attributes } = await client.send(
        new UpdateItemCommand({
          TableName,
          Key: apiKeyKey(prefix),
          UpdateExpression: `SET ${update.set}`,
          ConditionExpression: update.condition,
          ExpressionAttributeValues: { ':at': { S: update.at } },
          ReturnValues: 'ALL_NEW',
        }),
      );
      return readApiKey(Attributes as ApiKeyItem);
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  }

  return {
    async create(about) {
      const { token, key, item } = createApiKey(about);
      // Should chance give a prefix twice, this fails, and the other key stays as it is.
      await client.send(new PutItemCommand({ TableName, Item: item, ConditionExpression: 'attribute_not_exists(pk)' }));
      return { token, key };
    },
    async list() {
      const keys: ApiKey[] = [];
      for await (const { Items = [] } of paginateScan({ client }, { TableName })) {
        keys.push(...Items.flatMap((item) => readApiKey(item as ApiKeyItem) ?? []));
      }
      return keys.sort((one, other) => one.tenant.localeCompare(other.tenant) || one.createdAt.localeCompare(other.createdAt));
    },
    async find(prefix) {
      const { Item } = await client.send(new GetItemCommand({ TableName, Key: apiKeyKey(prefix), ConsistentRead: true }));
      return Item && readApiKey(Item as ApiKeyItem);
    },
    expire: (prefix, at) =>
      change(prefix, { set: 'expiresAt = :at', at, condition: 'attribute_exists(pk) AND attribute_not_exists(revokedAt)' }),
    revoke: (prefix, at) => change(prefix, { set: 'revokedAt = if_not_exists(revokedAt, :at)', at, condition: 'attribute_exists(pk)' }),
  };
}
