import type { RoutingOverlay } from '@signalbox/contracts';
import { addCounters, type Bucket, type Counters, emptyCounters } from '@signalbox/controller/health';
import type { CounterStore, FleetStore, LeaseStore, OverlayStore, StoredFleet, StoredOverlay } from '@signalbox/controller/service';

/** Of counters: read back as far as health looks. */
const KEPT_MS = 900_000 + 10_000;

/** Who looks on at every write that a table took. */
export type TablesWatch = {
  onFleet: (written: StoredFleet, previous: StoredFleet | undefined) => void;
  onOverlay: (written: StoredOverlay, previous: StoredOverlay | undefined) => void;
};

/** Lets an access to a table through, at once or after its time; or fails it, or leaves it without an end. */
export type Access = <Result>(work: () => Result, takes: 'no time' | 'its time') => Promise<Result>;

export type HealthTables = ReturnType<typeof createHealthTables>;

/** The controller's tables, whose conditions refuse as those of the real ones do. */
export function createHealthTables({ now, watch, isTurnLost }: { now: () => number; watch: TablesWatch; isTurnLost: () => boolean }) {
  const buckets = new Map<string, Map<number, Bucket>>();
  let fleet: StoredFleet | undefined;
  let overlay: StoredOverlay | undefined;
  let turnAt: number | undefined;

  const add = ({ key, bucketStart, counters }: Parameters<CounterStore['add']>[0]): void => {
    const own = buckets.get(key) ?? new Map<number, Bucket>();
    buckets.set(key, own);
    const bucket = own.get(bucketStart) ?? { bucketStart, counters: emptyCounters() };
    own.set(bucketStart, bucket);
    addCounters(bucket.counters, counters);
  };
  const readCounters = (keys: readonly string[], from: number): Map<string, Bucket[]> => {
    for (const own of buckets.values()) for (const start of own.keys()) if (start < now() - KEPT_MS) own.delete(start);
    const read = keys.map((key) => [key, [...(buckets.get(key)?.values() ?? [])].filter((bucket) => bucket.bucketStart >= from)] as const);
    return new Map(read.filter(([, own]) => own.length > 0).map(([key, own]) => [key, own.map(copyOf)]));
  };
  const writeFleet = (next: StoredFleet, previousVersion: number | undefined) => {
    if (fleet?.version !== previousVersion) return 'conflict' as const;
    const previous = fleet;
    fleet = next;
    watch.onFleet(next, previous);
    return 'written' as const;
  };
  const writeOverlay = (next: { overlay: RoutingOverlay; fleetVersion: number }, previousSeq: number | undefined) => {
    if (overlay?.seq !== previousSeq) return 'conflict' as const;
    const previous = overlay;
    overlay = { ...next, seq: next.overlay.seq };
    watch.onOverlay(overlay, previous);
    return 'written' as const;
  };
  const takeTurn = ({ now: at, until }: { now: number; until: number }) => {
    if (turnAt !== undefined && turnAt > until && !isTurnLost()) return { kind: 'held' as const, takenAt: turnAt };
    turnAt = at;
    return { kind: 'taken' as const };
  };
  const followTurn = ({ after, at }: { after: number; at: number }) => {
    if (turnAt !== after && !isTurnLost()) return 'lost' as const;
    turnAt = at;
    return 'taken' as const;
  };

  return {
    overlay: (): RoutingOverlay | undefined => overlay?.overlay,
    buckets: (key: string): readonly Bucket[] => [...(buckets.get(key)?.values() ?? [])],
    /** The tables as one function reaches them. */
    reach: (access: Access) => ({
      counters: {
        add: (change) => access(() => add(change), 'no time'),
        read: (keys, from) => access(() => readCounters(keys, from), 'its time'),
      } satisfies CounterStore,
      fleet: {
        read: () => access(() => fleet, 'its time'),
        write: (next, previousVersion) => access(() => writeFleet(next, previousVersion), 'its time'),
      } satisfies FleetStore,
      holds: { list: () => access(() => [], 'its time') },
      lease: {
        take: (turn) => access(() => takeTurn(turn), 'its time'),
        follow: (turn) => access(() => followTurn(turn), 'its time'),
      } satisfies LeaseStore,
      overlay: {
        read: () => access(() => overlay, 'its time'),
        write: (next, previousSeq) => access(() => writeOverlay(next, previousSeq), 'its time'),
      } satisfies OverlayStore,
    }),
  };
}

/** What was read does not change when others add to it. */
function copyOf({ bucketStart, counters }: Bucket): Bucket {
  const { slots, seconds, witnesses, latency } = counters;
  const copied: Counters = {
    ...counters,
    latency: latency.slice(),
    slots: {
      attempts: slots.attempts.slice(),
      hard: slots.hard.slice(),
      ambiguous: slots.ambiguous.slice(),
      slow: slots.slow.slice(),
    },
    seconds: { decided: seconds.decided.slice(), hard: seconds.hard.slice(), ambiguous: seconds.ambiguous.slice() },
    witnesses: { ...witnesses },
  };
  return { bucketStart, counters: copied };
}
