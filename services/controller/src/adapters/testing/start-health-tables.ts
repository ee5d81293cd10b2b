import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';

/** A DynamoDB with the tables of template.yaml, for tests that send real SDK requests. */
export type HealthTables = {
  tables: { counters: string; health: string; overlay: string };
  put(tableName: string, item: Record<string, { S: string } | { N: string }>): Promise<void>;
  items(tableName: string): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
};

const require = createRequire(import.meta.url);
const KEYS = {
  counters: { target: 'S', bucketStart: 'N' },
  health: { kind: 'S', name: 'S' },
  overlay: { id: 'S' },
} as const;

/** Starts it and sets the environment that SDK clients read. */
export async function startHealthTables(): Promise<HealthTables> {
  const server = (require('dynalite') as (options: object) => Server)({ createTableMs: 0, deleteTableMs: 0 });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  const client = new DynamoDBClient({});
  for (const [name, key] of Object.entries(KEYS)) await client.send(new CreateTableCommand(toDefinition(name, key)));
  return {
    tables: { counters: 'counters', health: 'health', overlay: 'overlay' },
    async put(tableName, item) {
      await client.send(new PutItemCommand({ TableName: tableName, Item: item }));
    },
    async items(tableName) {
      const { Items = [] } = await client.send(new ScanCommand({ TableName: tableName }));
      return Items.map((item) => unmarshall(item));
    },
    close() {
      client.destroy();
      server.closeAllConnections();
      return new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())));
    },
  };
}

function toDefinition(name: string, key: Readonly<Record<string, 'S' | 'N'>>) {
  const names = Object.keys(key);
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST' as const,
    AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: key[AttributeName] ?? 'S' })),
    KeySchema: names.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? ('HASH' as const) : ('RANGE' as const) })),
  };
}
