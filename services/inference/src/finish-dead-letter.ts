import { DEFAULT_TENANT, type InferenceRecord, type OutgoingEvent, Priority, parseInferenceRequest } from '@signalbox/contracts';
import { DEFAULT_ROUTE } from '@signalbox/routing';
import { deadLetterKey, type InferenceStore, requestHash, toTerminalEvent } from '@signalbox/runtime';
import type { Delivery } from './delivery.ts';
import { unownedRecord } from './records.ts';

type Ports = {
  store: Pick<InferenceStore, 'finishDead'>;
  /** Keeps the message for inspection and redrive. */
  keep: (message: { key: string; json: string }) => Promise<void>;
  publish: (event: OutgoingEvent) => Promise<void>;
  stage: string;
  now: () => number;
};

/** Ends the request of a message that crashed its worker every time it was received: kept in S3, recorded as failed (`dead-lettered`), told. Each step is safe to repeat. */
export function createFinishDeadLetter({ store, keep, publish, stage, now }: Ports) {
  return async function finishDeadLetter(delivery: Delivery): Promise<void> {
    const { id, tenant, route, priority, deadline, hash } = identify(delivery, now());
    await keep({
      key: deadLetterKey(delivery),
      json: JSON.stringify(delivery),
    });
    const record: InferenceRecord = {
      ...unownedRecord({ delivery, lane: { priority }, id, tenant, now: now(), route, deadline }),
      status: 'failed',
      reason: 'dead-lettered',
      error: {
        code: 'dead_lettered',
        message:
          'Every receive of this request ended in a crash. The message is kept under dead-letters/ in the data bucket; look at the worker log for its cause.',
      },
    };
    const ended = await store.finishDead({ origin: delivery.origin, record, ...(hash === undefined ? {} : { hash }) });
    const event = ended?.record && toTerminalEvent(ended.record, { stage });
    if (event) await publish(event);
  };
}

type Identity = { id: string; tenant: string; route: string; priority: Priority; deadline: number; hash?: string };

function identify(delivery: Delivery, now: number): Identity {
  const body = parseJson(delivery.body);
  const parsed = parseInferenceRequest(body);
  const request = parsed.kind === 'valid' ? parsed.request : undefined;
  const priority = Priority.safeParse(request?.priority);
  return {
    id: request?.id ?? delivery.origin,
    tenant: request?.tenant ?? DEFAULT_TENANT,
    route: request?.route ?? DEFAULT_ROUTE,
    priority: priority.success ? priority.data : 'standard',
    deadline: request?.deadline === undefined ? now : Date.parse(request.deadline),
    ...(request ? { hash: requestHash(body as object) } : {}),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A dead letter need not be JSON: it then stands under its message id.
    return undefined;
  }
}
