import type { OverlayReading, RoutingTable } from '@signalbox/contracts';
import { listTargets } from '@signalbox/contracts';
import { type BusEvent, readBusEvent } from '../events/read-bus-event.ts';
import { createSeenEvents } from '../events/seen-events.ts';
import type { HealthRead } from '../targets/read-targets.ts';
import type { QueueDepth } from './queue-depths.ts';
import { createTopView, type LastChange, type TopView } from './top-view.ts';
import { createTraffic } from './traffic.ts';

export type TopReaders = {
  readTable: () => Promise<RoutingTable>;
  readHealth: () => Promise<HealthRead>;
  readQueues: () => Promise<QueueDepth[]>;
};
type Options = TopReaders & { installation: string; now: () => number };
type Source = 'table' | 'health' | 'queues' | 'events';

/** A release tells of itself; this is for one that nobody heard of. */
const TABLE_EVERY_MS = 30_000;
const LAG_COUNTS_MS = 15_000;

/** What is known of an installation: read when it is asked to refresh, and heard in events. What cannot be read stays as it was, and is told. */
export function createTopState({ installation, now, ...readers }: Options) {
  const traffic = createTraffic({ startedAt: now() });
  const isRepeated = createSeenEvents();
  const problems = new Map<Source, string>();
  const lastChanges = new Map<string, LastChange>();
  let table: { value: RoutingTable; readAt: number } | undefined;
  let reading: OverlayReading = { kind: 'unreachable' };
  let queues: QueueDepth[] = [];
  let heard: { at: number; lagMs: number } | undefined;

  function tell(source: Source, problem: unknown): void {
    if (problem === undefined) problems.delete(source);
    else problems.set(source, `${source}: ${problem instanceof Error ? problem.message : String(problem)}`);
  }

  async function attempt(source: Source, read: () => Promise<void>): Promise<void> {
    try {
      await read();
      tell(source, undefined);
    } catch (error) {
      tell(source, error);
    }
  }

  async function refreshTable(): Promise<void> {
    if (table && now() - table.readAt < TABLE_EVERY_MS) return;
    table = { value: await readers.readTable(), readAt: now() };
  }

  async function refreshHealth(): Promise<void> {
    const read = await readers.readHealth();
    if (read.problem !== undefined) throw new Error(read.problem);
    reading = read.reading;
  }

  async function refreshQueues(): Promise<void> {
    queues = await readers.readQueues();
  }

  function hear(event: BusEvent): void {
    const { type, metadata, data } = event;
    const at = Date.parse(metadata.occurredAt);
    heard = { at: now(), lagMs: Math.max(0, now() - at) };
    traffic.add(event, now());
    if (type.startsWith('RoutingTable')) table = table && { ...table, readAt: Number.NEGATIVE_INFINITY };
    if (!type.startsWith('Target') || typeof data.target !== 'string') return;
    if (at < (lastChanges.get(data.target)?.at ?? 0)) return;
    lastChanges.set(data.target, { at, type, reason: String(data.reason ?? type) });
  }

  return {
    tell,
    /** Rejects only while there is no table at all: then there is nothing to show. */
    async refresh(): Promise<void> {
      if (!table) await refreshTable();
      await Promise.all([attempt('table', refreshTable), attempt('health', refreshHealth), attempt('queues', refreshQueues)]);
    },
    take(bodies: readonly string[]): void {
      for (const body of bodies) {
        const event = readBusEvent(body);
        if (event && !isRepeated(event.metadata.id)) hear(event);
      }
    },
    view(): TopView {
      if (!table) throw new Error('nothing was read yet: refresh first');
      const at = now();
      const list = listTargets({ table: table.value, tableSource: 'appconfig', reading, now: at });
      // Of the last event long ago it says nothing any more.
      const lagMs = heard && at - heard.at < LAG_COUNTS_MS ? heard.lagMs : 0;
      const known = { at, installation, queues, isHeard: heard !== undefined, lagMs, problems: [...problems.values()] };
      return createTopView({ ...known, table: table.value, list, traffic: traffic.summarize(at), lastChanges });
    },
  };
}
