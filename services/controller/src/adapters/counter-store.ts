import {
  type AttributeValue,
  type DynamoDBClient,
  paginateQuery,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { type Bucket, type Counters, eachCount, fromCounterItem } from '../health/index.ts';
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
      const additions = toAdditions(counters, String(Math.ceil(bucketStart / 1_000) + KEPT_SECONDS));
      if (!additions) return;
      const update = new UpdateItemCommand({
        TableName: tableName,
        Key: { target: { S: key }, bucketStart: { N: String(bucketStart) } },
        ...additions,
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

type Additions = Pick<UpdateItemCommandInput, 'UpdateExpression' | 'ExpressionAttributeValues'>;

/**
 * The update that adds the counts; undefined when there are none. In one pass, without aliases, as no name of a count is a reserved word of
 * DynamoDB, and with words that are made once: half of the consumer's time went into this.
 */
function toAdditions(counters: Counters, expiresAt: string): Additions | undefined {
  // Without a prototype, as a dictionary from the start: each update has other names, and V8 would make a shape for each.
  const values: Record<string, AttributeValue> = Object.create(null);
  values[':expires'] = { N: expiresAt };
  let additions = '';
  eachCount(counters, (name, count) => {
    const { value, addition, separated } = wordsOf(name);
    values[value] = toAttribute(count);
    additions += additions === '' ? addition : separated;
  });
  if (additions === '') return undefined;
  return { UpdateExpression: `SET expiresAt = :expires ADD ${additions}`, ExpressionAttributeValues: values };
}

type Words = { value: string; addition: string; separated: string };
/** Of the names of counts, which are some hundred and always the same. */
const wordsByName = new Map<string, Words>();

function wordsOf(name: string): Words {
  const known = wordsByName.get(name);
  if (known) return known;
  const addition = `${name} :${name}`;
  const words = { value: `:${name}`, addition, separated: `, ${addition}` };
  wordsByName.set(name, words);
  return words;
}
