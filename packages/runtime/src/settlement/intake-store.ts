import type { Priority } from '@signalbox/contracts';
import { type InferenceItem, inferenceKey } from './inference-item.ts';
import { expiry, keyOf, openInferencesTable, shardOf, vanished } from './inferences-table.ts';
import { listedUpdate } from './listed-by-day.ts';
import { payloadUpdate } from './payload-update.ts';

/** A request that is to be accepted before its message is sent. */
export type AcceptRequest = {
  tenant: string;
  id: string;
  /** As `requestHash` makes it of the message's body: the worker that claims it must come to the same. */
  hash: string;
  /** Milliseconds since the epoch. */
  deadline: number;
  acceptedAt: number;
  route: string;
  priority: Priority;
  labels?: Record<string, string>;
  /** S3 key of its content, under the tenant's prefix, if it came by claim check. */
  payloadKey?: string;
};

export type Acceptance =
  /** Its record stands; its message is now to be sent. */
  | { kind: 'accepted' }
  /** It was accepted before, with this body. While it is `accepting`, its message may never have been sent. */
  | { kind: 'known'; item: InferenceItem }
  /** The id is taken by another body. */
  | { kind: 'id-reused' };

export type IntakeStore = {
  accept(request: AcceptRequest): Promise<Acceptance>;
  get(tenant: string, id: string): Promise<InferenceItem | undefined>;
};

/** The inferences table as the gateway writes it: one conditional write per request, in front of its message. */
export function createIntakeStore({ tableName }: { tableName: string }): IntakeStore {
  const { updateIf, getByKey } = openInferencesTable(tableName);
  return {
    get: (tenant, id) => getByKey(inferenceKey(tenant, id)),

    async accept(request) {
      const standing = await updateIf(acceptUpdate(request));
      if (standing === 'updated') return { kind: 'accepted' };
      // A missing item fulfils the condition: it was there, and was deleted before the answer.
      if (standing === 'missing') throw vanished(inferenceKey(request.tenant, request.id));
      return standing.hash === request.hash ? { kind: 'known', item: standing } : { kind: 'id-reused' };
    },
  };
}

/** A rejected message was never accepted, so its id is free; nothing of it stays. */
function acceptUpdate(request: AcceptRequest) {
  const listed = listedUpdate({ ...request, isNew: true });
  const payload = payloadUpdate(request);
  return {
    ...keyOf(request),
    ConditionExpression: 'attribute_not_exists(pk) OR #status = :rejected',
    UpdateExpression:
      'SET #status = :accepting, #hash = :hash, deadline = :deadline, #open = :shard, acceptedAt = :acceptedAt, route = :route, ' +
      'priority = :priority, labels = :labels, deferrals = :none, expiresAt = :expires' +
      `${listed.set}${payload.set} REMOVE #record, #owner, fence, messageId${listed.remove}${payload.remove}`,
    ExpressionAttributeNames: { '#status': 'status', '#hash': 'hash', '#open': 'open', '#record': 'record', '#owner': 'owner' },
    ExpressionAttributeValues: {
      ':accepting': { S: 'accepting' },
      ':rejected': { S: 'rejected' },
      ':hash': { S: request.hash },
      ':deadline': { N: String(request.deadline) },
      ':shard': { S: String(shardOf(inferenceKey(request.tenant, request.id))) },
      ':acceptedAt': { N: String(request.acceptedAt) },
      ':route': { S: request.route },
      ':priority': { S: request.priority },
      ':labels': { S: JSON.stringify(request.labels ?? {}) },
      ':none': { N: '0' },
      ':expires': expiry(request.deadline),
      ...listed.values,
      ...payload.values,
    },
  };
}
