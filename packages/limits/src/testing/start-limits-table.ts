import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { startTestDatabase, type TestDatabase } from '@signalbox/runtime/test-database';

type Attributes = Record<string, { S: string } | { N: string }>;

/** A DynamoDB with the limits table of the platform's template. */
export type LimitsTable = Omit<TestDatabase, 'client'> & {
  tableName: string;
  put(item: Attributes): Promise<void>;
  get(key: { pk: { S: string }; sk: { S: string } }): Promise<Record<string, { S?: string; N?: string }> | undefined>;
};

const TABLE = 'limits';

export async function startLimitsTable(): Promise<LimitsTable> {
  const { client, ...database } = await startTestDatabase({
    TableName: TABLE,
    AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
  });
  return {
    ...database,
    tableName: TABLE,
    async put(Item) {
      await client.send(new PutItemCommand({ TableName: TABLE, Item }));
    },
    async get(Key) {
      return (await client.send(new GetItemCommand({ TableName: TABLE, Key }))).Item as
        | Record<string, { S?: string; N?: string }>
        | undefined;
    },
  };
}
