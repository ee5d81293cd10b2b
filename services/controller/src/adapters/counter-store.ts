import { type AttributeValue, type DynamoDBClient, paginateQuery, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { type Bucket, fromCounterItem, toCounterItem } from '../health/index.ts';
import type { CounterStore } from '../ports.ts';
import { createTableClient, reach } from './health-table.ts';

/** Beyond the quarter of an hour that is judged, for who looks into an incident. */
const KEPT_SECONDS = 3_600;

/** The table of counters: `target` and `bucketStart` are its key, everything else is added up. */
export function createCounterStore({
  tableName,
  client = createTableClient(),
}: {
  tableName: string;
  client?: DynamoDBClient;
}): CounterStore {
  /** Consistent: what was just counted is what is to be judged. */
  async function readOne(key: string, from: number): Promise<Bucket[]> {
    const buckets: Bucket[] = [];
    const pages = paginateQuery(
      { client },
      {
        TableName: tableName,
        ConsistentRead: true,
        KeyConditionExpression: 'target = :target AND bucketStart >= :from',
        ExpressionAttributeValues: { ':target': { S: key }, ':from': { N: String(from) } },
      },
    );
    for await (const { Items = [] } of pages) buckets.push(...Items.map(toBucket));
    return buckets;
  }

  return {
    async add({ key, bucketStart, counters }) {
      const counts = Object.entries(toCounterItem(counters));
      if (counts.length === 0) return;
      const update = new UpdateItemCommand({
        TableName: tableName,
        Key: { target: { S: key }, bucketStart: { N: String(bucketStart) } },
        UpdateExpression: `SET expiresAt = :expires ADD ${counts.map(([name]) => `#${name} :${name}`).join(', ')}`,
        ExpressionAttributeNames: Object.fromEntries(counts.map(([name]) => [`#${name}`, name])),
        ExpressionAttributeValues: {
          ':expires': { N: String(Math.ceil(bucketStart / 1_000) + KEPT_SECONDS) },
          ...Object.fromEntries(counts.map(([name, count]) => [`:${name}`, toAttribute(count)])),
        },
      });
      await reach(tableName, client.send(update));
    },

    async read(keys, from) {
      const read = keys.map(async (key) => [key, await reach(tableName, readOne(key, from))] as const);
      return new Map((await Promise.all(read)).filter(([, buckets]) => buckets.length > 0));
    },
  };
}

/** A number is added to what is there, a set is united with it. */
function toAttribute(count: number | ReadonlySet<number>): AttributeValue {
  return typeof count === 'number' ? { N: String(count) } : { NS: [...count].map(String) };
}

function toBucket(item: Record<string, AttributeValue>): Bucket {
  const { bucketStart, ...counts } = unmarshall(item);
  return { bucketStart: Number(bucketStart), counters: fromCounterItem(counts) };
}
