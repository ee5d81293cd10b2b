import { close, halfOpen } from './change-circuit.ts';
import type { Misconfigured, Open } from './circuit.ts';
import { judgeFailures } from './judge-failures.ts';
import type { JudgedTarget, Judgement } from './judged-target.ts';
import { SILENCE_FACTOR, type Thresholds } from './thresholds.ts';

/** Judges a target that is out. Probes bring it back, as a rule; here it is seen to that they do come, and that answers count, too. */
export function judgeOut(target: JudgedTarget, circuit: Open | Misconfigured): Judgement {
  const { health, thresholds, peers, now } = target;
  if (isSeenWell(target, circuit)) return { health: letIn(target, 'calls that were made all the same were answered') };
  const { recovery } = circuit;
  if (peers.isNeeded && recovery.until > now + thresholds.panicProbeWaitMs) {
    const sooner = { ...recovery, run: 1, heardAt: now, until: now + thresholds.panicProbeWaitMs };
    return { health: { ...health, seq: health.seq + 1, circuit: { ...circuit, recovery: sooner } } };
  }
  if (now <= Math.max(recovery.heardAt, recovery.until) + SILENCE_FACTOR * longestWaitMs(thresholds)) return { health };
  return { health: { ...health, circuit: { ...circuit, recovery: { ...recovery, run: recovery.run + 1, heardAt: now } } } };
}

/** Lets a target in that was seen to be well: step by step, or at once where a step would starve it or a route. */
export function letIn(target: Omit<JudgedTarget, 'evidence'>, how: string): JudgedTarget['health'] {
  const { peers, thresholds } = target;
  if (peers.isNeeded) return close(target, `back at once: ${how}; a route has nobody else`);
  if (peers.requestsPerSecond < thresholds.rampRequestsPerSecond) return close(target, `back at once: ${how}; little traffic`);
  return halfOpen(target, `returning: ${how}`);
}

/** Where a route has nobody else its requests are tried all the same, and the last target of a tier keeps a trickle. */
function isSeenWell({ evidence, thresholds, now }: JudgedTarget, { since, recovery }: Open | Misconfigured): boolean {
  const { decided, rate } = judgeFailures(evidence.fast, thresholds);
  const isNews = now - thresholds.fastWindowMs >= since && now >= recovery.until;
  return isNews && evidence.fast.misconfigured === 0 && decided >= thresholds.lowVolumeAttempts && rate < thresholds.recoverRate;
}

function longestWaitMs({ maxFailedProbeWaitMs, misconfiguredWaitMs, notReadyWaitMs, probeGapMs }: Thresholds): number {
  return Math.max(maxFailedProbeWaitMs, misconfiguredWaitMs, notReadyWaitMs, probeGapMs);
}
