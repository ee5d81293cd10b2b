import type { Server, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DynamoDBClient, PutItemCommand, QueryCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoItem } from './inference-item.ts';
import { LISTED_INDEX } from './listed-by-day.ts';

/** A DynamoDB with the inferences table of services/inference/template.yaml, for tests that send real SDK requests. */
export type InferencesTable = {
  tableName: string;
  put(item: DynamoItem): Promise<void>;
  item(key: string): Promise<DynamoItem | undefined>;
  /** Keys in the index of open requests. */
  openKeys(): Promise<string[]>;
  /** The item as the index of listed requests has it. */
  listed(key: string): Promise<DynamoItem | undefined>;
  /** Performs the next request and then hangs up instead of answering it. */
  loseNextAnswer(): void;
  close(): Promise<void>;
};

type Failure = { body?: Record<string, unknown> } | null | undefined;
type ConditionalData = { ReturnValuesOnConditionCheckFailure?: string };
type Engine = { checkConditional(data: ConditionalData, item: unknown): Failure };

const require = createRequire(import.meta.url);
const TABLE = 'inferences';
const INDEX = 'open-by-deadline';

/** Starts it and sets the environment that SDK clients read. */
export async function startInferencesTable(): Promise<InferencesTable> {
  teachToReturnOldItem();
  const server = (require('dynalite') as (options: object) => Server)({ createTableMs: 0, deleteTableMs: 0 });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  const client = new DynamoDBClient({});
  await client.send(new CreateTableCommand(TABLE_DEFINITION));
  return {
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
    loseNextAnswer() {
      server.prependOnceListener('request', (_request, response: ServerResponse) => {
        response.end = () => response.destroy();
      });
    },
    close() {
      client.destroy();
      server.closeAllConnections();
      return new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())));
    },
  };
}

const TABLE_DEFINITION = {
  TableName: TABLE,
  BillingMode: 'PAY_PER_REQUEST' as const,
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

/** dynalite does not know ReturnValuesOnConditionCheckFailure. It checks conditions under the item's lock, so the item is the one checked. */
function teachToReturnOldItem(): void {
  const { types } = require('dynalite/validations/updateItem') as { types: Record<string, unknown> };
  types.ReturnValuesOnConditionCheckFailure = { type: 'String', enum: ['ALL_OLD', 'NONE'] };
  const engine = require('dynalite/db') as Engine;
  const check = engine.checkConditional;
  engine.checkConditional = (data, item) => {
    const failure = check(data, item);
    if (failure?.body && item && data.ReturnValuesOnConditionCheckFailure === 'ALL_OLD') failure.body.Item = item;
    return failure;
  };
}
