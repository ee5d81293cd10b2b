import type { RoutingTable, RoutingTarget } from '@signalbox/contracts';
import { targetKey } from '@signalbox/contracts/target-key';
import type { Bucket } from './counters.ts';
import { decidedOf } from './counters.ts';
import { healthOf } from './evaluate.ts';
import { type Evidence, gatherEvidence } from './evidence.ts';
import type { FleetHealth } from './fleet-health.ts';
import { judgeFailures } from './judge-failures.ts';
import { judgeSlowness } from './judge-slowness.ts';
import { activeHolds, type ManualHold } from './manual-hold.ts';
import type { Peers } from './peers.ts';
import { groupsOf } from './route-groups.ts';
import { faultShare, type TargetHealth } from './target-health.ts';
import { type Thresholds, thresholdsFor, UP_SHARE } from './thresholds.ts';

/** One target before it is judged. */
export type FleetMember = {
  key: string;
  target: RoutingTarget;
  hold: ManualHold | undefined;
  health: TargetHealth;
  /** False for a target of which nothing is kept. */
  isKnown: boolean;
  buckets: readonly Bucket[];
  evidence: Evidence;
  /** Of the fast window, 0 to 1, for its peers. */
  failureRate: number;
  slowRate: number;
  thresholds: Thresholds;
};

export type FleetInput = {
  table: RoutingTable;
  /** Each target's counters, by `<target id>@<definition>`. */
  buckets: ReadonlyMap<string, readonly Bucket[]>;
  fleet: FleetHealth;
  holds: ReadonlyMap<string, ManualHold>;
  now: number;
};

/** All targets of a table, by id, with what is known of each. */
export function viewFleet({ table, buckets, fleet, holds, now }: FleetInput): Map<string, FleetMember> {
  const members = Object.values(table.targets).map((target): [string, FleetMember] => {
    const key = targetKey(target);
    const kept = Object.hasOwn(fleet.targets, key) ? fleet.targets[key] : undefined;
    const health = healthOf(target, kept, now);
    const own = buckets.get(key) ?? [];
    const thresholds = thresholdsFor(target);
    const evidence = gatherEvidence({ buckets: own, from: health.evidenceFrom, now, thresholds });
    const known = { key, target, hold: holds.get(target.id), health, isKnown: kept !== undefined, buckets: own };
    const { rate: failureRate } = judgeFailures(evidence.fast, thresholds);
    return [target.id, { ...known, evidence, thresholds, failureRate, slowRate: judgeSlowness(evidence.fast).rate }];
  });
  return new Map(members);
}

/** True when a target is an alternative to others: by a person's word, else by its own. A throttled target is one. */
export function isUp({ hold, thresholds }: Pick<FleetMember, 'hold' | 'thresholds'>, { circuit }: TargetHealth): boolean {
  return (hold?.share ?? faultShare(circuit, thresholds)) >= UP_SHARE;
}

/** The peers of one target, for who judges it alone: a probe of its recovery. */
export function peersInFleet({ holds, ...input }: Omit<FleetInput, 'holds'> & { holds: readonly ManualHold[] }, id: string): Peers {
  return peersOf(id, input.table, viewFleet({ ...input, holds: activeHolds(holds, input.now) }));
}

/** What the judges of one target ask of those that share a route with it. */
export function peersOf(id: string, table: RoutingTable, members: ReadonlyMap<string, FleetMember>): Peers {
  const groups = groupsOf(table, id);
  const resolve = (ids: Iterable<string>) => [...ids].map((one) => members.get(one)).filter((member) => member !== undefined);
  const upOf = (targets: readonly string[]) => resolve(targets).filter((member) => member.target.id !== id && isUp(member, member.health));
  const up = [...new Set(groups.flatMap(upOf))];
  const all = resolve(new Set([id, ...groups.flat()]));
  return {
    failureRates: up.map(({ failureRate }) => failureRate),
    slowRates: up.map(({ slowRate }) => slowRate),
    isNeeded: groups.some((targets) => upOf(targets).length === 0),
    requestsPerSecond: all.reduce((sum, { evidence, thresholds }) => sum + decidedOf(evidence.fast) / (thresholds.fastWindowMs / 1_000), 0),
  };
}
