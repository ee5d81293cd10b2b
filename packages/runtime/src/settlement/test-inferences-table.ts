import { PutItemCommand, QueryCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { startTestDatabase, type TestDatabase } from '../test-database.ts';
import type { DynamoItem } from './inference-item.ts';
import { LISTED_INDEX } from './listed-by-day.ts';

/** A DynamoDB with the inferences table of services/inference/template.yaml. */
export type InferencesTable = Omit<TestDatabase, 'client'> & {
  tableName: string;
  put(item: DynamoItem): Promise<void>;
  item(key: string): Promise<DynamoItem | undefined>;
  /** Keys in the index of open requests. */
  openKeys(): Promise<string[]>;
  /** The item as the index of listed requests has it. */
  listed(key: string): Promise<DynamoItem | undefined>;
};

const TABLE = 'inferences';
const INDEX = 'open-by-deadline';

export async function startInferencesTable(): Promise<InferencesTable> {
  const { client, ...database } = await startTestDatabase(TABLE_DEFINITION);
  return {
    ...database,
    tableName: TABLE,
    async put(item) {
      await client.send(new PutItemCommand({ TableName: TABLE, Item: item }));
    },
    async item(key) {
      const { Items } = await client.send(
        new QueryCommand({ TableName: TABLE, KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { S: key } } }),
      );
      return Items?.[0];
    },
    async openKeys() {
      const { Items = [] } = await client.send(new ScanCommand({ TableName: TABLE, IndexName: INDEX }));
      return Items.map(({ pk }) => pk?.S ?? '');
    },
    async listed(key) {
      const { Items = [] } = await client.send(new ScanCommand({ TableName: TABLE, IndexName: LISTED_INDEX }));
      return Items.find(({ pk }) => pk?.S === key);
    },
  };
}

const TABLE_DEFINITION = {
  TableName: TABLE,
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' as const },
    { AttributeName: 'open', AttributeType: 'S' as const },
    { AttributeName: 'deadline', AttributeType: 'N' as const },
    { AttributeName: 'listed', AttributeType: 'S' as const },
    { AttributeName: 'acceptedAt', AttributeType: 'N' as const },
  ],
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' as const }],
  GlobalSecondaryIndexes: [
    {
      IndexName: INDEX,
      KeySchema: [
        { AttributeName: 'open', KeyType: 'HASH' as const },
        { AttributeName: 'deadline', KeyType: 'RANGE' as const },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' as const },
    },
    {
      IndexName: LISTED_INDEX,
      KeySchema: [
        { AttributeName: 'listed', KeyType: 'HASH' as const },
        { AttributeName: 'acceptedAt', KeyType: 'RANGE' as const },
      ],
      Projection: { ProjectionType: 'INCLUDE' as const, NonKeyAttributes: ['status', 'labels', 'route', 'priority'] },
    },
  ],
};
