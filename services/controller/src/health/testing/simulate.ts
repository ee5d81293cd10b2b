import { OBSERVATION_BUCKET_MS, type ObservedAttempts, type OutcomeKind, type RoutingTable } from '@signalbox/contracts';
import { targetKey } from '@signalbox/contracts/target-key';
import { bucketOf, countAttempts, countProbe } from '../count-attempts.ts';
import { addCounters, type Bucket, emptyCounters } from '../counters.ts';
import type { RecoveryOrder } from '../evaluate.ts';
import { evaluateFleet, type FleetEvaluation } from '../evaluate-fleet.ts';
import { type FleetHealth, restoreFleet, saveFleet } from '../fleet-health.ts';
import { peersInFleet } from '../fleet-view.ts';
import type { ManualHold } from '../manual-hold.ts';
import { recordProbe } from '../record-probe.ts';
import { START } from './make-buckets.ts';
import { makeRandom } from './make-random.ts';

/** What a call to a target comes to at a time, in seconds since the start. */
export type Answer = { outcome: OutcomeKind; slow?: boolean; latencyMs?: number };
export type Weather = (call: { id: string; second: number; tenantSlot: number; isProbe: boolean; random: () => number }) => Answer;

type SimulateInput = {
  table: RoutingTable;
  seconds: number;
  requestsPerSecond: number;
  weather: Weather;
  seed?: number;
  tenants?: number;
  holds?: readonly ManualHold[];
  /** Where false, recoveries are ordered and never run. */
  runsRecoveries?: boolean;
  onSecond?: (seen: { second: number; evaluation: FleetEvaluation }) => void;
};

/**
 * A small fleet in virtual time: each request goes down its route's line of targets, entering each by its share, until one answers; what
 * it saw is told a second later; the fleet is judged every second and its state is saved and restored each time.
 */
export function simulate({ table, seconds, requestsPerSecond, weather, seed = 1, tenants = 8, holds = [], ...options }: SimulateInput) {
  const { runsRecoveries = true, onSecond } = options;
  const random = makeRandom(seed);
  const buckets = new Map<string, Map<number, Bucket>>();
  const routes = Object.values(table.routes);
  const ids = (route: (typeof routes)[number]) => [...route.candidates.map(({ target }) => target), ...route.fallbacks];
  const tried: { second: number; id: string; outcome: OutcomeKind }[] = [];
  let fleet: FleetHealth = { targets: {} };
  let shares = new Map<string, number>();
  let panic = new Set<string>();
  let told: ObservedAttempts[] = [];
  let running: ({ key: string; id: string; dueAt: number } & RecoveryOrder)[] = [];
  let bought: { key: string; id: string; at: number }[] = [];
  let owed = 0;

  const add = (key: string, bucketStart: number, counters: Bucket['counters']) => {
    const own = buckets.get(key) ?? new Map<number, Bucket>();
    buckets.set(key, own);
    const bucket = own.get(bucketStart) ?? { bucketStart, counters: emptyCounters() };
    own.set(bucketStart, bucket);
    addCounters(bucket.counters, counters);
  };
  const view = () => new Map([...buckets].map(([key, own]) => [key, [...own.values()]]));

  for (let second = 0; second < seconds; second++) {
    const now = START + second * 1_000;
    const seen: ObservedAttempts[] = [];
    owed += requestsPerSecond;
    for (; owed >= 1; owed--) {
      const route = routes[Math.floor(random() * routes.length)] as (typeof routes)[number];
      const tenantSlot = Math.floor(random() * tenants);
      const line = ids(route).filter((id) => panic.has(route.name) || random() < (shares.get(id) ?? 1));
      for (const id of line.slice(0, 3)) {
        const { outcome, slow = false, latencyMs = 1_200 } = weather({ id, second, tenantSlot, isProbe: false, random });
        const { definition } = table.targets[id] as { definition: string };
        tried.push({ second, id, outcome });
        seen.push({
          target: id,
          definition,
          route: route.name,
          bucketStart: bucketOf(now),
          outcome,
          slow,
          tenantSlot,
          count: 1,
          latenciesMs: [latencyMs],
        });
        if (outcome === 'succeeded') break;
      }
    }
    const isKnown = (key: string) => Object.values(table.targets).some((target) => targetKey(target) === key);
    for (const { key, bucketStart, counters } of countAttempts({ observations: told, now, isKnown }).changes)
      add(key, bucketStart, counters);
    told = seen;
    for (const { key, id } of bought.filter(({ at }) => at <= now)) {
      const probe = weather({ id, second, tenantSlot: -1, isProbe: true, random });
      add(key, bucketOf(now), countProbe({ startedAt: now, latencyMs: 300, slow: false, ...probe }));
    }
    bought = bought.filter(({ at }) => at > now);
    for (const recovery of runsRecoveries ? running.filter(({ dueAt }) => dueAt <= now) : []) {
      const health = fleet.targets[recovery.key];
      const target = table.targets[recovery.id];
      if (!health || !target) continue;
      const answer = weather({ id: recovery.id, second, tenantSlot: -1, isProbe: true, random });
      const peers = peersInFleet({ table, buckets: view(), fleet, holds, now }, recovery.id);
      const recorded = recordProbe({ target, health, ...recovery, probe: { slow: false, ...answer }, now, random, peers });
      if (recorded.kind !== 'stale') fleet = { ...fleet, targets: { ...fleet.targets, [recovery.key]: recorded.health } };
      recovery.dueAt = recorded.kind === 'waiting' ? recorded.until : Number.POSITIVE_INFINITY;
    }
    running = running.filter(({ dueAt }) => dueAt < Number.POSITIVE_INFINITY);
    const evaluation = evaluateFleet({ table, buckets: view(), fleet, holds, now, random });
    fleet = restoreFleet(saveFleet(evaluation.fleet)).fleet;
    shares = new Map(evaluation.targets.map(({ id, share }) => [id, share]));
    panic = new Set(evaluation.panic);
    running.push(...evaluation.recoveries.map((order) => ({ ...order, dueAt: order.probeAt })));
    for (const { key, id, count, gapMs } of evaluation.probes)
      for (let index = 0; index < count; index++) bought.push({ key, id, at: now + 1_000 + index * gapMs });
    for (const own of buckets.values())
      for (const start of own.keys()) if (start < now - 900_000 - OBSERVATION_BUCKET_MS) own.delete(start);
    onSecond?.({ second, evaluation });
  }
  return { fleet, tried };
}
