import type { Dynalite } from './dynalite.ts';

/** Which attribute of which table says when an item may go; dynalite does not keep it. */
export type TimeToLive = {
  attributeOf(table: string): string | undefined;
  set(table: string, attribute: string | undefined): Promise<void>;
  /** Deletes what has expired in every table now. */
  sweep(): Promise<void>;
  stop(): Promise<void>;
};

const PREFIX = 'signalbox-ttl~';
const PAGE_ITEMS = 200;
/** A sweep reads whole tables: at most a twentieth of the time goes there, however large they are. */
const REST_FACTOR = 20;

/** Keeps the tables' time-to-live settings and deletes expired items every `sweepMs`; AWS only promises "within a few days". */
export async function createTimeToLive({ dynalite, now, sweepMs, onError }: TimeToLiveOptions): Promise<TimeToLive> {
  const attributes = await load(dynalite);
  let running: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const sweep = async () => {
    for (const [table, attribute] of attributes) {
      if (!stopped) await sweepTable({ dynalite, table, attribute, nowSeconds: Math.floor(now() / 1000), isStopped: () => stopped });
    }
  };
  const schedule = (delayMs: number) => {
    if (stopped) return;
    timer = setTimeout(() => {
      const startedAt = performance.now();
      running = sweep()
        .catch(onError)
        .then(() => schedule(Math.max(sweepMs, (performance.now() - startedAt) * REST_FACTOR)));
    }, delayMs).unref();
  };
  schedule(sweepMs);
  return {
    attributeOf: (table) => attributes.get(table),
    async set(table, attribute) {
      if (attribute === undefined) attributes.delete(table);
      else attributes.set(table, attribute);
      await (attribute === undefined ? dynalite.database.del(PREFIX + table) : dynalite.database.put(PREFIX + table, attribute));
    },
    sweep,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}

export type TimeToLiveOptions = { dynalite: Dynalite; now: () => number; sweepMs: number; onError: (error: unknown) => void };

async function load(dynalite: Dynalite): Promise<Map<string, string>> {
  const attributes = new Map<string, string>();
  for await (const [key, value] of dynalite.database.iterator({ gte: PREFIX, lt: `${PREFIX}~` })) {
    attributes.set(key.slice(PREFIX.length), String(value));
  }
  return attributes;
}

type Sweep = { dynalite: Dynalite; table: string; attribute: string; nowSeconds: number; isStopped: () => boolean };

async function sweepTable({ dynalite, table, attribute, nowSeconds, isStopped }: Sweep): Promise<void> {
  const { Table } = (await dynalite.call('DescribeTable', { TableName: table })) as { Table: { KeySchema: { AttributeName: string }[] } };
  const keyNames = Table.KeySchema.map((key) => key.AttributeName);
  // An item without the attribute, or with another type of it, never matches: it stays for ever, as on AWS.
  const expired = { '#ttl': attribute };
  const values = { ':now': { N: String(nowSeconds) } };
  let startKey: unknown;
  do {
    const page = (await dynalite.call('Scan', {
      TableName: table,
      Limit: PAGE_ITEMS,
      FilterExpression: '#ttl < :now',
      ExpressionAttributeNames: expired,
      ExpressionAttributeValues: values,
      ...(startKey ? { ExclusiveStartKey: startKey } : {}),
    })) as { Items: Record<string, unknown>[]; LastEvaluatedKey?: unknown };
    for (const item of page.Items) {
      await deleteExpired({ dynalite, table, key: Object.fromEntries(keyNames.map((name) => [name, item[name]])), expired, values });
    }
    startKey = page.LastEvaluatedKey;
  } while (startKey && !isStopped());
}

type Deletion = { dynalite: Dynalite; table: string; key: Record<string, unknown>; expired: Record<string, string>; values: object };

/** On condition that it is still expired: somebody may have extended it since it was read. */
async function deleteExpired({ dynalite, table, key, expired, values }: Deletion): Promise<void> {
  try {
    await dynalite.call('DeleteItem', {
      TableName: table,
      Key: key,
      ConditionExpression: '#ttl < :now',
      ExpressionAttributeNames: expired,
      ExpressionAttributeValues: values,
    });
  } catch (error) {
    const { code } = error as { code?: string };
    if (!code?.endsWith('ConditionalCheckFailedException')) throw error;
  }
}
