import { type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { RoutingOverlay } from '@signalbox/contracts';
import type { OverlayStore } from '../ports.ts';
import { createTableClient, reach, writeIf } from './health-table.ts';

/** The item that every process reads: the layout of Powertools' DynamoDBProvider, `id` and `value`, with the sequence beside it. */
const KEY = { id: { S: 'overlay#0' } };

/** The routing overlay. The platform owns its table; the controller is its only writer. */
export function createOverlayStore({
  tableName,
  client = createTableClient(),
}: {
  tableName: string;
  client?: DynamoDBClient;
}): OverlayStore {
  return {
    async read() {
      const { Item } = await reach(tableName, client.send(new GetItemCommand({ TableName: tableName, Key: KEY, ConsistentRead: true })));
      if (!Item) return undefined;
      const overlay = parseOverlay(Item.value?.S);
      return { seq: Number(Item.seq?.N ?? overlay?.seq ?? 0), fleetVersion: Number(Item.fleetVersion?.N ?? 0), overlay };
    },

    async write({ overlay, fleetVersion }, previousSeq) {
      const isFirst = previousSeq === undefined;
      const update = new UpdateItemCommand({
        TableName: tableName,
        Key: KEY,
        UpdateExpression: 'SET #value = :value, seq = :seq, fleetVersion = :fleetVersion',
        // An item that was written by hand may lack its sequence: nobody could have read it in another state than this.
        ConditionExpression: isFirst ? 'attribute_not_exists(seq)' : 'seq = :previous OR attribute_not_exists(seq)',
        ExpressionAttributeNames: { '#value': 'value' },
        ExpressionAttributeValues: {
          ':value': { S: JSON.stringify(overlay) },
          ':seq': { N: String(overlay.seq) },
          ':fleetVersion': { N: String(fleetVersion) },
          ...(!isFirst && { ':previous': { N: String(previousSeq) } }),
        },
      });
      return (await writeIf(tableName, client.send(update))) ? 'written' : 'conflict';
    },
  };
}

/** Undefined for what is no overlay: it is replaced. */
function parseOverlay(text: string | undefined): RoutingOverlay | undefined {
  try {
    return RoutingOverlay.parse(JSON.parse(text ?? ''));
  } catch {
    return undefined;
  }
}
