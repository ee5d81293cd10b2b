import type { InferenceRecord } from '@signalbox/contracts';
import { expiry } from './inferences-table.ts';
import { dayOf, listedKey } from './listed-by-day.ts';

/** What every ending writes. One that did not succeed is listed from then on, labelled or not, with what a list shows of it. */
export function endUpdate(record: InferenceRecord, now: number) {
  const ending = {
    names: { '#status': 'status', '#record': 'record' },
    set: 'SET #status = :status, #record = :record, expiresAt = :expires',
    values: { ':status': { S: record.status }, ':record': { S: JSON.stringify(record) }, ':expires': expiry(now) },
  };
  if (record.status === 'succeeded') return ending;
  const acceptedAt = acceptedAtOf(record);
  return {
    names: ending.names,
    set: `${ending.set}, ${LISTED.map((name) => `${name} = if_not_exists(${name}, :${name})`).join(', ')}`,
    values: {
      ...ending.values,
      ':listed': { S: listedKey(record.tenant, dayOf(acceptedAt)) },
      ':acceptedAt': { N: String(acceptedAt) },
      ':route': { S: record.route },
      ':priority': { S: record.priority },
    },
  };
}

const LISTED = ['listed', 'acceptedAt', 'route', 'priority'] as const;

/** When its first message was sent, or the gateway accepted it, in milliseconds since the epoch. */
export function acceptedAtOf({ finishedAt, timing }: Pick<InferenceRecord, 'finishedAt' | 'timing'>): number {
  return Date.parse(finishedAt) - Math.round(timing.totalMs);
}
