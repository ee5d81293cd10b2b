import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  paginateScan,
} from '@aws-sdk/client-dynamodb';
import {
  type DynamoItem,
  fromAttributes,
  isLimitsItem,
  type LimitsState,
  limitsKey,
  readLimitsItem,
  readStateItem,
  readUsageKey,
  stateKey,
  type TenantLimits,
  type UsageCount,
  type UsageGroup,
} from '@signalbox/limits/operator';
import type { OpenTable } from '../installation/open-table.ts';

/** What one day's requests used, by route or by the values of a label. */
export type UsageSheet = { day: string; group: UsageGroup; counts: ReadonlyMap<string, UsageCount> };

/** The tenants of an installation that have limits, and what they all used. */
export type TenantStore = {
  find(tenant: string): Promise<TenantLimits | undefined>;
  list(): Promise<TenantLimits[]>;
  /** False when somebody else changed them since they were read. */
  save(limits: TenantLimits): Promise<boolean>;
  remove(tenant: string): Promise<void>;
  /** What is used and held now. */
  stateOf(tenant: string): Promise<LimitsState>;
  /** Days are UTC, `2026-09-21`, both included. */
  usageOf(tenant: string, days: { from: string; to: string }): Promise<UsageSheet[]>;
};

export function openTenantStore({ client, tableName: TableName }: OpenTable): TenantStore {
  async function get(Key: ReturnType<typeof limitsKey>): Promise<DynamoItem | undefined> {
    return (await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }))).Item as DynamoItem | undefined;
  }

  return {
    async find(tenant) {
      const item = await get(limitsKey(tenant));
      return item && readLimitsItem(item);
    },
    async list() {
      const found: TenantLimits[] = [];
      for await (const { Items = [] } of paginateScan({ client }, { TableName, ...ONLY_LIMITS })) {
        found.push(...Items.map((item) => item as DynamoItem).flatMap((item) => (isLimitsItem(item) ? readLimitsItem(item) : [])));
      }
      return found.sort((one, other) => one.tenant.localeCompare(other.tenant));
    },
    async save(limits) {
      const Item = { ...limitsKey(limits.tenant), value: { S: JSON.stringify(limits) }, seq: { N: String(limits.seq) } };
      const condition =
        limits.seq === 1
          ? { ConditionExpression: 'attribute_not_exists(pk)' }
          : { ConditionExpression: 'seq = :before', ExpressionAttributeValues: { ':before': { N: String(limits.seq - 1) } } };
      try {
        await client.send(new PutItemCommand({ TableName, Item, ...condition }));
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
    async remove(tenant) {
      await client.send(new DeleteItemCommand({ TableName, Key: limitsKey(tenant) }));
    },
    async stateOf(tenant) {
      return readStateItem(await get(stateKey(tenant))).state;
    },
    async usageOf(tenant, { from, to }) {
      const query = {
        TableName,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: { ':pk': { S: `usage#${tenant}` }, ':from': { S: `${from}#` }, ':to': { S: `${to}#~` } },
      };
      const sheets: UsageSheet[] = [];
      for await (const { Items = [] } of paginateQuery({ client }, query)) {
        sheets.push(...Items.flatMap((item) => toSheet(item as DynamoItem) ?? []));
      }
      return sheets;
    },
  };
}

const ONLY_LIMITS = { FilterExpression: 'begins_with(pk, :tenants)', ExpressionAttributeValues: { ':tenants': { S: 'tenant#' } } };

function toSheet(item: DynamoItem): UsageSheet | undefined {
  const known = readUsageKey(item.sk?.S ?? '');
  return known && { ...known, counts: fromAttributes(item) };
}
