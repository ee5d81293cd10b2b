import type { Route, RoutingTable } from '@signalbox/contracts';
import type { Bucket } from './counters.ts';
import { type Evaluation, judge, type RecoveryOrder } from './evaluate.ts';
import { findSuspectSlots } from './find-suspect-slots.ts';
import type { FleetHealth } from './fleet-health.ts';
import { type FleetMember, isUp, peersOf, viewFleet } from './fleet-view.ts';
import type { ProbeOrder } from './judged-target.ts';
import { type ClosedTier, findClosedTiers } from './keep-tiers-open.ts';
import { activeHolds, type ManualHold } from './manual-hold.ts';
import { targetsOf } from './route-groups.ts';
import type { TargetHealth } from './target-health.ts';
import { EXERCISE_EVERY_MS, LAST_OF_TIER_SHARE } from './thresholds.ts';

export type EvaluateFleetInput = {
  table: RoutingTable;
  /** Each target's counters, by `<target id>@<definition>`, of the last 15 minutes. */
  buckets: ReadonlyMap<string, readonly Bucket[]>;
  fleet: FleetHealth;
  holds: readonly ManualHold[];
  /** Milliseconds since the epoch. */
  now: number;
  /** 0 up to, not including, 1. */
  random: () => number;
};

/** One target as it was judged. */
export type JudgedMember = {
  key: string;
  id: string;
  health: TargetHealth;
  /** Of its traffic, 0 to 1: a person's word, else what was measured, else the trickle that keeps its tier open. */
  share: number;
  isLastOfTier: boolean;
  hold?: ManualHold;
  latencyMs?: number;
};

export type FleetEvaluation = {
  /** What is to be kept. Targets that left the table are forgotten. */
  fleet: FleetHealth;
  targets: JudgedMember[];
  /** Routes of which nobody is up: their requests are tried all the same, in turn. */
  panic: string[];
  closedTiers: ClosedTier[];
  suspectSlots: number[];
  /** Targets whose state changed, for the events. */
  changes: { key: string; id: string; previous: TargetHealth; current: TargetHealth }[];
  probes: ({ key: string; id: string } & ProbeOrder)[];
  recoveries: ({ key: string; id: string } & RecoveryOrder)[];
};

type Judged = FleetMember & { evaluation: Evaluation };

/** Judges all targets of a table by the state in which the last evaluation left them, and what follows for its routes and tiers. */
export function evaluateFleet({ table, buckets, fleet, holds, now, random }: EvaluateFleetInput): FleetEvaluation {
  const routes = Object.values(table.routes);
  const members = viewFleet({ table, buckets, fleet, holds: activeHolds(holds, now), now });
  const judged = [...members.values()].map((member): Judged => {
    const { health, evidence, thresholds, target } = member;
    const peers = peersOf(target.id, table, members);
    return { ...member, evaluation: judge({ health, evidence, thresholds, peers, now, random }) };
  });
  const exercised = exerciseFallbacks(judged, routes, now);
  const closedTiers = findClosedTiers(routes, new Map(exercised.map((one) => [one.target.id, toTierMember(one)])));
  const kept = new Set(closedTiers.map(({ kept: id }) => id));
  const up = new Set(exercised.filter((one) => isUp(one, one.evaluation.health)).map(({ target }) => target.id));
  return {
    fleet: {
      ...fleet,
      targets: Object.fromEntries(exercised.filter(isWorthKeeping).map(({ key, evaluation }) => [key, evaluation.health])),
    },
    targets: exercised.map((one) => toMember(one, kept.has(one.target.id))),
    panic: routes.filter((route) => !targetsOf(route).some((id) => up.has(id))).map(({ name }) => name),
    closedTiers,
    suspectSlots: findSuspectSlots([...buckets.values()].flat(), now),
    changes: exercised.filter(hasChanged).map((one) => ({ ...nameOf(one), previous: one.health, current: one.evaluation.health })),
    probes: exercised.flatMap((one) => (one.evaluation.probes ? [{ ...nameOf(one), ...one.evaluation.probes }] : [])),
    recoveries: exercised.flatMap((one) => (one.evaluation.recovery ? [{ ...nameOf(one), ...one.evaluation.recovery }] : [])),
  };
}

/** Fallbacks without traffic, while their route has some, are called now and then: a fallback that nobody used fails when it is needed. */
function exerciseFallbacks(judged: readonly Judged[], routes: readonly Route[], now: number): Judged[] {
  const isBusy = ({ buckets }: FleetMember) =>
    buckets.some(({ bucketStart, counters }) => bucketStart > now - EXERCISE_EVERY_MS && counters.attempts > 0);
  const busy = new Set(judged.filter(isBusy).map(({ target }) => target.id));
  const idle = new Set(
    routes
      .filter((route) => targetsOf(route).some((id) => busy.has(id)))
      .flatMap(({ fallbacks }) => fallbacks.filter((id) => !busy.has(id))),
  );
  return judged.map((one) => (idle.has(one.target.id) ? exercise(one, now) : one));
}

function exercise(one: Judged, now: number): Judged {
  const { health } = one.evaluation;
  const isDue = health.probesOrderedAt === undefined || now - health.probesOrderedAt >= EXERCISE_EVERY_MS;
  if (health.circuit.kind !== 'closed' || !isDue || one.hold) return one;
  const order: ProbeOrder = { count: 1, gapMs: 0, reason: 'a fallback without traffic is kept in use' };
  return { ...one, evaluation: { ...one.evaluation, health: { ...health, probesOrderedAt: now }, probes: order } };
}

function toTierMember({ target, hold, evaluation }: Judged) {
  return { id: target.id, share: hold?.share ?? evaluation.share, isHeld: hold !== undefined, health: evaluation.health };
}

function toMember({ key, target, hold, evaluation }: Judged, isLastOfTier: boolean): JudgedMember {
  const { health, latencyMs } = evaluation;
  const share = hold?.share ?? (isLastOfTier ? LAST_OF_TIER_SHARE : evaluation.share);
  return { key, id: target.id, health, share, isLastOfTier, ...(hold && { hold }), ...(latencyMs !== undefined && { latencyMs }) };
}

/** Of a target that was never seen there is nothing to keep. */
function isWorthKeeping({ isKnown, buckets, evaluation }: Judged): boolean {
  return isKnown || buckets.length > 0 || evaluation.probes !== undefined;
}

function hasChanged({ health, evaluation }: Judged): boolean {
  return (
    health.circuit.kind !== evaluation.health.circuit.kind || (health.throttle.share === 1) !== (evaluation.health.throttle.share === 1)
  );
}

function nameOf({ key, target }: Judged): { key: string; id: string } {
  return { key, id: target.id };
}
