import { type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { FleetStore } from '../ports.ts';
import { createTableClient, reach, writeIf } from './health-table.ts';

const KEY = { kind: { S: 'fleet' }, name: { S: 'all' } };

/** The states of all targets, in one item of the health table. */
export function createFleetStore({ tableName, client = createTableClient() }: { tableName: string; client?: DynamoDBClient }): FleetStore {
  return {
    async read() {
      const { Item } = await reach(tableName, client.send(new GetItemCommand({ TableName: tableName, Key: KEY, ConsistentRead: true })));
      // An item without a readable version is one that any write may replace: its text says itself that it cannot be read.
      return Item ? { text: Item.states?.S ?? '', version: Number(Item.version?.N ?? 0) } : undefined;
    },

    async write({ text, version }, previousVersion) {
      const isFirst = previousVersion === undefined;
      const update = new UpdateItemCommand({
        TableName: tableName,
        Key: KEY,
        UpdateExpression: 'SET states = :states, version = :version',
        ConditionExpression: isFirst ? 'attribute_not_exists(version)' : 'version = :previous',
        ExpressionAttributeValues: {
          ':states': { S: text },
          ':version': { N: String(version) },
          ...(!isFirst && { ':previous': { N: String(previousVersion) } }),
        },
      });
      return (await writeIf(tableName, client.send(update))) ? 'written' : 'conflict';
    },
  };
}
