import { type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { createTableClient, writeIf } from './health-table.ts';

const KEPT_SECONDS = 2 * 24 * 60 * 60;

type Options = { tableName: string; probesPerHour: number; now?: () => number; client?: DynamoDBClient };

/** Takes one probe out of an hour's, in an item of the health table; false when they are used up. */
export function createProbeBudget({
  tableName,
  probesPerHour,
  now = Date.now,
  client = createTableClient(),
}: Options): () => Promise<boolean> {
  return () => {
    const hour = new Date(now()).toISOString().slice(0, 13);
    const update = new UpdateItemCommand({
      TableName: tableName,
      Key: { kind: { S: 'probe-budget' }, name: { S: hour } },
      UpdateExpression: 'SET expiresAt = :expires ADD probes :one',
      ConditionExpression: 'attribute_not_exists(probes) OR probes < :most',
      ExpressionAttributeValues: {
        ':one': { N: '1' },
        ':most': { N: String(probesPerHour) },
        ':expires': { N: String(Math.ceil(now() / 1_000) + KEPT_SECONDS) },
      },
    });
    return writeIf(tableName, client.send(update));
  };
}
