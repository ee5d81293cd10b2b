import type { RoutingTarget } from '@signalbox/contracts';
import * as z from 'zod/mini';
import { Circuit, type Known } from './circuit.ts';
import type { Thresholds } from './thresholds.ts';

const time = z.int();

/** How much of a target's traffic its quota bears; apart from its faults, because a target that throttles is well. */
const Throttle = z.looseObject({
  share: z.number().check(z.gte(0), z.lte(1)),
  changedAt: time,
  reason: z.string().check(z.maxLength(80)),
  /** True from a time in which every call was throttled until it is known again what the quota bears. */
  isShut: z.optional(z.boolean()),
});

/** What is kept of one target; times in milliseconds since the epoch. */
export const TargetHealth = z.looseObject({
  /** The definition of which this is said. */
  definition: z.string(),
  /** Grows with every change of state that ends a recovery or begins one: who acts on an older one acts on what is no longer so. */
  seq: z.int(),
  circuit: Circuit,
  throttle: Throttle,
  /** Ejections that are not forgotten yet, and since when there was none, for forgetting. */
  relapses: z.int(),
  quietSince: time,
  /** Attempts that began earlier say nothing of the target as it is now. */
  evidenceFrom: time,
  /** Median latency on good days, in milliseconds, and when it was last learnt. */
  baselineMs: z.optional(z.number()),
  baselineAt: z.optional(time),
  /** When probes were last ordered for want of traffic. */
  probesOrderedAt: z.optional(time),
});
export type TargetHealth = Omit<Known<z.infer<typeof TargetHealth>>, 'circuit'> & { circuit: Circuit };

/** A target of which nothing is known yet: it gets its traffic. Its `seq` begins at the time, so that one whose state was lost repeats none. */
export function startHealth(target: Pick<RoutingTarget, 'definition' | 'measured'>, now: number): TargetHealth {
  const baselineMs = target.measured?.latencyMs;
  return {
    definition: target.definition,
    seq: now,
    circuit: { kind: 'closed', since: now, reason: 'new' },
    throttle: { share: 1, changedAt: 0, reason: 'not throttled' },
    relapses: 0,
    quietSince: now,
    evidenceFrom: 0,
    ...(baselineMs !== undefined && { baselineMs }),
  };
}

/** The share of its traffic that a target is well enough for, 0 to 1, whatever its quota bears. */
export function faultShare(circuit: Circuit, thresholds: Thresholds): number {
  switch (circuit.kind) {
    case 'closed':
      return 1;
    case 'degraded':
      return circuit.share;
    case 'half-open':
      return circuit.step === 1 ? thresholds.rampFirstShare : thresholds.rampSecondShare;
    case 'open':
    case 'misconfigured':
      return 0;
  }
}

/** The share of its traffic that a target gets by what was measured. */
export function shareOf({ circuit, throttle }: TargetHealth, thresholds: Thresholds): number {
  return faultShare(circuit, thresholds) * throttle.share;
}
