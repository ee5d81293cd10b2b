import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { awsClientConfig } from '@signalbox/runtime';
import { UnavailableError } from '@signalbox/runtime/errors';
import type { FindKey } from '../authenticate.ts';

/** Finds API keys by prefix in the access table. */
export function createFindKey({ tableName }: { tableName: string }): FindKey {
  const client = new DynamoDBClient(awsClientConfig({ requestTimeoutMs: 2_000 }));
  return async (prefix) => {
    const { Item } = await client
      .send(new GetItemCommand({ TableName: tableName, Key: { pk: { S: `key#${prefix}` } } }))
      .catch((cause: unknown) => {
        throw new UnavailableError({ message: 'The access table could not be reached.', cause });
      });
    if (!Item?.secretHash?.S || !Item.tenant?.S) return undefined;
    return {
      secretHash: Item.secretHash.S,
      tenant: Item.tenant.S,
      scopes: (Item.scopes?.L ?? []).flatMap(({ S }) => (S === undefined ? [] : [S])),
      // What is there but no time ends the key, too.
      ...(Item.expiresAt && { expiresAt: Date.parse(Item.expiresAt.S ?? '') }),
      ...(Item.revokedAt && { revokedAt: Date.parse(Item.revokedAt.S ?? '') }),
    };
  };
}
