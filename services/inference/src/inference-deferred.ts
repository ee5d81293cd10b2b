import { type Features, INFERENCE_SOURCE, type InferenceDeferred, type OutgoingEvent, SCHEMA_VERSION } from '@signalbox/contracts';
import { inferenceKey, type LoadedTable } from '@signalbox/runtime';
import type { Held } from './ask-within-limits.ts';
import type { Delivery } from './delivery.ts';
import type { Lane } from './ports.ts';
import type { ReadRequest } from './read-request.ts';

type Deferral = {
  delivery: Delivery;
  lane: Lane;
  read: ReadRequest;
  loaded: LoadedTable;
  answer: Held;
  deferrals: number;
  delaySeconds: number;
  stage: string;
  features: Features;
  now: number;
};

/** Tells that a request waits, and why. */
export function deferredEvent({
  delivery,
  lane,
  read,
  loaded,
  answer,
  deferrals,
  delaySeconds,
  stage,
  features,
  now,
}: Deferral): OutgoingEvent {
  const data: InferenceDeferred['data'] = {
    id: read.id,
    tenant: read.tenant,
    route: read.request.route ?? 'default',
    priority: lane.priority,
    stage,
    tableVersion: loaded.table.version,
    tableSource: loaded.source,
    features,
    attempts: answer.attempts,
    deferrals,
    delaySeconds,
    reason: `${answer.reason}: ${answer.detail}`,
  };
  const metadata = {
    id: `${inferenceKey(read.tenant, read.id)}#deferred-${deferrals}`,
    version: SCHEMA_VERSION,
    occurredAt: new Date(now).toISOString(),
    correlationId: read.id,
    causationId: delivery.messageId,
    ...(read.request.traceparent ? { traceparent: read.request.traceparent } : {}),
  };
  return { source: INFERENCE_SOURCE, detailType: 'InferenceDeferred', detail: { metadata, data } };
}
