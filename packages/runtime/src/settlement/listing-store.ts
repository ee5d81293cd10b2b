import { setTimeout as sleep } from 'node:timers/promises';
import { type AttributeValue, BatchGetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { InferenceStatus } from '@signalbox/contracts';
import { UnavailableError } from '../errors.ts';
import { type DynamoItem, type InferenceItem, inferenceKey, readInferenceItem } from './inference-item.ts';
import { openInferencesTable, rethrowUnavailable } from './inferences-table.ts';
import { LISTED_INDEX, listedKey } from './listed-by-day.ts';

/** What a list is narrowed to. The table narrows by the text of the labels: whoever reads the items looks again. */
export type ListFilter = { label?: { name: string; value: string }; statuses?: readonly InferenceStatus[] };
/** An item's place within its day. */
export type ListPlace = { id: string; acceptedAt: number };
export type DayQuery = { tenant: string; day: string; filter: ListFilter; limit: number; after?: ListPlace };

export type ListingStore = {
  /** One page of a tenant's listed inferences of a day, newest first; `next` while the day has more. A page may be empty. */
  queryDay(query: DayQuery): Promise<{ items: InferenceItem[]; next?: ListPlace }>;
  /** Those that there are, as they stand now, in no order; of at most 100 different ids. */
  getAll(tenant: string, ids: string[]): Promise<InferenceItem[]>;
};

/** Items that are looked at in one page while a filter drops most of them. */
const FILTERED_PAGE = 250;
const SHOWN = 'pk, #status, route, priority, labels, acceptedAt';
/** A call gives up to 16 MB, and an item has up to 400 KB: three calls, and as many again for a throttled table. */
const MAX_CALLS = 6;
const PAUSE_MS = 50;

/** The inferences table as lists read it. */
export function createListingStore({ tableName }: { tableName: string }): ListingStore {
  const { client } = openInferencesTable(tableName);
  return {
    async queryDay({ tenant, day, filter, limit, after }) {
      const narrowed = narrow(filter);
      const { Items = [], LastEvaluatedKey } = await client
        .send(
          new QueryCommand({
            TableName: tableName,
            IndexName: LISTED_INDEX,
            ScanIndexForward: false,
            KeyConditionExpression: 'listed = :listed',
            ExpressionAttributeValues: { ':listed': { S: listedKey(tenant, day) }, ...narrowed.values },
            Limit: narrowed.FilterExpression ? FILTERED_PAGE : limit,
            ...(narrowed.FilterExpression ? { FilterExpression: narrowed.FilterExpression } : {}),
            ...(narrowed.names ? { ExpressionAttributeNames: narrowed.names } : {}),
            ...(after ? { ExclusiveStartKey: startKey({ tenant, day, after }) } : {}),
          }),
        )
        .catch(rethrowUnavailable);
      return { items: Items.map((item) => readInferenceItem(item as DynamoItem)), ...nextOf(tenant, LastEvaluatedKey) };
    },

    async getAll(tenant, ids) {
      const found: DynamoItem[] = [];
      let keys = ids.map((id) => ({ pk: { S: inferenceKey(tenant, id) } }) as Record<string, AttributeValue>);
      for (let call = 0; keys.length > 0; call++) {
        if (call === MAX_CALLS)
          throw new UnavailableError({ message: `${keys.length} of ${ids.length} inferences could not be read now.` });
        if (call > 0) await sleep(PAUSE_MS * 2 ** call);
        const request = {
          Keys: keys,
          ConsistentRead: true,
          ProjectionExpression: SHOWN,
          ExpressionAttributeNames: { '#status': 'status' },
        };
        const reply = await client.send(new BatchGetItemCommand({ RequestItems: { [tableName]: request } })).catch(rethrowUnavailable);
        found.push(...((reply.Responses?.[tableName] ?? []) as DynamoItem[]));
        keys = reply.UnprocessedKeys?.[tableName]?.Keys ?? [];
      }
      return found.map(readInferenceItem);
    },
  };
}

function narrow({ label, statuses }: ListFilter) {
  // Labels are stored as JSON without spaces.
  const fragment = label && JSON.stringify({ [label.name]: label.value }).slice(1, -1);
  const byStatus = Object.fromEntries((statuses ?? []).map((status, index) => [`:status${index}`, { S: status }]));
  const filters = [
    ...(fragment === undefined ? [] : ['contains(labels, :label)']),
    ...(statuses ? [`#status IN (${Object.keys(byStatus).join(', ')})`] : []),
  ];
  return {
    FilterExpression: filters.join(' AND '),
    values: { ...(fragment === undefined ? {} : { ':label': { S: fragment } }), ...byStatus },
    names: statuses ? { '#status': 'status' } : undefined,
  };
}

function startKey({ tenant, day, after }: { tenant: string; day: string; after: ListPlace }): Record<string, AttributeValue> {
  return {
    pk: { S: inferenceKey(tenant, after.id) },
    listed: { S: listedKey(tenant, day) },
    acceptedAt: { N: String(after.acceptedAt) },
  };
}

function nextOf(tenant: string, last: Record<string, AttributeValue> | undefined): { next?: ListPlace } {
  if (!last) return {};
  return { next: { id: last.pk?.S?.slice(tenant.length + 1) ?? '', acceptedAt: Number(last.acceptedAt?.N) } };
}
