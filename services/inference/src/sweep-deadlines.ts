import type { InferenceRecord, OutgoingEvent } from '@signalbox/contracts';
import { type InferenceItem, type InferenceStore, isAnsweredAtOnce, toTerminalEvent, unansweredRecord } from '@signalbox/runtime';

type Ports = {
  store: Pick<InferenceStore, 'findOverdue' | 'getByKey' | 'expire' | 'closeSwept'>;
  publish: (event: OutgoingEvent) => Promise<void>;
  stage: string;
  now: () => number;
};

/** Requests ended per sweep; the rest waits for the next one. */
const LIMIT = 400;
/** A worker or the parked message ends its own request within this time of the deadline. */
const GRACE_MS = 60_000;

/** Ends requests whose deadline passed and whom nobody ended, and tells of them; returns how many. An item stays in the index until its event is out, so a crash here loses nothing. */
export function createSweepDeadlines({ store, publish, stage, now }: Ports) {
  async function sweep(key: string): Promise<boolean> {
    const item = await store.getByKey(key);
    if (!item) return false;
    const ended = item.record ? item : await store.expire(overdueRecord(item, now()));
    if (!ended?.record) return false;
    const event = toTerminalEvent(ended.record, { stage });
    if (event) await publish(event);
    await store.closeSwept(key);
    return true;
  }

  return async function sweepDeadlines(): Promise<number> {
    const keys = await store.findOverdue(now() - GRACE_MS, LIMIT);
    // One item that cannot be read must not keep the others from their end.
    const swept = await Promise.allSettled(keys.map(sweep));
    const errors = swept.filter((result) => result.status === 'rejected').map(({ reason }) => reason as unknown);
    if (errors.length > 0) {
      throw new AggregateError(
        errors,
        `${errors.length} of ${keys.length} overdue requests could not be ended; the next sweep tries again.`,
        {
          cause: errors[0],
        },
      );
    }
    return swept.filter((result) => result.status === 'fulfilled' && result.value).length;
  };
}

function overdueRecord(item: InferenceItem, now: number): InferenceRecord {
  return isAnsweredAtOnce(item) ? abandonedRecord(item, now) : expiredRecord(item, now);
}

function expiredRecord(item: InferenceItem, now: number): InferenceRecord {
  const message = 'No answer could be had before the deadline. Send it again with a later one if it is still wanted.';
  return unansweredRecord({ item, now, ending: { status: 'expired', error: { code: 'deadline_passed', message } } });
}

/** Its process was killed: no message brings it back, and whether its caller got an answer nobody knows. */
function abandonedRecord(item: InferenceItem, now: number): InferenceRecord {
  const message = 'The process that answered it ended before it could say how. Ask again if there was no answer.';
  return unansweredRecord({ item, now, ending: { status: 'failed', reason: 'abandoned', error: { code: 'abandoned', message } } });
}
