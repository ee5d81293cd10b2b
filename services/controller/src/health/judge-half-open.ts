import { close, open } from './change-circuit.ts';
import type { HalfOpen } from './circuit.ts';
import { describeFailures, percent, toReason } from './describe.ts';
import { findSlow } from './find-badness.ts';
import { judgeFailures } from './judge-failures.ts';
import type { JudgedTarget, Judgement } from './judged-target.ts';
import { median } from './peers.ts';

/** Judges a target that is on its way back: out again, a step on, or as it was. Only attempts count that began since it was let in. */
export function judgeHalfOpen(target: JudgedTarget, circuit: HalfOpen): Judgement {
  const { evidence, thresholds, peers, now } = target;
  // Over everything since it was let in: failures are worth as much after twenty seconds.
  const seen = judgeFailures(evidence.slow, thresholds);
  const isFailing =
    (seen.decided >= thresholds.rampAttempts && seen.lowerBound > thresholds.halfOpenLowerBound) ||
    (seen.decided >= thresholds.halfOpenAttempts && seen.rate >= thresholds.halfOpenRate);
  if (isFailing) return { health: open(target, `relapsed: ${describeFailures(seen)} on its way back`) };
  const slow = peers.isNeeded ? undefined : findSlow(target, median(peers.slowRates));
  if (slow) return { health: open(target, `relapsed, ${slow.why}`) };
  // With nobody else on a route, a part of its traffic would be turned away for nothing.
  if (peers.isNeeded) return { health: close(target, 'back at once: a route has nobody else') };
  const heldMs = now - circuit.stepSince;
  const isSeen = seen.decided >= thresholds.rampAttempts || heldMs >= thresholds.rampMaxHoldMs;
  return heldMs >= thresholds.rampHoldMs && isSeen ? { health: stepOn(target, circuit) } : { health: target.health };
}

function stepOn(target: JudgedTarget, circuit: HalfOpen): Judgement['health'] {
  const { health, thresholds, now } = target;
  if (circuit.step === 2) return close(target, `recovered: well at ${percent(thresholds.rampSecondShare)} of its traffic`);
  const reason = toReason(`recovering: well so far, ${percent(thresholds.rampSecondShare)} of its traffic`);
  return { ...health, circuit: { ...circuit, step: 2, stepSince: now, reason } };
}
