import { type Counters, decidedOf, hardOf } from './counters.ts';
import { SUSPECT, type Thresholds } from './thresholds.ts';
import { wilsonLowerBound } from './wilson.ts';
import { countWitnesses } from './witnesses.ts';

/** How often a target fails, as far as it is the target that fails. */
export type Verdict = {
  failures: number;
  /** Different requests that failed, at least; at most `failures`. Of what is told twice, and of one that is tried twice, there is one. */
  witnesses: number;
  decided: number;
  /** 0 to 1; 0 without attempts. */
  rate: number;
  /** The rate that is at least credible. */
  lowerBound: number;
};

export type FailureVerdict = Verdict & {
  /** True when many calls fail, but of one tenant only, without enough others to compare: a call of our own has to tell. */
  isDoubtful: boolean;
};

type Tally = { hard: number; ambiguous: number; decided: number };

/**
 * Is it the target or the tenant? An ambiguous failure may be the doing of its request, and one tenant's requests are often alike: such
 * failures count only where they also befall others than the tenant slot that has most of them. Hard failures count for all, but
 * for a slot of which most calls fail while nearly all of the others' are answered.
 */
export function judgeFailures(counters: Counters, { degradeRate, lowVolumeAttempts }: Thresholds): FailureVerdict {
  const poison = findPoison(counters);
  const all = without(counters, poison);
  const worst = worstSlot(counters, (slot) => (slot === poison ? 0 : (counters.slots.ambiguous[slot] ?? 0)));
  const others = without(counters, poison, worst);
  const witnesses = countWitnesses(counters.witnesses.failed);
  const hard = verdictOf({ failed: all.hard, decided: all.decided, witnesses });
  const robust = verdictOf({ failed: others.hard + others.ambiguous, decided: others.decided, witnesses });
  const verdict = robust.lowerBound > hard.lowerBound ? robust : hard;
  const isUnwitnessed = all.ambiguous > 0 && others.decided < lowVolumeAttempts;
  return { ...verdict, isDoubtful: isUnwitnessed && wilsonLowerBound(all.hard + all.ambiguous, all.decided) > degradeRate };
}

export function verdictOf({ failed, decided, witnesses }: { failed: number; decided: number; witnesses: number }): Verdict {
  const failures = Math.min(failed, decided);
  return {
    failures,
    witnesses: Math.min(failures, witnesses),
    decided,
    rate: decided > 0 ? failures / decided : 0,
    lowerBound: wilsonLowerBound(failures, decided),
  };
}

/** The slot whose own requests fail here, while everybody else is answered. */
export function findPoison(counters: Counters): number | undefined {
  const { slots } = counters;
  const failuresOf = (slot: number) => (slots.hard[slot] ?? 0) + (slots.ambiguous[slot] ?? 0);
  const worst = worstSlot(counters, failuresOf);
  if (worst === undefined || failuresOf(worst) < SUSPECT.failures) return undefined;
  if (wilsonLowerBound(failuresOf(worst), slots.attempts[worst] ?? 0) <= SUSPECT.lowerBound) return undefined;
  const others = without(counters, worst);
  const areOthersWell = others.decided >= SUSPECT.othersAttempts && (others.hard + others.ambiguous) / others.decided < SUSPECT.othersRate;
  return areOthersWell ? worst : undefined;
}

export function worstSlot({ slots }: Counters, failuresOf: (slot: number) => number): number | undefined {
  let worst: number | undefined;
  for (const slot of slots.attempts.keys()) if (failuresOf(slot) > (worst === undefined ? 0 : failuresOf(worst))) worst = slot;
  return worst;
}

/** The counts without those of some slots: attempts, and all their failures with them. */
function without(counters: Counters, ...left: readonly (number | undefined)[]): Tally {
  const tally = { hard: hardOf(counters), ambiguous: counters.ambiguous, decided: decidedOf(counters) };
  for (const slot of new Set(left)) {
    if (slot === undefined) continue;
    tally.hard -= counters.slots.hard[slot] ?? 0;
    tally.ambiguous -= counters.slots.ambiguous[slot] ?? 0;
    tally.decided -= counters.slots.attempts[slot] ?? 0;
  }
  return tally;
}
