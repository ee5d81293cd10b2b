import { QueryCommand, type UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { type InferenceRecord, isTerminal } from '@signalbox/contracts';
import { endUpdate } from './end-update.ts';
import { type InferenceItem, inferenceKey } from './inference-item.ts';
import {
  expiry,
  IS_OPEN,
  keyOf,
  OPEN_STATUSES,
  openInferencesTable,
  rethrowUnavailable,
  SHARDS,
  shardOf,
  vanished,
} from './inferences-table.ts';
import type { AcceptRequest } from './intake-store.ts';
import { listedUpdate } from './listed-by-day.ts';
import { payloadUpdate } from './payload-update.ts';

/** Who asks to run a request. */
export type ClaimRequest = AcceptRequest & {
  /** Id of the message that first carried the request; parked copies keep it. */
  origin: string;
  /** Id of this message, the first or a parked copy. */
  messageId: string;
  /** Times it was parked: an older copy of the same message cannot claim after a newer one did. */
  deferrals: number;
  /** Fresh for each claim; only its holder can finish. */
  fence: string;
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
  /**
   * Ends a request whose message is dead. Undefined: it is not this message's to end. What the gateway accepted and nobody claimed is its own
   * when `hash`, of the message's body, is the one that was accepted.
   */
  finishDead(ending: { origin: string; record: InferenceRecord; hash?: string }): Promise<InferenceItem | undefined>;
  /** Notes a refused message under its id, unless the id is taken; what the gateway accepted with the same `hash` ends by it. */
  reject(record: InferenceRecord, accepted?: { hash: string }): Promise<void>;
  get(tenant: string, id: string): Promise<InferenceItem | undefined>;
  /** Keys of open requests whose deadline passed, and of swept ones whose event may not have gone out. */
  findOverdue(now: number, limit: number): Promise<string[]>;
  getByKey(key: string): Promise<InferenceItem | undefined>;
  /** Ends an overdue request, unless somebody ended it meanwhile; it stays in the index until `closeSwept`. */
  expire(record: InferenceRecord): Promise<InferenceItem | undefined>;
  closeSwept(key: string): Promise<void>;
};

const INDEX = 'open-by-deadline';

/** The inferences table: every state change is one conditional write. Rejects when the table cannot be reached. */
export function createInferenceStore({ tableName, now = Date.now }: { tableName: string; now?: () => number }): InferenceStore {
  const { client, updateIf, getByKey, closeSwept } = openInferencesTable(tableName);

  return {
    getByKey,
    closeSwept,
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

    async finishDead({ origin, record, hash }) {
      const unowned = hash === undefined ? '' : ` OR ${IS_OPEN} AND attribute_not_exists(#owner) AND #hash = :hash`;
      const end = endUpdate(record, now());
      const standing = await updateIf({
        ...keyOf(record),
        ConditionExpression: `attribute_not_exists(pk) OR ${IS_OPEN} AND #owner = :owner${unowned}`,
        UpdateExpression: `${end.set}, #owner = :owner REMOVE #open, fence`,
        ExpressionAttributeNames: { ...end.names, '#open': 'open', '#owner': 'owner', ...(hash === undefined ? {} : HASH_NAME) },
        ExpressionAttributeValues: { ...end.values, ...OPEN_STATUSES, ':owner': { S: origin }, ...hashValue(hash) },
      });
      if (standing === 'updated') return getByKey(inferenceKey(record.tenant, record.id));
      if (standing === 'missing') throw vanished(inferenceKey(record.tenant, record.id));
      return isTerminal(standing.status) && standing.owner === origin ? standing : undefined;
    },

    async reject(record, accepted) {
      const { ':running': _running, ...waiting } = OPEN_STATUSES;
      const end = endUpdate(record, now());
      await updateIf({
        ...keyOf(record),
        ConditionExpression: `attribute_not_exists(pk) OR #status = :rejected${accepted ? ' OR #status IN (:accepting, :accepted) AND #hash = :hash' : ''}`,
        UpdateExpression: `${end.set}, #owner = :owner REMOVE #open`,
        ExpressionAttributeNames: { ...end.names, '#open': 'open', '#owner': 'owner', ...(accepted ? HASH_NAME : {}) },
        ExpressionAttributeValues: {
          ...end.values,
          ':rejected': { S: 'rejected' },
          ':owner': { S: record.messageId },
          ...(accepted ? { ...waiting, ...hashValue(accepted.hash) } : {}),
        },
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
      const end = endUpdate(record, now());
      const standing = await updateIf({
        ...keyOf(record),
        // With the status no longer running, whoever still runs it cannot finish it any more; without the fence, it is told so.
        ConditionExpression: `${IS_OPEN} AND deadline < :now`,
        UpdateExpression: `${end.set} REMOVE fence`,
        ExpressionAttributeNames: end.names,
        ExpressionAttributeValues: { ...end.values, ...OPEN_STATUSES, ':now': { N: String(now()) } },
      });
      if (standing === 'missing') return undefined;
      if (standing !== 'updated') return standing;
      return getByKey(inferenceKey(record.tenant, record.id));
    },
  };
}

const HASH_NAME = { '#hash': 'hash' };

function hashValue(hash: string | undefined) {
  return hash === undefined ? {} : { ':hash': { S: hash } };
}

/**
 * A claim succeeds for a new id, for one that the gateway accepted with this body, and for the owning message coming again: a takeover
 * by a fresh fence, without a lease clock. Of two parked copies (a crash between re-send and delete leaves two) the newer one wins, and of
 * two equally new ones the first to come, so that a request never waits twice. A rejected message was never accepted, so its id is free.
 * The condition has no brackets (AND binds tighter than OR): the parser of the embedded table takes 16 times as long with them.
 */
function claimUpdate(request: ClaimRequest): Omit<UpdateItemCommandInput, 'TableName'> {
  const listed = listedUpdate({ ...request, isNew: false });
  const payload = payloadUpdate(request);
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
      'acceptedAt = if_not_exists(acceptedAt, :acceptedAt), route = :route, priority = :priority, labels = :labels, expiresAt = :expires' +
      `${listed.set}${payload.set} REMOVE #record${listed.remove}${payload.remove}`,
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
      ...listed.values,
      ...payload.values,
    },
  };
}

function judgeStanding(standing: InferenceItem, request: ClaimRequest): Claim {
  // What the sweeper ended before its first message came has no owner: any message that carries it may tell of it, and reply.
  const isOrphan = standing.owner === undefined && standing.hash === request.hash && isTerminal(standing.status);
  const isOwner = standing.owner === request.origin || isOrphan;
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
  const end = endUpdate(record, now);
  const outputs = !output ? {} : 'json' in output ? { output: { S: output.json } } : { outputKey: { S: output.key } };
  const [name, value] = Object.entries(outputs)[0] ?? [];
  return {
    ...keyOf(record),
    ConditionExpression: 'fence = :fence AND #status = :running',
    UpdateExpression: `${end.set}${name ? ', #output = :output' : ''} REMOVE #open`,
    ExpressionAttributeNames: { ...end.names, '#open': 'open', ...(name ? { '#output': name } : {}) },
    ExpressionAttributeValues: {
      ...end.values,
      ':fence': { S: fence },
      ':running': { S: 'running' },
      ...(value ? { ':output': value } : {}),
    },
  };
}
