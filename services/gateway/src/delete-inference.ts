import { type InferenceRecord, type InferenceResult, isOwnPayload, type OutgoingEvent } from '@signalbox/contracts';
import {
  acceptedAtOf,
  contentPrefix,
  type DeletionStore,
  deadLetterKey,
  eraseRecord,
  type InferenceItem,
  toResult,
  toTerminalEvent,
  unansweredRecord,
} from '@signalbox/runtime';
import { UnavailableError } from '@signalbox/runtime/errors';
import { checkInferenceId, inferenceNotFound } from './check-inference-id.ts';

/** What of an inference lies in the data bucket: all under the prefixes, and the keys. What is not there counts as removed. */
export type StoredContent = { prefixes: string[]; keys: string[] };

type Ports = {
  store: DeletionStore;
  /** Rejects with UnavailableError when S3 did not remove all of it. */
  removeContent: (content: StoredContent) => Promise<void>;
  publish: (event: OutgoingEvent) => Promise<void>;
  bucket: string;
  stage: string;
  now: () => number;
};
type Ended = InferenceItem & { record: InferenceRecord };

/** Between reading and erasing only a rejected id can be taken anew: once more is enough, thrice is plenty. */
const TRIES = 3;

/**
 * Cancels an inference that is open, erases one that has ended. Each step is safe to repeat, and a repetition finishes what a failure left: the
 * record comes first, then the event, then what lies in S3.
 */
export function createDeleteInference(ports: Ports) {
  return async function deleteInference({ tenant, id }: { tenant: string; id: string }): Promise<InferenceResult> {
    checkInferenceId(id);
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const record = await tryToDelete(ports, { tenant, id });
      if (record) return toResult(record, {});
    }
    throw new UnavailableError({ message: `Inference ${id} changed ${TRIES} times while it was deleted.` });
  };
}

/** The record that stands at the end; undefined when somebody changed it meanwhile. */
async function tryToDelete(ports: Ports, { tenant, id }: { tenant: string; id: string }): Promise<InferenceRecord | undefined> {
  const standing = await ports.store.get(tenant, id);
  const item = standing && !standing.record ? await ports.store.cancel(cancelledRecord(standing, ports.now())) : standing;
  if (!item) throw inferenceNotFound(id);
  if (!hasEnded(item)) return undefined;
  if (item.record.reason === 'cancelled') return tellCancelled(ports, item);
  return erase(ports, item);
}

/** A cancelled request has no answer. Its labels stay, so that it can be found in lists. */
async function tellCancelled(ports: Ports, item: Ended): Promise<InferenceRecord> {
  const event = toTerminalEvent(item.record, { stage: ports.stage });
  if (event) await ports.publish(event);
  await ports.store.closeSwept(item.key);
  await ports.removeContent(contentOf(item, ports.bucket));
  return item.record;
}

async function erase(ports: Ports, item: Ended): Promise<InferenceRecord | undefined> {
  const record = item.record.erasedAt === undefined ? eraseRecord(item.record, ports.now()) : item.record;
  // The record first: a result must never point to what is gone.
  if (record !== item.record && (await ports.store.erase(record)) === 'changed') return undefined;
  await ports.removeContent(contentOf(item, ports.bucket));
  return record;
}

function hasEnded(item: InferenceItem): item is Ended {
  return item.record !== undefined;
}

function cancelledRecord(item: InferenceItem, now: number): InferenceRecord {
  const reason = 'cancelled';
  const error = { code: reason, message: 'Its producer cancelled it before it had ended.' };
  return unansweredRecord({ item, now, ending: { status: 'failed', reason, error } });
}

/** By its prefixes, so that answers of workers that were too late go with it. */
function contentOf({ record, owner, payloadKey, acceptedAt }: Ended, bucket: string): StoredContent {
  const sentAt = acceptedAtOf(record);
  const deadLetters =
    owner === undefined ? [] : [sentAt, acceptedAt ?? sentAt].map((time) => deadLetterKey({ origin: owner, acceptedAt: time }));
  // A key that the table has is still not trusted to lie with the tenant.
  const isOwn = payloadKey !== undefined && isOwnPayload({ key: payloadKey }, { tenant: record.tenant, bucket });
  return {
    prefixes: [contentPrefix('outputs', record), contentPrefix('stashed', record)],
    keys: [...new Set(deadLetters), ...(isOwn ? [payloadKey] : [])],
  };
}
