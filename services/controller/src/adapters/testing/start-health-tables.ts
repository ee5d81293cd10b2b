import { PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { startTestDatabase } from '@signalbox/runtime/test-database';

/** A DynamoDB with the tables of template.yaml. */
export type HealthTables = {
  tables: { counters: string; health: string; overlay: string };
  put(tableName: string, item: Record<string, { S: string } | { N: string }>): Promise<void>;
  items(tableName: string): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
};

const KEYS = {
  counters: { target: 'S', bucketStart: 'N' },
  health: { kind: 'S', name: 'S' },
  overlay: { id: 'S' },
} as const;

export async function startHealthTables(): Promise<HealthTables> {
  const { client, close } = await startTestDatabase(...Object.entries(KEYS).map(([name, key]) => toDefinition(name, key)));
  return {
    tables: { counters: 'counters', health: 'health', overlay: 'overlay' },
    close,
    async put(tableName, item) {
      await client.send(new PutItemCommand({ TableName: tableName, Item: item }));
    },
    async items(tableName) {
      const { Items = [] } = await client.send(new ScanCommand({ TableName: tableName }));
      return Items.map((item) => unmarshall(item));
    },
  };
}

function toDefinition(name: string, key: Readonly<Record<string, 'S' | 'N'>>) {
  const names = Object.keys(key);
  return {
    TableName: name,
    AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: key[AttributeName] ?? 'S' })),
    KeySchema: names.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? ('HASH' as const) : ('RANGE' as const) })),
  };
}
