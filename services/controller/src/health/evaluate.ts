import type { RoutingTarget } from '@signalbox/contracts';
import type { Bucket } from './counters.ts';
import { type Evidence, gatherEvidence } from './evidence.ts';
import { judgeHalfOpen } from './judge-half-open.ts';
import { judgeOut } from './judge-out.ts';
import { judgeServing } from './judge-serving.ts';
import type { JudgedTarget, Judgement, ProbeOrder } from './judged-target.ts';
import { latencyQuantile } from './latency-histogram.ts';
import type { Peers } from './peers.ts';
import { shiftThrottle } from './shift-throttle.ts';
import { shareOf, startHealth, type TargetHealth } from './target-health.ts';
import { thresholdsFor } from './thresholds.ts';

export type EvaluateInput = {
  target: RoutingTarget;
  /** Its counters, in any order, each bucket once. */
  buckets: readonly Bucket[];
  /** What was kept of it; undefined for one that was never judged. */
  health: TargetHealth | undefined;
  /** Milliseconds since the epoch. */
  now: number;
  /** 0 up to, not including, 1. */
  random: () => number;
  peers: Peers;
};

/** An execution of the recovery that is to be started: `run` of this `seq`, whose first probe is not before `probeAt`. */
export type RecoveryOrder = { seq: number; run: number; probeAt: number };

export type Evaluation = {
  health: TargetHealth;
  /** Of its traffic, 0 to 1, by what was measured. */
  share: number;
  /** Milliseconds at the median, where answers were seen. */
  latencyMs?: number;
  probes?: ProbeOrder;
  recovery?: RecoveryOrder;
};

/** Judges one target by what the fleet saw of it. Says the same for the same input; a redefined target starts clean. */
export function evaluate({ target, buckets, health: kept, now, random, peers }: EvaluateInput): Evaluation {
  const health = healthOf(target, kept, now);
  const thresholds = thresholdsFor(target);
  const evidence = gatherEvidence({ buckets, from: health.evidenceFrom, now, thresholds });
  return judge({ health, evidence, thresholds, peers, now, random });
}

/** What was kept of a target, if it is of the target as it is defined now. */
export function healthOf(target: RoutingTarget, kept: TargetHealth | undefined, now: number): TargetHealth {
  return kept && kept.definition === target.definition ? kept : startHealth(target, now);
}

/** As `evaluate`, once the evidence is gathered. */
export function judge(target: JudgedTarget): Evaluation {
  const { health: before, evidence, thresholds } = target;
  const { health, probes } = judgeCircuit({ ...target, health: { ...before, throttle: shiftThrottle(target) } });
  const latencyMs = medianLatency(evidence);
  const recovery = findRecovery(before, health);
  return {
    health,
    share: shareOf(health, thresholds),
    ...(latencyMs !== undefined && { latencyMs }),
    ...(probes && { probes }),
    ...(recovery && { recovery }),
  };
}

function judgeCircuit(target: JudgedTarget): Judgement {
  const { circuit } = target.health;
  switch (circuit.kind) {
    case 'closed':
    case 'degraded':
      return judgeServing(target, circuit);
    case 'half-open':
      return judgeHalfOpen(target, circuit);
    case 'open':
    case 'misconfigured':
      return judgeOut(target, circuit);
  }
}

function findRecovery(before: TargetHealth, { seq, circuit }: TargetHealth): RecoveryOrder | undefined {
  if (!('recovery' in circuit)) return undefined;
  const { run, until } = circuit.recovery;
  const isUnderWay = 'recovery' in before.circuit && before.seq === seq && before.circuit.recovery.run === run;
  return isUnderWay ? undefined : { seq, run, probeAt: until };
}

function medianLatency({ fast }: Evidence): number | undefined {
  const latencyMs = latencyQuantile(fast.latency, 0.5);
  return latencyMs === undefined ? undefined : Math.round(latencyMs);
}
