import {
  type ModelReply,
  OBSERVATION_BUCKET_MS,
  type ObservedAttempts,
  type OutgoingEvent,
  type RoutingOverlay,
  type RoutingTable,
} from '@signalbox/contracts';
import { targetKey } from '@signalbox/contracts/target-key';
import {
  addCounters,
  type Bucket,
  bucketOf,
  countAttempts,
  countProbe,
  emptyCounters,
  evaluateFleet,
  type FleetEvaluation,
  type FleetHealth,
  overlayDueAt,
  peersInFleet,
  recordProbe,
  restoreFleet,
  saveFleet,
  toOverlay,
} from '@signalbox/controller/health';
import { healthClass } from '@signalbox/routing/health-class';
import { randomDelay } from './random-delay.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** EventBridge to its target, and SQS to Lambda; see docs/performance.md for where they are published. */
const BUS = { p50Ms: 150, p99Ms: 390 };
const SQS = { p50Ms: 16, p99Ms: 105 };
/** One consumer's turn: reading, judging and writing. */
const JUDGING_MS = 30;
const TICK_MS = 5_000;
const TURN_MS = 1_000;
const REMEMBERED_MS = 900_000 + OBSERVATION_BUCKET_MS;

type Options = {
  clock: VirtualClock;
  table: RoutingTable;
  random: () => number;
  /** One call of our own to a target. */
  probe: (targetId: string) => Promise<ModelReply>;
  onOverlay: (overlay: RoutingOverlay) => void;
};

export type WorldController = {
  /** An event that a sandbox has put on the bus. */
  deliver: (event: OutgoingEvent) => void;
  overlay: () => RoutingOverlay | undefined;
  /** When a target was probed, by its id. */
  probes: Map<string, number[]>;
};

/** The controller's own core with the delays of bus and queue before it: counts what arrives, judges at once and by the tick, runs the recoveries. */
export function startWorldController({ clock, table, random, probe, onOverlay }: Options): WorldController {
  const keys = new Set(Object.values(table.targets).map(targetKey));
  const buckets = new Map<string, Bucket[]>();
  const probes = new Map<string, number[]>();
  let fleet: FleetHealth = { targets: {} };
  let overlay: RoutingOverlay | undefined;
  let nextTurnAt = 0;
  let isDue = false;

  function add(key: string, bucketStart: number, counters: Bucket['counters']): void {
    const own = (buckets.get(key) ?? []).filter((bucket) => bucket.bucketStart > clock.now() - REMEMBERED_MS);
    buckets.set(key, own);
    let bucket = own.find((one) => one.bucketStart === bucketStart);
    if (!bucket) {
      bucket = { bucketStart, counters: emptyCounters() };
      own.push(bucket);
    }
    addCounters(bucket.counters, counters);
  }

  function count({ detail: { data } }: OutgoingEvent): void {
    const { observations } = data as { observations: ObservedAttempts[] };
    const { changes } = countAttempts({ observations, now: clock.now(), isKnown: (key) => keys.has(key) });
    for (const { key, bucketStart, counters } of changes) add(key, bucketStart, counters);
    const isUrgent = observations.some((observed) => !['well', 'nothing'].includes(healthClass(observed)));
    if (isUrgent) judgeSoon();
  }

  /** At once, and once a second at most. */
  function judgeSoon(): void {
    if (isDue) return;
    isDue = true;
    clock.after(Math.max(0, nextTurnAt - clock.now()) + JUDGING_MS, () => {
      isDue = false;
      nextTurnAt = clock.now() + TURN_MS;
      judge();
    });
  }

  function judge(): void {
    const evaluation = evaluateFleet({ table, buckets, fleet, holds: [], now: clock.now(), random });
    fleet = restoreFleet(saveFleet(evaluation.fleet)).fleet;
    publish(evaluation);
    for (const { key, id, seq, run, probeAt } of evaluation.recoveries)
      clock.after(probeAt - clock.now(), () => recover({ key, id, seq, run }));
    for (const { key, id, count: times, gapMs } of evaluation.probes)
      for (let index = 0; index < times; index++) clock.after(index * gapMs, () => buyProbe(key, id));
  }

  function publish(evaluation: FleetEvaluation): void {
    const now = clock.now();
    const next = toOverlay({ evaluation, seq: (overlay?.seq ?? 0) + 1, now });
    const dueAt = overlayDueAt(overlay, next);
    if (dueAt === undefined) return;
    if (dueAt > now) judgeSoon();
    else {
      overlay = next;
      onOverlay(next);
    }
  }

  async function call(id: string): Promise<{ seen: Pick<ObservedAttempts, 'outcome' | 'slow' | 'originalStatus'>; latencyMs: number }> {
    const startedAt = clock.now();
    probes.set(id, [...(probes.get(id) ?? []), startedAt]);
    const reply = await probe(id);
    return { seen: { outcome: reply.outcome, slow: false }, latencyMs: clock.now() - startedAt };
  }

  async function recover({ key, id, seq, run }: { key: string; id: string; seq: number; run: number }): Promise<void> {
    const { seen } = await call(id);
    const target = table.targets[id];
    const health = fleet.targets[key];
    if (!target || !health) return;
    const now = clock.now();
    const peers = peersInFleet({ table, buckets, fleet, holds: [], now }, id);
    const recorded = recordProbe({ target, health, seq, run, probe: seen, now, random, peers });
    if (recorded.kind === 'stale') return;
    fleet = { ...fleet, targets: { ...fleet.targets, [key]: recorded.health } };
    judge();
    if (recorded.kind === 'waiting') clock.after(recorded.until - now, () => recover({ key, id, seq, run }));
  }

  async function buyProbe(key: string, id: string): Promise<void> {
    const startedAt = clock.now();
    const { seen, latencyMs } = await call(id);
    add(key, bucketOf(startedAt), countProbe({ ...seen, startedAt, latencyMs }));
    judgeSoon();
  }

  const tick = () => {
    judge();
    clock.after(TICK_MS, tick);
  };
  clock.after(TICK_MS, tick);
  return {
    deliver: (event) => clock.after(randomDelay(BUS, random) + randomDelay(SQS, random), () => count(event)),
    overlay: () => overlay,
    probes,
  };
}
