import { type DynamoDBClient, paginateQuery, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { ManualHold } from '../health/index.ts';
import type { HoldStore } from '../ports.ts';
import { createTableClient, reach, writeIf } from './health-table.ts';

/** A hold that is over is kept so long, for who asks what happened. */
const KEPT_AFTER_SECONDS = 7 * 24 * 60 * 60;

type Options = { tableName: string; onProblem: (problem: string) => void; client?: DynamoDBClient };

/** The holds by hand, an item per target in the health table. One that cannot be read is told, and does not keep the fleet from being judged. */
export function createHoldStore({ tableName, onProblem, client = createTableClient() }: Options): HoldStore {
  async function readAll(): Promise<ManualHold[]> {
    const holds: ManualHold[] = [];
    const pages = paginateQuery(
      { client },
      {
        TableName: tableName,
        ConsistentRead: true,
        KeyConditionExpression: 'kind = :kind',
        ExpressionAttributeValues: { ':kind': { S: 'hold' } },
      },
    );
    for await (const { Items = [] } of pages) holds.push(...Items.flatMap((item) => readHold(unmarshall(item), onProblem)));
    return holds;
  }

  return {
    list: () => reach(tableName, readAll()),

    async put(hold, previous) {
      const { target, share, author, reason, since, until } = hold;
      const update = new UpdateItemCommand({
        TableName: tableName,
        Key: { kind: { S: 'hold' }, name: { S: target } },
        UpdateExpression: 'SET #share = :share, author = :author, reason = :reason, since = :since, #until = :until, expiresAt = :expires',
        ConditionExpression: previous ? 'since = :previous' : 'attribute_not_exists(since)',
        ExpressionAttributeNames: { '#share': 'share', '#until': 'until' },
        ExpressionAttributeValues: {
          ':share': { N: String(share) },
          ':author': { S: author },
          ':reason': { S: reason },
          ':since': { N: String(since) },
          ':until': { N: String(until) },
          ':expires': { N: String(Math.ceil(until / 1_000) + KEPT_AFTER_SECONDS) },
          ...(previous && { ':previous': { N: String(previous.since) } }),
        },
      });
      return (await writeIf(tableName, client.send(update))) ? 'written' : 'conflict';
    },
  };
}

function readHold({ name, ...item }: Record<string, unknown>, onProblem: (problem: string) => void): ManualHold[] {
  const hold = ManualHold.safeParse({ ...item, target: name });
  if (hold.success) return [hold.data];
  onProblem(
    `The hold of ${String(name)} cannot be read and is not in force. Delete the item (kind "hold", name "${String(name)}") and hold again.`,
  );
  return [];
}
