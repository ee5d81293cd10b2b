import type { OutgoingEvent } from '@signalbox/contracts';
import { UnavailableError } from './errors.ts';

/** One entry of PutEvents, and what AWS answered for it. */
export type EventEntry = { Source: string; DetailType: string; Detail: string };
export type PutEvents = (entries: EventEntry[]) => Promise<({ ErrorCode?: string } | undefined)[]>;

export type EventPublisher = {
  /** Resolves when the bus has taken the event; rejects with UnavailableError when it would not after three tries. */
  publish(event: OutgoingEvent): Promise<void>;
  /** Tells that some work that may publish began or ended: when all of it waits for the bus, nothing is gained by waiting on. */
  begin(): void;
  end(): void;
  /** Sends what waits now. */
  flush(): Promise<void>;
};

/** AWS takes 10 entries and just under 1 MiB per call. */
const MAX_ENTRIES = 10;
const MAX_BYTES = 900_000;
const MAX_WAIT_MS = 500;
const TRIES = 3;

type Waiting = { entry: EventEntry; bytes: number; resolve: () => void; reject: (error: unknown) => void };
type Refused = { item: Waiting; reason: string; cause?: unknown };

/** Gathers the events of one sandbox into few PutEvents calls (a call costs as much CPU as an inference), holding none longer than 500 ms. */
export function createEventPublisher({
  putEvents,
  sleep = sleepMs,
  random = Math.random,
}: {
  putEvents: PutEvents;
  sleep?: (ms: number) => Promise<void>;
  random?: () => number;
}): EventPublisher {
  let waiting: Waiting[] = [];
  let working = 0;
  let timer: NodeJS.Timeout | undefined;

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const batches = toBatches(waiting);
    waiting = [];
    await Promise.all(batches.map((batch) => send(batch)));
  }

  async function send(batch: Waiting[], tried = 1): Promise<void> {
    const refused = await putOnce(batch);
    if (refused.length === 0) return;
    if (tried === TRIES) {
      for (const { item, reason, cause } of refused) item.reject(notTaken(reason, cause));
      return;
    }
    await sleep((50 * 2 ** tried * (1 + random())) / 2);
    await send(
      refused.map(({ item }) => item),
      tried + 1,
    );
  }

  /** The entries that the bus did not take: HTTP 200 can carry failures, in the order of the entries. */
  async function putOnce(batch: Waiting[]): Promise<Refused[]> {
    let replies: Awaited<ReturnType<PutEvents>>;
    try {
      replies = await putEvents(batch.map(({ entry }) => entry));
    } catch (cause) {
      // A failed call is a refusal of every entry: retried by send, and reported to each caller when the tries are spent.
      return batch.map((item) => ({ item, reason: cause instanceof Error ? cause.name : typeof cause, cause }));
    }
    return batch.flatMap((item, index) => {
      const reply = replies[index];
      // What the bus does not speak of, it may not have taken.
      if (!reply) return [{ item, reason: 'no answer for this entry' }];
      if (reply.ErrorCode !== undefined) return [{ item, reason: reply.ErrorCode }];
      item.resolve();
      return [];
    });
  }

  function flushIfIdle(): void {
    if (waiting.length >= Math.max(working, 1) || waiting.length >= MAX_ENTRIES) void flush();
    else timer ??= setTimeout(() => void flush(), MAX_WAIT_MS);
  }

  return {
    flush,
    begin() {
      working++;
    },
    end() {
      working--;
      if (waiting.length > 0) flushIfIdle();
    },
    publish(event) {
      const entry = { Source: event.source, DetailType: event.detailType, Detail: JSON.stringify(event.detail) };
      return new Promise((resolve, reject) => {
        waiting.push({ entry, bytes: Buffer.byteLength(entry.Detail) + entry.Source.length + entry.DetailType.length, resolve, reject });
        // Let the other work of this turn of the event loop add its events first.
        setImmediate(() => {
          if (waiting.length > 0) flushIfIdle();
        });
      });
    },
  };
}

function notTaken(reason: string, cause: unknown): UnavailableError {
  return new UnavailableError({ message: `The event bus did not take an event after ${TRIES} tries (${reason}).`, cause });
}

function toBatches(items: Waiting[]): Waiting[][] {
  const batches: Waiting[][] = [];
  let bytes = 0;
  for (const item of items) {
    const last = batches.at(-1);
    if (!last || last.length === MAX_ENTRIES || bytes + item.bytes > MAX_BYTES) {
      batches.push([item]);
      bytes = item.bytes;
    } else {
      last.push(item);
      bytes += item.bytes;
    }
  }
  return batches;
}

function sleepMs(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
