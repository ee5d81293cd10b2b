import {
  type AttributeValue,
  type DynamoDBClient,
  paginateQuery,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
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
      const expiresAt = String(Math.ceil(bucketStart / 1_000) + KEPT_SECONDS);
      const update = new UpdateItemCommand({
        TableName: tableName,
        Key: { target: { S: key }, bucketStart: { N: String(bucketStart) } },
        ...toAdditions(counts, { ':expires': { N: expiresAt } }),
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

type Additions = Pick<UpdateItemCommandInput, 'UpdateExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'>;

/** In one pass, and with words that are made once: half of the consumer's time went into this. */
function toAdditions(
  counts: readonly (readonly [string, number | ReadonlySet<number>])[],
  values: Record<string, AttributeValue>,
): Additions {
  const names: Record<string, string> = {};
  let expression = 'SET expiresAt = :expires ADD ';
  for (const [index, [name, count]] of counts.entries()) {
    const { alias, value, separated, addition } = wordsOf(name);
    names[alias] = name;
    values[value] = toAttribute(count);
    expression += index === 0 ? addition : separated;
  }
  return { UpdateExpression: expression, ExpressionAttributeNames: names, ExpressionAttributeValues: values };
}

type Words = { alias: string; value: string; addition: string; separated: string };
/** Of the names of counts, which are some hundred and always the same. */
const wordsByName = new Map<string, Words>();

function wordsOf(name: string): Words {
  const known = wordsByName.get(name);
  if (known) return known;
  const addition = `#${name} :${name}`;
  const words = { alias: `#${name}`, value: `:${name}`, addition, separated: `, ${addition}` };
  wordsByName.set(name, words);
  return words;
}
