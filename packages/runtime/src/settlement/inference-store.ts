import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { type InferenceRecord, isTerminal, type Priority } from '@signalbox/contracts';
import { awsClientConfig } from '../aws-http.ts';
import { UnavailableError } from '../errors.ts';
import { type DynamoItem, type InferenceItem, inferenceKey, readInferenceItem } from './inference-item.ts';

/** Who asks to run a request. */
export type ClaimRequest = {
  tenant: string;
  id: string;
  /** Id of the message that first carried the request; parked copies keep it. */
  origin: string;
  /** Id of this message, the first or a parked copy. */
  messageId: string;
  /** Times it was parked: an older copy of the same message cannot claim after a newer one did. */
  deferrals: number;
  hash: string;
  /** Fresh for each claim; only its holder can finish. */
  fence: string;
  /** Milliseconds since the epoch. */
  deadline: number;
  acceptedAt: number;
  route: string;
  priority: Priority;
  labels?: Record<string, string>;
};

export type Claim =
  | { kind: 'claimed' }
  /** This message's own request ended before: its event and reply may not have gone out. */
  | { kind: 'finished'; item: InferenceItem }
  /** Another message has it, or a newer copy of this one. */
  | { kind: 'duplicate' }
  /** The id is taken by another body. */
  | { kind: 'id-reused' };

/** The answer's JSON, or the S3 key where it was put. */
export type StoredOutput = { json: string } | { key: string };

export type InferenceStore = {
  claim(request: ClaimRequest): Promise<Claim>;
  /** Ends a claimed request. `superseded`: another claim took it over; whoever holds that ends it. */
  finish(ending: { fence: string; record: InferenceRecord; output?: StoredOutput }): Promise<'finished' | 'superseded'>;
  /** Ends a request whose message is dead. Undefined: it is not this message's to end. */
  finishDead(ending: { origin: string; record: InferenceRecord }): Promise<InferenceItem | undefined>;
  /** Notes a refused message under its id, unless the id is taken. */
  reject(record: InferenceRecord): Promise<void>;
  get(tenant: string, id: string): Promise<InferenceItem | undefined>;
  /** Keys of open requests whose deadline passed, and of swept ones whose event may not have gone out. */
  findOverdue(now: number, limit: number): Promise<string[]>;
  getByKey(key: string): Promise<InferenceItem | undefined>;
  /** Ends an overdue request, unless somebody ended it meanwhile; it stays in the index until `closeSwept`. */
  expire(record: InferenceRecord): Promise<InferenceItem | undefined>;
  closeSwept(key: string): Promise<void>;
};

const KEPT_SECONDS = 30 * 24 * 60 * 60;
/** Partitions of the deadline index, so that it is not one hot partition. */
const SHARDS = 8;
const INDEX = 'open-by-deadline';

/** The inferences table: every state change is one conditional write. Rejects when the table cannot be reached. */
export function createInferenceStore({ tableName, now = Date.now }: { tableName: string; now?: () => number }): InferenceStore {
  const client = new DynamoDBClient(awsClientConfig({ requestTimeoutMs: 2_000, maxAttempts: 3 }));

  /** The update, or the item as it stands when the condition did not hold; `missing` when there is none. */
  async function updateIf(input: Omit<UpdateItemCommandInput, 'TableName'>): Promise<InferenceItem | 'updated' | 'missing'> {
    try {
      await client.send(new UpdateItemCommand({ TableName: tableName, ReturnValuesOnConditionCheckFailure: 'ALL_OLD', ...input }));
      return 'updated';
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw unavailable(error);
      return error.Item ? readInferenceItem(error.Item as DynamoItem) : 'missing';
    }
  }

  async function getByKey(key: string): Promise<InferenceItem | undefined> {
    const { Item } = await client
      .send(new GetItemCommand({ TableName: tableName, Key: { pk: { S: key } }, ConsistentRead: true }))
      .catch(rethrowUnavailable);
    return Item ? readInferenceItem(Item as DynamoItem) : undefined;
  }

  return {
    getByKey,
    get: (tenant, id) => getByKey(inferenceKey(tenant, id)),

    async claim(request) {
      const standing = await updateIf(claimUpdate(request));
      if (standing === 'updated') return { kind: 'claimed' };
      // A missing item fulfils the condition: it was there, and was deleted before the answer.
      if (standing === 'missing') throw vanished(inferenceKey(request.tenant, request.id));
      return judgeStanding(standing, request);
    },

    async finish({ fence, record, output }) {
      const standing = await updateIf(finishUpdate({ fence, record, now: now(), ...(output ? { output } : {}) }));
      if (standing === 'updated') return 'finished';
      if (standing === 'missing') throw vanished(inferenceKey(record.tenant, record.id));
      // Our own write may have succeeded although its answer was lost, and the retry then met its own result.
      return standing.fence === fence && isTerminal(standing.status) ? 'finished' : 'superseded';
    },

    async finishDead({ origin, record }) {
      const standing = await updateIf({
        ...keyOf(record),
        ConditionExpression:
          'attribute_not_exists(pk) OR #status IN (:accepting, :accepted, :running) AND attribute_not_exists(#owner)' +
          ' OR #status IN (:accepting, :accepted, :running) AND #owner = :owner',
        UpdateExpression: `${END_EXPRESSION}, #owner = :owner REMOVE #open, fence`,
        ExpressionAttributeNames: { ...END_NAMES, '#open': 'open', '#owner': 'owner' },
        ExpressionAttributeValues: { ...endValues(record, now()), ...OPEN_STATUSES, ':owner': { S: origin } },
      });
      if (standing === 'updated') return getByKey(inferenceKey(record.tenant, record.id));
      if (standing === 'missing') throw vanished(inferenceKey(record.tenant, record.id));
      return isTerminal(standing.status) && standing.owner === origin ? standing : undefined;
    },

    async reject(record) {
      await updateIf({
        ...keyOf(record),
        ConditionExpression: 'attribute_not_exists(pk) OR #status = :rejected',
        UpdateExpression: `${END_EXPRESSION}, #owner = :owner`,
        ExpressionAttributeNames: { ...END_NAMES, '#owner': 'owner' },
        ExpressionAttributeValues: { ...endValues(record, now()), ':rejected': { S: 'rejected' }, ':owner': { S: record.messageId } },
      });
    },

    async findOverdue(at, limit) {
      const pages = await Promise.all(
        Array.from({ length: SHARDS }, (_, shard) =>
          client.send(
            new QueryCommand({
              TableName: tableName,
              IndexName: INDEX,
              KeyConditionExpression: '#open = :shard AND deadline < :now',
              ExpressionAttributeNames: { '#open': 'open' },
              ExpressionAttributeValues: { ':shard': { S: String(shard) }, ':now': { N: String(at) } },
              Limit: Math.ceil(limit / SHARDS),
            }),
          ),
        ),
      ).catch(rethrowUnavailable);
      return pages.flatMap((page) => (page.Items ?? []).map((item) => item.pk?.S ?? '')).filter(Boolean);
    },

    async expire(record) {
      const standing = await updateIf({
        ...keyOf(record),
        // With the status no longer running, whoever still runs it cannot finish it any more; without the fence, it is told so.
        ConditionExpression: '#status IN (:accepting, :accepted, :running) AND deadline < :now',
        UpdateExpression: `${END_EXPRESSION} REMOVE fence`,
        ExpressionAttributeNames: END_NAMES,
        ExpressionAttributeValues: { ...endValues(record, now()), ...OPEN_STATUSES, ':now': { N: String(now()) } },
      });
      if (standing === 'missing') return undefined;
      if (standing !== 'updated') return standing;
      return getByKey(inferenceKey(record.tenant, record.id));
    },

    async closeSwept(key) {
      await updateIf({
        Key: { pk: { S: key } },
        // An update of a missing item would create one without a status.
        ConditionExpression: 'attribute_exists(pk)',
        UpdateExpression: 'REMOVE #open',
        ExpressionAttributeNames: { '#open': 'open' },
      });
    },
  };
}

function unavailable(error: unknown): UnavailableError {
  return new UnavailableError({
    message: `The inferences table could not be reached (${error instanceof Error ? error.name : typeof error}).`,
    cause: error,
  });
}

function vanished(key: string): UnavailableError {
  return new UnavailableError({ message: `Inference ${key} was deleted while it was being written; its message comes again.` });
}

function rethrowUnavailable(error: unknown): never {
  throw unavailable(error);
}

const OPEN_STATUSES = { ':accepting': { S: 'accepting' }, ':accepted': { S: 'accepted' }, ':running': { S: 'running' } };
const END_EXPRESSION = 'SET #status = :status, #record = :record, expiresAt = :expires';
const END_NAMES = { '#status': 'status', '#record': 'record' };

function endValues(record: InferenceRecord, now: number) {
  return { ':status': { S: record.status }, ':record': { S: JSON.stringify(record) }, ':expires': expiry(now) };
}

function keyOf({ tenant, id }: { tenant: string; id: string }) {
  return { Key: { pk: { S: inferenceKey(tenant, id) } } };
}

function expiry(from: number) {
  return { N: String(Math.ceil(from / 1000) + KEPT_SECONDS) };
}

/**
 * A claim succeeds for a new id, for one that the gateway accepted with this body, and for the owning message coming again: a takeover
 * by a fresh fence, without a lease clock. Of two parked copies (a crash between re-send and delete leaves two) the newer one wins, and of
 * two equally new ones the first to come, so that a request never waits twice. A rejected message was never accepted, so its id is free.
 * The condition has no brackets (AND binds tighter than OR): the parser of the embedded table takes 16 times as long with them.
 */
function claimUpdate(request: ClaimRequest): Omit<UpdateItemCommandInput, 'TableName'> {
  return {
    ...keyOf(request),
    ConditionExpression: [
      'attribute_not_exists(pk)',
      '#status = :rejected',
      '#status IN (:accepting, :accepted) AND #hash = :hash',
      '#status = :running AND #owner = :owner AND deferrals < :deferrals',
      '#status = :running AND #owner = :owner AND deferrals = :deferrals AND messageId = :messageId',
    ].join(' OR '),
    UpdateExpression:
      'SET #status = :running, #owner = :owner, fence = :fence, #hash = :hash, deferrals = :deferrals, messageId = :messageId, deadline = :deadline, #open = :shard, ' +
      'acceptedAt = if_not_exists(acceptedAt, :acceptedAt), route = :route, priority = :priority, labels = :labels, expiresAt = :expires REMOVE #record',
    ExpressionAttributeNames: { '#status': 'status', '#owner': 'owner', '#hash': 'hash', '#open': 'open', '#record': 'record' },
    ExpressionAttributeValues: {
      ':running': { S: 'running' },
      ':rejected': { S: 'rejected' },
      ':accepting': { S: 'accepting' },
      ':accepted': { S: 'accepted' },
      ':owner': { S: request.origin },
      ':fence': { S: request.fence },
      ':hash': { S: request.hash },
      ':deferrals': { N: String(request.deferrals) },
      ':messageId': { S: request.messageId },
      ':deadline': { N: String(request.deadline) },
      ':shard': { S: String(shardOf(inferenceKey(request.tenant, request.id))) },
      ':acceptedAt': { N: String(request.acceptedAt) },
      ':route': { S: request.route },
      ':priority': { S: request.priority },
      ':labels': { S: JSON.stringify(request.labels ?? {}) },
      ':expires': expiry(request.deadline),
    },
  };
}

function judgeStanding(standing: InferenceItem, request: ClaimRequest): Claim {
  const isOwner = standing.owner === request.origin;
  if (isOwner && isTerminal(standing.status)) return { kind: 'finished', item: standing };
  if (isOwner || standing.hash === request.hash) return { kind: 'duplicate' };
  return { kind: 'id-reused' };
}

function finishUpdate({
  fence,
  record,
  output,
  now,
}: {
  fence: string;
  record: InferenceRecord;
  output?: StoredOutput;
  now: number;
}): Omit<UpdateItemCommandInput, 'TableName'> {
  const outputs = !output ? {} : 'json' in output ? { output: { S: output.json } } : { outputKey: { S: output.key } };
  const [name, value] = Object.entries(outputs)[0] ?? [];
  return {
    ...keyOf(record),
    ConditionExpression: 'fence = :fence AND #status = :running',
    UpdateExpression: `${END_EXPRESSION}${name ? ', #output = :output' : ''} REMOVE #open`,
    ExpressionAttributeNames: { ...END_NAMES, '#open': 'open', ...(name ? { '#output': name } : {}) },
    ExpressionAttributeValues: {
      ...endValues(record, now),
      ':fence': { S: fence },
      ':running': { S: 'running' },
      ...(value ? { ':output': value } : {}),
    },
  };
}

/** FNV-1a of the key, modulo the shards. */
function shardOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  return (hash >>> 0) % SHARDS;
}
