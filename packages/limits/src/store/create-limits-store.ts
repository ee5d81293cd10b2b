import { randomUUID } from 'node:crypto';
import { ConditionalCheckFailedException, DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { awsClientConfig, createLiveDocument, type LiveDocument } from '@signalbox/runtime';
import { UnavailableError } from '@signalbox/runtime/errors';
import type { LimitsStore, Versioned, Written } from '../ports.ts';
import type { TenantLimits } from '../tenant-limits.ts';
import { type DynamoItem, limitsKey, readLimitsItem, readStateItem, stateExpiry, stateKey } from './limits-items.ts';

const SOFT_AGE_MS = 5_000;
const HARD_AGE_MS = 30_000;
/** Tenants whose limits one process keeps in mind. */
const MOST_TENANTS = 1_000;

type StoreOptions = {
  tableName: string;
  /** Limits could not be read again; the last known stay in use. */
  onError: (error: unknown) => void;
  now?: () => number;
};

/** Limits in the DynamoDB table of the platform. What operators change is in force within seconds. */
export function createLimitsStore({ tableName, onError, now = Date.now }: StoreOptions): LimitsStore {
  const client = new DynamoDBClient(awsClientConfig({ requestTimeoutMs: 1_000, maxAttempts: 2 }));
  const documents = new Map<string, LiveDocument<TenantLimits | undefined>>();

  function documentOf(tenant: string): LiveDocument<TenantLimits | undefined> {
    let document = documents.get(tenant);
    if (!document) {
      const oldest = documents.keys().next().value;
      if (documents.size >= MOST_TENANTS && oldest !== undefined) documents.delete(oldest);
      document = openDocument(tenant);
      documents.set(tenant, document);
    }
    return document;
  }

  function openDocument(tenant: string): LiveDocument<TenantLimits | undefined> {
    let lastError: unknown;
    return createLiveDocument<TenantLimits | undefined>({
      load: async () => ({ kind: 'value', value: await readLimits(tenant) }),
      // Nobody knows what this tenant may spend: its requests wait until somebody does.
      initial: () => {
        throw unavailable(lastError);
      },
      softAgeMs: SOFT_AGE_MS,
      hardAgeMs: HARD_AGE_MS,
      now,
      onError: (error) => {
        lastError = error;
        onError(error);
      },
    });
  }

  async function readLimits(tenant: string): Promise<TenantLimits | undefined> {
    const { Item } = await client.send(new GetItemCommand({ TableName: tableName, Key: limitsKey(tenant) }));
    return Item ? readLimitsItem(Item as DynamoItem) : undefined;
  }

  return {
    limitsOf: (tenant) => documentOf(tenant).get(),
    async read(tenant) {
      const command = new GetItemCommand({ TableName: tableName, Key: stateKey(tenant), ConsistentRead: true });
      const { Item } = await client.send(command).catch((error: unknown) => {
        throw unavailable(error);
      });
      return readStateItem(Item as DynamoItem | undefined);
    },
    async write(tenant, change) {
      const mark = randomUUID();
      try {
        await client.send(new UpdateItemCommand({ TableName: tableName, ...updateOf(tenant, change, { mark, now: now() }) }));
        return { kind: 'written' };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw unavailable(error);
        return writtenBy(mark, error.Item as DynamoItem | undefined);
      }
    },
  };
}

function updateOf(tenant: string, { state, seq }: Versioned, { mark, now }: { mark: string; now: number }) {
  return {
    Key: stateKey(tenant),
    UpdateExpression: 'SET #value = :value, seq = :seq, mark = :mark, expiresAt = :expiresAt',
    ConditionExpression: seq === 1 ? 'attribute_not_exists(pk)' : 'seq = :before',
    ExpressionAttributeNames: { '#value': 'value' },
    ExpressionAttributeValues: {
      ':value': { S: JSON.stringify(state) },
      ':seq': { N: String(seq) },
      ':mark': { S: mark },
      ':expiresAt': stateExpiry(now),
      ...(seq === 1 ? {} : { ':before': { N: String(seq - 1) } }),
    },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
}

/** The SDK repeats a write whose answer was lost: then the mark in the way is its own. */
function writtenBy(mark: string, item: DynamoItem | undefined): Written {
  return item?.mark?.S === mark ? { kind: 'written' } : { kind: 'overtaken', ...readStateItem(item) };
}

function unavailable(cause: unknown): UnavailableError {
  return new UnavailableError({
    message: `The limits table could not be reached (${cause instanceof Error ? cause.name : 'no answer in time'}).`,
    cause,
  });
}
