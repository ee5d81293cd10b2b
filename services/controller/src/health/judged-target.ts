import type { Evidence } from './evidence.ts';
import type { Peers } from './peers.ts';
import type { TargetHealth } from './target-health.ts';
import type { Thresholds } from './thresholds.ts';

/** A target before its judge. Time is milliseconds since the epoch; `random` is 0 up to, not including, 1. */
export type JudgedTarget = {
  health: TargetHealth;
  evidence: Evidence;
  thresholds: Thresholds;
  peers: Peers;
  now: number;
  random: () => number;
};

/** Probes that are wanted at once, where traffic is too little to judge by. */
export type ProbeOrder = { count: number; gapMs: number; reason: string };

/** What becomes of a target. */
export type Judgement = { health: TargetHealth; probes?: ProbeOrder };
