import {
  type ErrorDetail,
  INFERENCE_SOURCE,
  type InferenceCompleted,
  type InferenceExpired,
  type InferenceFailed,
  type InferenceRecord,
  type InferenceResult,
  type Json,
  type OutgoingEvent,
  SCHEMA_VERSION,
} from '@signalbox/contracts';
import { type InferenceItem, inferenceKey, parseInferenceKey } from './inference-item.ts';

/** The output beside a record: inline, as a link, or none. */
export type OutputView = { output?: Json; outputUrl?: string };

/** The result document of an ended inference. */
export function toResult(record: InferenceRecord, { output, outputUrl }: OutputView): InferenceResult {
  const {
    tenant: _tenant,
    priority: _priority,
    messageId: _message,
    deferrals: _deferrals,
    features: _features,
    traceparent: _trace,
    outputBytes: _bytes,
    deadline: _deadline,
    ...shared
  } = record;
  return { ...shared, ...(output === undefined ? {} : { output }), ...(outputUrl === undefined ? {} : { outputUrl }) };
}

/** The result document of an inference that still waits or runs. */
export function toPendingResult(item: InferenceItem): InferenceResult {
  const { id } = parseInferenceKey(item.key);
  return {
    schemaVersion: SCHEMA_VERSION,
    id,
    // `accepting` is between the gateway's record and its send: for a producer that is accepted.
    status: item.status === 'accepting' ? 'accepted' : item.status,
    ...(item.route === undefined ? {} : { route: item.route }),
    ...(item.labels && Object.keys(item.labels).length > 0 ? { labels: item.labels } : {}),
  };
}

/** The event of an ended inference: always the same for the same record, so that publishing it again is harmless. Undefined for `rejected`, whose event is keyed by its message. */
export function toTerminalEvent(record: InferenceRecord, { stage }: { stage: string }): OutgoingEvent | undefined {
  const metadata = {
    id: `${inferenceKey(record.tenant, record.id)}#end`,
    version: SCHEMA_VERSION,
    occurredAt: record.finishedAt,
    correlationId: record.id,
    causationId: record.messageId,
    ...(record.traceparent ? { traceparent: record.traceparent } : {}),
  };
  const ending = endingOf(record, stage);
  const wrap = (detailType: string, data: unknown): OutgoingEvent => ({ source: INFERENCE_SOURCE, detailType, detail: { metadata, data } });
  switch (record.status) {
    case 'succeeded':
      return wrap('InferenceCompleted', {
        ...ending,
        stopReason: record.stopReason ?? 'unknown',
        servedBy: record.servedBy ?? { target: 'unknown', model: 'unknown', region: 'unknown' },
        ...(record.degraded ? { degraded: record.degraded } : {}),
        outputBytes: record.outputBytes,
      } satisfies InferenceCompleted['data']);
    case 'failed':
      return wrap('InferenceFailed', {
        ...ending,
        reason: record.reason ?? 'invalid',
        error: record.error ?? UNSTATED,
      } satisfies InferenceFailed['data']);
    case 'expired':
      return wrap('InferenceExpired', { ...ending, deadline: record.deadline } satisfies InferenceExpired['data']);
    case 'rejected':
      return undefined;
  }
}

const UNSTATED: ErrorDetail = { code: 'unstated', message: 'The record gives no reason.' };

function endingOf(record: InferenceRecord, stage: string) {
  return {
    id: record.id,
    tenant: record.tenant,
    route: record.route,
    priority: record.priority,
    stage,
    attempts: record.attempts,
    deferrals: record.deferrals,
    timing: record.timing,
    ...(record.usage ? { usage: record.usage } : {}),
    ...(record.costUsd === undefined ? {} : { costUsd: record.costUsd }),
    ...(record.features ? { features: record.features } : {}),
    ...(record.tableVersion ? { tableVersion: record.tableVersion } : {}),
    ...(record.tableSource ? { tableSource: record.tableSource } : {}),
  };
}
