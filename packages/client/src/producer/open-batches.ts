import { MAX_BATCH_BYTES, MAX_BATCH_REQUESTS, MAX_INLINE_BYTES, MAX_PAYLOAD_BYTES, type Priority } from '@signalbox/contracts';
import type { PreparedRequest, Way } from './prepare-request.ts';

/** What stands around the requests of a batch, and its commas. */
const ENVELOPE_BYTES = 1_024;
/** What SQS, and the API, take in one call. */
const LIMITS = {
  queues: { requests: 10, bytes: MAX_INLINE_BYTES },
  gateway: { requests: MAX_BATCH_REQUESTS, bytes: MAX_BATCH_BYTES - ENVELOPE_BYTES },
} as const satisfies Record<Way, { requests: number; bytes: number }>;

export type Numbered = { index: number; prepared: PreparedRequest };
type Fly = (priority: Priority, batch: readonly Numbered[]) => void;

/** The batches being filled, one for each queue; `fly` gets each when it is full or flushed. */
export function createOpenBatches(fly: Fly, way: Way = 'queues') {
  const limits = LIMITS[way];
  const open = new Map<Priority, Numbered[]>();

  function close(priority: Priority): void {
    const batch = open.get(priority);
    open.delete(priority);
    if (batch) fly(priority, batch);
  }

  return {
    isEmpty: () => open.size === 0,
    add(priority: Priority, entry: Numbered): void {
      if (!fits(open.get(priority) ?? [], entry, limits.bytes)) close(priority);
      const batch = [...(open.get(priority) ?? []), entry];
      open.set(priority, batch);
      if (batch.length === limits.requests) close(priority);
    },
    flush(): void {
      for (const priority of [...open.keys()]) close(priority);
    },
  };
}

/** In bytes of bodies, and in bytes of content that are in memory until they are in S3. */
function fits(batch: readonly Numbered[], { prepared }: Numbered, maxBytes: number): boolean {
  if (batch.length === 0) return true;
  const all = [...batch.map((entry) => entry.prepared), prepared];
  const bodies = sum(all.map(({ bytes }) => bytes));
  return bodies <= maxBytes && sum(all.map(({ payload }) => payload?.content.length ?? 0)) <= MAX_PAYLOAD_BYTES;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
