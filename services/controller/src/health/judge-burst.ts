import { findPoison, type Verdict, verdictOf, worstSlot } from './judge-failures.ts';
import type { Moment } from './moments.ts';
import { BURST_DEVIATIONS, type Thresholds } from './thresholds.ts';
import { wilsonLowerBound } from './wilson.ts';
import { countWitnesses } from './witnesses.ts';

/**
 * The moment that speaks most against a target, if any does for sure: the processes leave a dead one within a second or two, so what they saw
 * stands out then, and drowns among the answers before. It is looked at each second and from many starts, so it has to be surer than a
 * whole window, and by several requests.
 */
export function judgeBurst(moments: readonly Moment[], thresholds: Thresholds): Verdict | undefined {
  let worst: { verdict: Verdict; certain: number } | undefined;
  for (const moment of moments) {
    const verdict = verdictOfMoment(moment);
    const certain = wilsonLowerBound(verdict.failures, verdict.decided, BURST_DEVIATIONS);
    const isEnough = Math.min(verdict.failures, verdict.witnesses) >= thresholds.burstFailures && certain > thresholds.degradeRate;
    if (isEnough && certain > (worst?.certain ?? 0)) worst = { verdict, certain };
  }
  return worst?.verdict;
}

/**
 * As over a window, ambiguous failures of the worst tenant slot are left out, and all of a poisoned one. Which of a slot's failures fall into
 * these seconds is not kept, so those of whole buckets are taken off: a moment is believed less than it might be, never more.
 */
function verdictOfMoment({ hard, ambiguous, decided, around }: Moment): Verdict {
  const { slots, witnesses } = around;
  const poison = findPoison(around);
  const worst = worstSlot(around, (slot) => (slot === poison ? 0 : (slots.ambiguous[slot] ?? 0)));
  const inSlot = (counts: readonly number[], slot: number | undefined) => (slot === undefined ? 0 : (counts[slot] ?? 0));
  const otherHard = Math.max(0, hard - inSlot(slots.hard, poison));
  const otherAmbiguous = Math.max(0, ambiguous - inSlot(slots.ambiguous, poison) - inSlot(slots.ambiguous, worst));
  return verdictOf({ failed: otherHard + otherAmbiguous, decided: Math.round(decided), witnesses: countWitnesses(witnesses.failed) });
}
