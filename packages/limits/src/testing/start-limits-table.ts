import type { Server, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';

type Attributes = Record<string, { S: string } | { N: string }>;

/** A DynamoDB with the limits table of the platform's template, for tests that send real SDK requests. */
export type LimitsTable = {
  tableName: string;
  put(item: Attributes): Promise<void>;
  get(key: { pk: { S: string }; sk: { S: string } }): Promise<Record<string, { S?: string; N?: string }> | undefined>;
  /** Performs the next request and then hangs up instead of answering it. */
  loseNextAnswer(): void;
  close(): Promise<void>;
};

type Failure = { body?: Record<string, unknown> } | null | undefined;
type ConditionalData = { ReturnValuesOnConditionCheckFailure?: string };
type Engine = { checkConditional(data: ConditionalData, item: unknown): Failure };

const require = createRequire(import.meta.url);
const TABLE = 'limits';

/** Starts it and sets the environment that SDK clients read. */
export async function startLimitsTable(): Promise<LimitsTable> {
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
  await client.send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );
  return {
    tableName: TABLE,
    async put(Item) {
      await client.send(new PutItemCommand({ TableName: TABLE, Item }));
    },
    async get(Key) {
      return (await client.send(new GetItemCommand({ TableName: TABLE, Key }))).Item as
        | Record<string, { S?: string; N?: string }>
        | undefined;
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
