import type { ObservedAttempts, OutgoingEvent, RoutingTable } from '@signalbox/contracts';
import { createJudge } from '../create-judge.ts';
import { addCounters, type Bucket, countAttempts, emptyCounters, type ManualHold } from '../health/index.ts';
import { START } from '../health/testing/make-buckets.ts';
import { makeTable } from '../health/testing/make-fleet.ts';
import type { StoredFleet, StoredOverlay } from '../ports.ts';

type World = {
  now: number;
  table: RoutingTable;
  counters: Map<string, Map<number, Bucket>>;
  fleet: StoredFleet | undefined;
  holds: Map<string, ManualHold>;
  turnAt: number | undefined;
  overlay: StoredOverlay | undefined;
  /** When. */
  overlaysWritten: number[];
  events: OutgoingEvent[];
  executions: { name: string; input: object }[];
  metrics: Map<string, number>;
  notes: Note[];
  /** Called before each access to a store: to fail it, or to let another one be quicker. */
  before: (access: string) => Promise<void>;
};
type Note = { level: string; message: string; detail: Record<string, unknown> };

/**
 * The controller's surroundings in memory: tables with their conditions, bus, executions and a clock that only moves when it is told to, or
 * when somebody sleeps.
 */
export function makeWorld(table: RoutingTable = makeTable({ default: { tiers: [['a', 'b']] } })) {
  const world: World = {
    now: START,
    table,
    counters: new Map(),
    fleet: undefined,
    holds: new Map(),
    turnAt: undefined,
    overlay: undefined,
    overlaysWritten: [],
    events: [],
    executions: [],
    metrics: new Map(),
    notes: [],
    before: async () => undefined,
  };

  const ports = {
    stage: 'test',
    now: () => world.now,
    random: () => 0.5,
    sleep: async (ms: number) => {
      world.now += ms;
    },
    readTable: async () => world.table,
    note: (level: string, message: string, detail: Record<string, unknown>) => void world.notes.push({ level, message, detail }),
    count: (counts: ReadonlyMap<string, number>) => {
      for (const [name, count] of counts) world.metrics.set(name, (world.metrics.get(name) ?? 0) + count);
    },
    counters: {
      async add({ key, bucketStart, counters }: { key: string; bucketStart: number; counters: Bucket['counters'] }) {
        await world.before(`add ${key}`);
        const own = world.counters.get(key) ?? new Map<number, Bucket>();
        world.counters.set(key, own);
        const bucket = own.get(bucketStart) ?? { bucketStart, counters: emptyCounters() };
        own.set(bucketStart, bucket);
        addCounters(bucket.counters, counters);
      },
      async read(keys: readonly string[], from: number) {
        await world.before('read counters');
        const read = keys.map((key) => {
          const buckets = [...(world.counters.get(key)?.values() ?? [])].filter(({ bucketStart }) => bucketStart >= from);
          return [key, structuredClone(buckets)] as const;
        });
        return new Map(read.filter(([, buckets]) => buckets.length > 0));
      },
    },
    fleet: {
      async read() {
        await world.before('read fleet');
        return world.fleet;
      },
      async write(next: StoredFleet, previousVersion: number | undefined) {
        await world.before('write fleet');
        if (world.fleet?.version !== previousVersion) return 'conflict' as const;
        world.fleet = next;
        return 'written' as const;
      },
    },
    holds: {
      list: async () => [...world.holds.values()],
      async put(hold: ManualHold, previous: ManualHold | undefined) {
        await world.before('put hold');
        if (world.holds.get(hold.target)?.since !== previous?.since) return 'conflict' as const;
        world.holds.set(hold.target, hold);
        return 'written' as const;
      },
    },
    lease: {
      async take({ now, until }: { now: number; until: number }) {
        await world.before('take turn');
        if (world.turnAt !== undefined && world.turnAt > until) return { kind: 'held' as const, takenAt: world.turnAt };
        world.turnAt = now;
        return { kind: 'taken' as const };
      },
      async follow({ after, at }: { after: number; at: number }) {
        await world.before('follow turn');
        if (world.turnAt !== after) return 'lost' as const;
        world.turnAt = at;
        return 'taken' as const;
      },
    },
    overlay: {
      async read() {
        await world.before('read overlay');
        return world.overlay;
      },
      async write(
        { overlay, fleetVersion }: Pick<StoredOverlay, 'fleetVersion'> & { overlay: NonNullable<StoredOverlay['overlay']> },
        previousSeq: number | undefined,
      ) {
        await world.before('write overlay');
        if (world.overlay?.seq !== previousSeq) return 'conflict' as const;
        world.overlay = { seq: overlay.seq, fleetVersion, overlay };
        world.overlaysWritten.push(world.now);
        return 'written' as const;
      },
    },
    publish: async (event: OutgoingEvent) => {
      await world.before(`publish ${event.detailType}`);
      world.events.push(event);
    },
    startExecution: async (execution: { name: string; input: object }) => {
      await world.before('start execution');
      const exists = world.executions.some(({ name }) => name === execution.name);
      if (!exists) world.executions.push(execution);
      return exists ? ('exists' as const) : ('started' as const);
    },
  };

  /** Counts what sandboxes saw, without an event. */
  async function observe(...observations: readonly ObservedAttempts[]): Promise<void> {
    for (const change of countAttempts({ observations, now: world.now, isKnown: () => true }).changes) await ports.counters.add(change);
  }
  return { world, ports, observe, judge: createJudge(ports) };
}

/** The types of the events that were published, in order. */
export function told({ events }: { events: readonly OutgoingEvent[] }): string[] {
  return events.map(({ detailType }) => detailType);
}
