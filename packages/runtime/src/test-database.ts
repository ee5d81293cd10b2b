import type { Server, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { CreateTableCommand, type CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { listenAsAws } from './listen-as-aws.ts';

/** A DynamoDB with tables of a test's own, for real SDK requests. */
export type TestDatabase = {
  client: DynamoDBClient;
  /** Performs the next request and then hangs up instead of answering it. */
  loseNextAnswer(): void;
  close(): Promise<void>;
};

type Failure = { body?: Record<string, unknown> } | null | undefined;
type ConditionalData = { ReturnValuesOnConditionCheckFailure?: string };
type Engine = { checkConditional(data: ConditionalData, item: unknown): Failure };

const require = createRequire(import.meta.url);

/** Starts it with tables of these definitions, paid per request, and sets the environment that SDK clients read. */
export async function startTestDatabase(...tables: readonly Omit<CreateTableCommandInput, 'BillingMode'>[]): Promise<TestDatabase> {
  teachToReturnOldItem();
  const server = (require('dynalite') as (options: object) => Server)({ createTableMs: 0, deleteTableMs: 0 });
  const { close } = await listenAsAws(server);
  const client = new DynamoDBClient({});
  for (const table of tables) await client.send(new CreateTableCommand({ ...table, BillingMode: 'PAY_PER_REQUEST' }));
  return {
    client,
    loseNextAnswer() {
      server.prependOnceListener('request', (_request, response: ServerResponse) => {
        response.end = () => response.destroy();
      });
    },
    close() {
      client.destroy();
      return close();
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
