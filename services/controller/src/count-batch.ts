import type { AttemptsObserved, ObservedAttempts, RoutingTable } from '@signalbox/contracts';
import { targetKey } from '@signalbox/contracts/target-key';
import { healthClass } from '@signalbox/routing/health-class';
import { countAttempts } from './health/index.ts';
import type { CounterStore, ReadTable } from './ports.ts';
import { readObserved } from './read-observed.ts';
import type { SeenEvents } from './seen-events.ts';

/** A message of the queue, with EventBridge's envelope as its body. */
export type ObservedMessage = { messageId: string; body: string };

export type CountedBatch = {
  /** The messages that are to come again, and why. */
  failures: ReadonlyMap<string, unknown>;
  /** True when something was counted that may take a target's traffic. */
  isUrgent: boolean;
  metrics: ReadonlyMap<string, number>;
};

export type CountBatchPorts<Message> = {
  readTable: ReadTable;
  counters: Pick<CounterStore, 'add'>;
  seen: SeenEvents;
  now: () => number;
  /** The event of a message; throws for what is none. */
  readEvent: (message: Message) => AttemptsObserved;
};

type Read = { messageId: string; id: string; observations: ObservedAttempts[] };

/**
 * Counts a batch of events: each id once, one write per target and bucket, whatever the order. A message whose counts were not all
 * written comes again as a whole; what of it was written counts twice then, which rates hardly show, and makes no second witness.
 */
export function createCountBatch<Message extends ObservedMessage>(
  given: Omit<CountBatchPorts<Message>, 'readEvent'> & Partial<CountBatchPorts<Message>>,
): (messages: readonly Message[]) => Promise<CountedBatch> {
  const ports = { readEvent: readObserved, ...given };
  return async (messages) => {
    const failures = new Map<string, unknown>();
    const read = readAll(messages, ports.readEvent, failures);
    const fresh = dropRepeated(read, ports.seen);
    const keys = keysOf(await ports.readTable());
    const observations = fresh.flatMap((message) => message.observations);
    const counted = countAttempts({ observations, now: ports.now(), isKnown: (key) => keys.has(key) });
    const lost = await addAll(counted.changes, ports.counters);
    for (const { messageId, id, observations: own } of fresh) {
      const failed = own.map((observed) => lost.get(keyOf(observed))).find((error) => error !== undefined);
      if (failed === undefined) ports.seen.add(id);
      else failures.set(messageId, failed);
    }
    const metrics = new Map([
      ['EventsCounted', fresh.length],
      ['RepeatedEvents', read.length - fresh.length],
      ['LateAttempts', counted.late],
      ['AheadAttempts', counted.ahead],
      ['UnknownTargetAttempts', counted.unknown],
    ]);
    return { failures, metrics, isUrgent: counted.changes.length > 0 && observations.some(isUrgent) };
  };
}

/** By table, since each batch asks: a table of thousands of targets is in force for days. */
const keysByTable = new WeakMap<RoutingTable, ReadonlySet<string>>();

function keysOf(table: RoutingTable): ReadonlySet<string> {
  const known = keysByTable.get(table);
  if (known) return known;
  const keys = new Set(Object.values(table.targets).map(targetKey));
  keysByTable.set(table, keys);
  return keys;
}

function readAll<Message extends ObservedMessage>(
  messages: readonly Message[],
  readEvent: (message: Message) => AttemptsObserved,
  failures: Map<string, unknown>,
): Read[] {
  return messages.flatMap((message) => {
    const { messageId } = message;
    try {
      const { metadata, data } = readEvent(message);
      return [{ messageId, id: metadata.id, observations: data.observations }];
    } catch (error) {
      failures.set(messageId, error);
      return [];
    }
  });
}

function dropRepeated(messages: readonly Read[], seen: SeenEvents): Read[] {
  const inBatch = new Set<string>();
  return messages.filter(({ id }) => {
    if (seen.has(id) || inBatch.has(id)) return false;
    inBatch.add(id);
    return true;
  });
}

/** By the key of their target: what could not be written, and why. */
async function addAll(
  changes: ReturnType<typeof countAttempts>['changes'],
  counters: Pick<CounterStore, 'add'>,
): Promise<Map<string, unknown>> {
  const added = await Promise.allSettled(changes.map((change) => counters.add(change)));
  return new Map(added.flatMap((one, index) => (one.status === 'rejected' ? [[changes[index]?.key ?? '', one.reason] as const] : [])));
}

function keyOf({ target, definition }: ObservedAttempts): string {
  return targetKey({ id: target, definition });
}

function isUrgent(observed: ObservedAttempts): boolean {
  const health = healthClass(observed);
  return health !== 'well' && health !== 'nothing';
}
