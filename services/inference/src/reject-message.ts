import {
  DEFAULT_TENANT,
  INFERENCE_SOURCE,
  type InferenceRejected,
  type OutgoingEvent,
  type Problem,
  SCHEMA_VERSION,
} from '@signalbox/contracts';
import type { Delivery } from './delivery.ts';
import type { Lane, Ports } from './ports.ts';
import type { Refusal } from './read-request.ts';
import { rejectedRecord } from './records.ts';

/** SQS message attributes count towards the message's size; an operator needs the first problems, the event has them all. */
const MAX_ATTRIBUTE_CHARACTERS = 1_000;
const MAX_PROBLEMS = 50;
/** SQS takes the characters of XML 1.0. A path can quote any key, and one that SQS refuses would keep the message from ever being rejected. */
const REFUSED_BY_SQS = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** A refused message; `fence` when it had claimed its id before it was refused. */
type Rejecting = { delivery: Delivery; lane: Lane; refusal: Refusal; fence?: string };

/**
 * Notes the refusal under the message's id unless that is taken, tells of it, and puts the message into the rejected queue. Each step
 * is safe to repeat; the one whose repetition leaves a second copy comes last.
 */
export async function rejectMessage(ports: Ports, { delivery, lane, refusal, fence }: Rejecting): Promise<'rejected' | 'superseded'> {
  if (refusal.reason !== 'id-reused') {
    const id = refusal.id ?? delivery.origin;
    const record = rejectedRecord({ delivery, lane, refusal, id, tenant: refusal.tenant ?? DEFAULT_TENANT, now: ports.now() });
    if (fence === undefined) await ports.store.reject(record, refusal.hash === undefined ? undefined : { hash: refusal.hash });
    else if ((await ports.store.finish({ fence, record })) === 'superseded') return 'superseded';
  }
  const problems = refusal.problems.slice(0, MAX_PROBLEMS);
  await ports.publish(rejectedEvent({ delivery, lane, refusal, problems, now: ports.now() }));
  await ports.queues.reject({
    body: delivery.body,
    attributes: {
      'origin-message-id': delivery.origin,
      reason: refusal.reason,
      problems: summarise(problems),
      priority: lane.priority,
      'accepted-at': String(delivery.acceptedAt),
    },
  });
  return 'rejected';
}

type Telling = { delivery: Delivery; lane: Lane; refusal: Refusal; problems: Problem[]; now: number };

function rejectedEvent({ delivery, lane, refusal, problems, now }: Telling): OutgoingEvent {
  const data: InferenceRejected['data'] = {
    ...(refusal.id === undefined ? {} : { id: refusal.id }),
    messageId: delivery.origin,
    ...(refusal.tenant === undefined ? {} : { tenant: refusal.tenant }),
    priority: lane.priority,
    reason: refusal.reason,
    problems,
  };
  const metadata = {
    id: `rejected#${delivery.origin}`,
    version: SCHEMA_VERSION,
    occurredAt: new Date(now).toISOString(),
    correlationId: refusal.id ?? delivery.origin,
    causationId: delivery.messageId,
  };
  return { source: INFERENCE_SOURCE, detailType: 'InferenceRejected', detail: { metadata, data } };
}

function summarise(problems: Problem[]): string {
  const text = problems
    .map(({ path, message }) => `${path || 'body'} ${message}`)
    .join('; ')
    .slice(0, MAX_ATTRIBUTE_CHARACTERS);
  return text.toWellFormed().replace(REFUSED_BY_SQS, '\ufffd') || 'none stated';
}
