import { describeDuration, describeFailures, percent } from './describe.ts';
import { judgeBurst } from './judge-burst.ts';
import { judgeFailures } from './judge-failures.ts';
import { judgeSlowness } from './judge-slowness.ts';
import type { JudgedTarget } from './judged-target.ts';
import { latencyQuantile } from './latency-histogram.ts';
import { median } from './peers.ts';
import { countWitnesses } from './witnesses.ts';

/** What speaks for moving traffic away; a severe one moves all of it but the floor share at once. */
export type Badness = { isSevere: boolean; why: string };

type Judged = Pick<JudgedTarget, 'health' | 'evidence' | 'thresholds' | 'peers'>;

/** Why a target should get less; undefined while it does no worse than the others, or when there is nobody to give it to. */
export function findBadness(judged: Judged): Badness | undefined {
  const { peers } = judged;
  if (peers.isNeeded) return undefined;
  return findFaulting(judged, median(peers.failureRates)) ?? findSlow(judged, median(peers.slowRates));
}

function findFaulting({ evidence, thresholds }: Judged, usual: number | undefined): Badness | undefined {
  const fast = judgeFailures(evidence.fast, thresholds);
  const burst = judgeBurst(evidence.moments, thresholds);
  const worst = burst && burst.lowerBound > fast.lowerBound ? burst : fast;
  if (usual === undefined || worst.witnesses < thresholds.openFailures || worst.rate <= usual + thresholds.degradeMargin) return undefined;
  const slow = judgeFailures(evidence.slow, thresholds);
  const isSmoldering =
    slow.lowerBound > thresholds.degradeSlowWindowRate &&
    fast.rate > thresholds.degradeSlowWindowRate &&
    fast.decided >= thresholds.degradeSlowWindowAttempts;
  if (worst.lowerBound <= thresholds.degradeRate && !isSmoldering) return undefined;
  return { isSevere: worst.rate > thresholds.severeRate, why: `degraded: ${describeFailures(worst)}; others ${percent(usual)}` };
}

/** Slow calls count when they pass their threshold, not when they are over: many are cut off by then, and have no latency. */
export function findSlow({ health, evidence, thresholds }: Omit<Judged, 'peers'>, usual: number | undefined): Badness | undefined {
  const { slow, rate, lowerBound } = judgeSlowness(evidence.fast);
  const requests = Math.min(slow, countWitnesses(evidence.fast.witnesses.slow));
  if (usual === undefined || requests < thresholds.openFailures || rate <= usual + thresholds.degradeMargin) return undefined;
  if (lowerBound <= thresholds.slowRate) return undefined;
  const medianMs = latencyQuantile(evidence.fast.latency, 0.5);
  const { baselineMs } = health;
  const isFarOff = medianMs !== undefined && baselineMs !== undefined && medianMs > thresholds.slowLatencyFactor * baselineMs;
  if (!isFarOff && rate <= thresholds.verySlowRate) return undefined;
  const normally = baselineMs === undefined ? '' : ` (normally ${describeDuration(baselineMs)})`;
  const half = medianMs === undefined ? '' : `, half take over ${describeDuration(medianMs)}${normally}`;
  return { isSevere: true, why: `slow: ${percent(rate)} of calls are over their limit${half}` };
}
