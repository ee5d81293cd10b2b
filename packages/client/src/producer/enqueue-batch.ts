import type { Priority, Problem } from '@signalbox/contracts';
import { createInbox } from './create-inbox.ts';
import { createOpenBatches, type Numbered } from './open-batches.ts';
import { type PreparedRequest, prepareRequest, type Way } from './prepare-request.ts';
import type { SendFailure } from './producer-ports.ts';
import type { Sent } from './send-with-retries.ts';
import { createSourceReader, type Pulled, type Source } from './source-reader.ts';
import { withPriority } from './with-priority.ts';

/** What became of one request of a batch. */
export type EnqueueOutcome =
  /** It was taken: it will be answered or end with a reason. */
  | { kind: 'sent' }
  /** It was not sent, and never will be as it is. */
  | { kind: 'invalid'; problems: readonly Problem[] }
  /** It was not taken, after retries: send it again. */
  | { kind: 'failed'; error: SendFailure };
/** `index` counts from 0 in the order given; an invalid request has the id that it gave, if any. */
export type Enqueued = { index: number; id: string | undefined; outcome: EnqueueOutcome };

export type BatchOptions = {
  /** The queue, for all of them; without it each goes to the one that its own `priority` names, else to `standard`. */
  priority?: Priority | undefined;
  /** Batches (of up to 10, by the API 100) that are under way at once; 4 if absent. No more than those, and one being filled for each queue, is in memory. */
  concurrency?: number | undefined;
  /** Takes no more from the source; what was taken is still sent, and its outcome given. */
  signal?: AbortSignal | undefined;
};

type Batching = {
  source: Source;
  options: BatchOptions;
  hasBucket: boolean;
  way?: Way | undefined;
  send: (priority: Priority, batch: readonly PreparedRequest[]) => Promise<Sent[]>;
};
type Wake =
  | { kind: 'landed'; outcomes: Enqueued[] }
  | { kind: 'lost'; error: unknown }
  | Pulled
  | { kind: 'lingered' }
  | { kind: 'stopped' };

/** A batch that is not full waits that long for more: a slow source must not hold back what it already gave. */
const LINGER_MS = 100;
const USUAL_CONCURRENCY = 4;

/** Takes requests as fast as the queue does, and no faster; gives what became of each as soon as it is known, in any order. */
export async function* enqueueBatch({ source, options, hasBucket, way, send }: Batching): AsyncGenerator<Enqueued, void, undefined> {
  const { concurrency = USUAL_CONCURRENCY, signal } = options;
  const inbox = createInbox<Wake>();
  const reader = createSourceReader(source);
  const flights = new Set<Promise<void>>();
  const open = createOpenBatches(launch, way);
  const linger = createLinger(() => inbox.put({ kind: 'lingered' }));
  const ignore = listenTo(signal, () => inbox.put({ kind: 'stopped' }));
  let count = 0;
  /** Under way, or landed and not given yet. */
  let flying = 0;
  let isReading = false;
  let item: { value: unknown } | undefined;
  let ended: Extract<Wake, { kind: 'ended' | 'broken' | 'stopped' }> | undefined;
  try {
    while (!ended || flying > 0) {
      const hasRoom = !ended && flying < concurrency;
      if (hasRoom && item) {
        const { value } = item;
        item = undefined;
        const refused = take(value, count++);
        if (refused) yield refused;
        continue;
      }
      if (hasRoom && !isReading) read();
      if (hasRoom && !open.isEmpty()) linger.start();
      if (open.isEmpty()) linger.clear();
      const wake = await inbox.take();
      if (wake.kind === 'lost') throw wake.error;
      if (wake.kind === 'landed') {
        flying -= 1;
        yield* wake.outcomes;
      } else if (wake.kind === 'item') item = wake;
      else if (wake.kind !== 'lingered') {
        ended ??= wake;
        open.flush();
      } else {
        linger.clear();
        if (flying < concurrency) open.flush();
      }
    }
    if (ended.kind === 'broken') throw ended.error;
  } finally {
    linger.clear();
    ignore();
    // Who stops reading has still sent what was on its way.
    await Promise.all(flights);
    await reader.close();
  }

  function read(): void {
    isReading = true;
    void reader.pull().then((pulled) => {
      isReading = false;
      inbox.put(pulled);
    });
  }

  function launch(priority: Priority, batch: readonly Numbered[]): void {
    const flight = fly(send, priority, batch).then((landed) => {
      flights.delete(flight);
      inbox.put(landed);
    });
    flying += 1;
    flights.add(flight);
  }

  function take(value: unknown, index: number): Enqueued | undefined {
    const preparation = prepareRequest(withPriority(value, options.priority, way), { hasBucket, way });
    if (preparation.kind === 'invalid') return { index, id: idOf(value), outcome: preparation };
    // It is valid, so its priority is one.
    const priority = options.priority ?? (value as { priority?: Priority }).priority ?? 'standard';
    open.add(priority, { index, prepared: preparation.prepared });
    return undefined;
  }
}

/** Never rejects. */
async function fly(send: Batching['send'], priority: Priority, batch: readonly Numbered[]): Promise<Wake> {
  try {
    const sent = await send(
      priority,
      batch.map(({ prepared }) => prepared),
    );
    const outcomes = batch.map(({ index, prepared }, at): Enqueued => ({ index, id: prepared.id, outcome: sent[at] ?? { kind: 'sent' } }));
    return { kind: 'landed', outcomes };
  } catch (error) {
    return { kind: 'lost', error };
  }
}

/** One timer at a time, so that an item that comes does not push back those that wait. */
function createLinger(onEnd: () => void) {
  let timer: NodeJS.Timeout | undefined;
  return {
    start(): void {
      timer ??= setTimeout(onEnd, LINGER_MS);
    },
    clear(): void {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}

function listenTo(signal: AbortSignal | undefined, onAbort: () => void): () => void {
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  return () => signal?.removeEventListener('abort', onAbort);
}

function idOf(value: unknown): string | undefined {
  const id = (value as { id?: unknown } | null | undefined)?.id;
  return typeof id === 'string' ? id : undefined;
}
