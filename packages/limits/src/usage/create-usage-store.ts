import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { awsClientConfig } from '@signalbox/runtime';
import { type AddUsage, OTHER_VALUES } from './create-usage-meter.ts';
import { addUsage, NO_USAGE, toAttributes, type UsageCount } from './usage-count.ts';
import { usageExpiry, usageKey } from './usage-items.ts';

/** Adds to counters in the limits table of the platform. */
export function createUsageStore({ tableName, now = Date.now }: { tableName: string; now?: () => number }): AddUsage {
  // Adding twice counts twice: what was not answered is not repeated by the SDK, but by whoever knows that it was not counted.
  const client = new DynamoDBClient(awsClientConfig({ requestTimeoutMs: 2_000, maxAttempts: 1 }));
  const send = (added: Parameters<AddUsage>[0]) => client.send(new UpdateItemCommand({ TableName: tableName, ...updateOf(added, now()) }));
  return async (added) => {
    try {
      await send(added);
    } catch (error) {
      if (!isFull(error) || added.group.by !== 'label') throw error;
      await send({ ...added, counts: new Map([[OTHER_VALUES, [...added.counts.values()].reduce(addUsage, NO_USAGE)]]) });
    }
  };
}

function updateOf({ tenant, day, group, counts }: Parameters<AddUsage>[0], now: number) {
  const attributes = toAttributes(counts as ReadonlyMap<string, UsageCount>);
  return {
    Key: usageKey(tenant, day, group),
    UpdateExpression: `SET expiresAt = :expiresAt ADD ${attributes.map((_, index) => `#${index} :${index}`).join(', ')}`,
    ExpressionAttributeNames: Object.fromEntries(attributes.map(([name], index) => [`#${index}`, name])),
    ExpressionAttributeValues: {
      ':expiresAt': usageExpiry(now),
      ...Object.fromEntries(attributes.map(([, amount], index) => [`:${index}`, { N: String(amount) }])),
    },
  };
}

/** An item takes 400 KB. */
function isFull(error: unknown): boolean {
  return error instanceof Error && error.name === 'ValidationException' && /item size/i.test(error.message);
}
