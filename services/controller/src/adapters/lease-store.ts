import { ConditionalCheckFailedException, type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { LeaseStore } from '../ports.ts';
import { createTableClient, reach, writeIf } from './health-table.ts';

const KEY = { kind: { S: 'lease' }, name: { S: 'judge' } };
/** A turn further ahead is none: whoever took it had a wrong clock. */
const FURTHEST_AHEAD_MS = 5_000;

const number = (value: number) => ({ N: String(value) });

/** Whose turn it is to judge: one item of the health table. */
export function createLeaseStore({ tableName, client = createTableClient() }: { tableName: string; client?: DynamoDBClient }): LeaseStore {
  async function takenAt(): Promise<number> {
    const { Item } = await reach(tableName, client.send(new GetItemCommand({ TableName: tableName, Key: KEY, ConsistentRead: true })));
    return Number(Item?.takenAt?.N ?? 0);
  }

  return {
    async take({ now, until }) {
      const update = new UpdateItemCommand({
        TableName: tableName,
        Key: KEY,
        UpdateExpression: 'SET takenAt = :now',
        ConditionExpression: 'attribute_not_exists(takenAt) OR takenAt <= :until OR takenAt > :ahead',
        ExpressionAttributeValues: { ':now': number(now), ':until': number(until), ':ahead': number(now + FURTHEST_AHEAD_MS) },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      try {
        await reach(tableName, client.send(update));
        return { kind: 'taken' };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        const held = error.Item?.takenAt?.N;
        return { kind: 'held', takenAt: held === undefined ? await takenAt() : Number(held) };
      }
    },

    async follow({ after, at }) {
      const update = new UpdateItemCommand({
        TableName: tableName,
        Key: KEY,
        UpdateExpression: 'SET takenAt = :at',
        ConditionExpression: 'takenAt = :after',
        ExpressionAttributeValues: { ':at': number(at), ':after': number(after) },
      });
      return (await writeIf(tableName, client.send(update))) ? 'taken' : 'lost';
    },
  };
}
