import { type ErrorDetail, type InferenceRecord, SCHEMA_VERSION } from '@signalbox/contracts';
import { type Answered, type AnswerResult, DEFAULT_ROUTE, type Ended, featuresOf } from '@signalbox/routing';
import type { LoadedTable } from '@signalbox/runtime';
import type { Choice } from './choose-route.ts';
import type { Delivery } from './delivery.ts';
import type { Lane, StashedEnding } from './ports.ts';
import type { ReadRequest, Refusal } from './read-request.ts';

type Context = { delivery: Delivery; lane: Lane; read: ReadRequest; loaded: LoadedTable; choice?: Choice | undefined; now: number };

/** The ending of a request that the model or the request itself decided. */
export function endedRecord(context: Context & { answer: Answered | Ended }): StashedEnding {
  const { answer } = context;
  if (answer.kind === 'ended') {
    return { record: { ...baseRecord(context), status: 'failed', reason: answer.reason, error: answer.error, ...spent(answer) } };
  }
  const outputJson = JSON.stringify(answer.output);
  const base = baseRecord(context);
  const record: InferenceRecord = {
    ...base,
    status: 'succeeded',
    stopReason: answer.stopReason,
    servedBy: answer.servedBy,
    ...(answer.degraded ? { degraded: answer.degraded } : {}),
    ...spent(answer),
    timing: { ...base.timing, ...(answer.firstTokenMs === undefined ? {} : { firstTokenMs: answer.firstTokenMs }) },
    outputBytes: Buffer.byteLength(outputJson),
  };
  return { record, outputJson };
}

/** The ending of a request whose deadline passed; what its last attempts spent is kept. */
export function expiredRecord(context: Context & { answer?: AnswerResult }): InferenceRecord {
  const error: ErrorDetail = {
    code: 'deadline_passed',
    message: 'No answer could be had before the deadline. Send it again with a later one if it is still wanted.',
  };
  return { ...baseRecord(context), status: 'expired', error };
}

/** A refused message, noted under its id. */
export function rejectedRecord({
  delivery,
  lane,
  refusal,
  id,
  tenant,
  now,
}: {
  delivery: Delivery;
  lane: Lane;
  refusal: Refusal;
  id: string;
  tenant: string;
  now: number;
}): InferenceRecord {
  return {
    ...unownedRecord({ delivery, lane, id, tenant, now, route: DEFAULT_ROUTE, deadline: now }),
    status: 'rejected',
    error: {
      code: refusal.reason,
      message: 'The message is not a request that can be taken; it lies in the rejected queue.',
      problems: refusal.problems.slice(0, 20),
    },
  };
}

/** A record of a request of which only its message is known. */
export function unownedRecord(about: {
  delivery: Delivery;
  lane: Pick<Lane, 'priority'>;
  id: string;
  tenant: string;
  now: number;
  route: string;
  deadline: number;
}): Omit<InferenceRecord, 'status'> {
  const { delivery, lane, id, tenant, now, route, deadline } = about;
  const waited = Math.max(0, now - delivery.acceptedAt);
  return {
    schemaVersion: SCHEMA_VERSION,
    id,
    tenant,
    route,
    priority: lane.priority,
    messageId: delivery.origin,
    deferrals: delivery.deferrals,
    timing: { queuedMs: waited, totalMs: waited },
    attempts: [],
    outputBytes: 0,
    deadline: new Date(deadline).toISOString(),
    finishedAt: new Date(now).toISOString(),
  };
}

function baseRecord({
  delivery,
  lane,
  read,
  loaded,
  choice,
  now,
  answer,
}: Context & { answer?: AnswerResult }): Omit<InferenceRecord, 'status'> {
  const { request } = read;
  const attempts = answer?.attempts ?? [];
  const startedAt = attempts[0]?.startedAt ?? now;
  return {
    ...unownedRecord({
      delivery,
      lane,
      id: read.id,
      tenant: read.tenant,
      now,
      route: request.route ?? DEFAULT_ROUTE,
      deadline: read.deadline,
    }),
    timing: { queuedMs: Math.max(0, startedAt - delivery.acceptedAt), totalMs: Math.max(0, now - delivery.acceptedAt) },
    attempts,
    features: featuresOf(request, choice),
    ...(request.labels ? { labels: request.labels } : {}),
    tableVersion: loaded.table.version,
    tableSource: loaded.source,
    ...(request.traceparent ? { traceparent: request.traceparent } : {}),
  };
}

function spent(answer: Answered | Ended): Pick<InferenceRecord, 'usage' | 'costUsd'> {
  return { ...(answer.usage ? { usage: answer.usage } : {}), costUsd: answer.costUsd };
}
