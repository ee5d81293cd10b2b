import type { OutgoingEvent, RoutingOverlay, RoutingTable } from '@signalbox/contracts';
import type { Bucket, Counters, ManualHold } from './health/index.ts';

/** The counters of all targets: a row per target and bucket, to which everybody only adds. */
export type CounterStore = {
  add(change: { key: string; bucketStart: number; counters: Counters }): Promise<void>;
  /** The buckets from a time on, in milliseconds since the epoch, by the key of their target. */
  read(keys: readonly string[], from: number): Promise<Map<string, Bucket[]>>;
};

/** The saved states as they were read; `version` grows with every write. */
export type StoredFleet = { text: string; version: number };

export type FleetStore = {
  read(): Promise<StoredFleet | undefined>;
  /** Writes if the stored version is still the one that was read; undefined for none. */
  write(next: StoredFleet, previousVersion: number | undefined): Promise<'written' | 'conflict'>;
};

export type HoldStore = {
  list(): Promise<ManualHold[]>;
  /** Writes if the hold that is in place is still the one that was read; undefined for none. */
  put(hold: ManualHold, previous: ManualHold | undefined): Promise<'written' | 'conflict'>;
};

/** The overlay item: `seq` guards it, also when its text cannot be read. `fleetVersion` is the one of the states that it was made from. */
export type StoredOverlay = { seq: number; fleetVersion: number; overlay: RoutingOverlay | undefined };

export type OverlayStore = {
  read(): Promise<StoredOverlay | undefined>;
  /** Writes if the stored sequence is still `previousSeq`; undefined for no item. */
  write(next: { overlay: RoutingOverlay; fleetVersion: number }, previousSeq: number | undefined): Promise<'written' | 'conflict'>;
};

/** Whose turn it is to judge. A turn is known by its time, milliseconds since the epoch. */
export type LeaseStore = {
  /** Takes a turn at `now` if the last one was at `until` or before; otherwise says when it is or was. */
  take(turn: { now: number; until: number }): Promise<{ kind: 'taken' } | { kind: 'held'; takenAt: number }>;
  /** Takes the turn that follows one, if nobody else has. */
  follow(turn: { after: number; at: number }): Promise<'taken' | 'lost'>;
};

/** One execution of the state machine of probes, named so that a repeated order starts no second one. */
export type StartExecution = (execution: { name: string; input: object }) => Promise<'started' | 'exists'>;

export type Publish = (event: OutgoingEvent) => Promise<void>;
export type ReadTable = () => Promise<RoutingTable>;
/** Counts for alarms and dashboards, by name. */
export type CountMetrics = (counts: ReadonlyMap<string, number>) => void;
/** A line of the log; the detail carries no content of requests. */
export type Note = (level: 'info' | 'warn' | 'error', message: string, detail: Record<string, unknown>) => void;
