import { type ErrorDetail, type Features, type InferenceRecord, SCHEMA_VERSION } from '@signalbox/contracts';
import type { StreamedAnswerResult } from '@signalbox/routing';
import { syncOwner } from '@signalbox/runtime';
import type { PlacedRequest } from './answer-now.ts';

type Ending = Pick<PlacedRequest, 'request' | 'loaded' | 'route'> & {
  result: StreamedAnswerResult;
  features: Features;
  /** Milliseconds since the epoch, as the others. */
  startedAt: number;
  endsAt: number;
  now: number;
};

/** How a request ended that was answered while its caller waited. Its answer is not kept: the caller has it. */
export function syncRecord({ request, loaded, route, result, features, startedAt, endsAt, now }: Ending): InferenceRecord {
  const { id, tenant, labels, traceparent } = request;
  const firstTokenMs = result.kind === 'answered' ? result.firstTokenMs : undefined;
  return {
    schemaVersion: SCHEMA_VERSION,
    id,
    tenant,
    ...standing(result),
    route: route.name,
    priority: 'interactive',
    messageId: syncOwner(id),
    deferrals: 0,
    ...('usage' in result && result.usage && { usage: result.usage }),
    costUsd: result.costUsd,
    timing: { queuedMs: 0, ...(firstTokenMs !== undefined && { firstTokenMs }), totalMs: Math.max(0, now - startedAt) },
    attempts: result.attempts,
    features,
    ...(labels && { labels }),
    tableVersion: loaded.table.version,
    tableSource: loaded.source,
    ...(traceparent !== undefined && { traceparent }),
    outputBytes: 0,
    deadline: new Date(endsAt).toISOString(),
    finishedAt: new Date(now).toISOString(),
  };
}

type Standing = Pick<InferenceRecord, 'status' | 'reason' | 'error' | 'stopReason' | 'servedBy' | 'degraded'>;

function standing(result: StreamedAnswerResult): Standing {
  switch (result.kind) {
    case 'answered':
      return {
        status: 'succeeded',
        stopReason: result.stopReason,
        servedBy: result.servedBy,
        ...(result.degraded && { degraded: result.degraded }),
      };
    case 'ended':
      return { status: 'failed', reason: result.reason, error: result.error };
    case 'interrupted':
      return { status: 'failed', reason: 'unavailable', error: result.error, servedBy: result.servedBy };
    case 'waiting':
      return {
        status: 'failed',
        reason: result.reason === 'cancelled' ? 'cancelled' : 'unavailable',
        error: result.error ?? nothing(result.detail),
      };
  }
}

function nothing(detail: string): ErrorDetail {
  return { code: 'unavailable', message: `No target could be asked: ${detail}.` };
}
