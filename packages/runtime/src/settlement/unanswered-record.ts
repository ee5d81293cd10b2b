import { type ErrorDetail, type InferenceRecord, Priority, SCHEMA_VERSION } from '@signalbox/contracts';
import { type InferenceItem, parseInferenceKey } from './inference-item.ts';

type Ending =
  | { status: 'expired'; error: ErrorDetail }
  | { status: 'failed'; reason: NonNullable<InferenceRecord['reason']>; error: ErrorDetail };

/** The record of an open request that somebody ends who has its item alone, not its message: the sweeper, or its producer. */
export function unansweredRecord({ item, now, ending }: { item: InferenceItem; now: number; ending: Ending }): InferenceRecord {
  const { tenant, id } = parseInferenceKey(item.key);
  const waited = Math.max(0, now - (item.acceptedAt ?? now));
  const priority = Priority.safeParse(item.priority);
  return {
    schemaVersion: SCHEMA_VERSION,
    id,
    tenant,
    ...ending,
    route: item.route ?? 'default',
    priority: priority.success ? priority.data : 'standard',
    messageId: item.owner ?? 'unknown',
    deferrals: item.deferrals,
    timing: { queuedMs: waited, totalMs: waited },
    attempts: [],
    ...(item.labels ? { labels: item.labels } : {}),
    outputBytes: 0,
    deadline: new Date(item.deadline ?? now).toISOString(),
    finishedAt: new Date(now).toISOString(),
  };
}
