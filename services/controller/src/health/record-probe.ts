import type { ObservedAttempts, RoutingTarget } from '@signalbox/contracts';
import { type HealthClass, healthClass } from '@signalbox/routing/health-class';
import { setMisconfigured } from './change-circuit.ts';
import type { Misconfigured, Open } from './circuit.ts';
import { letIn } from './judge-out.ts';
import type { Peers } from './peers.ts';
import type { TargetHealth } from './target-health.ts';
import { type Thresholds, thresholdsFor } from './thresholds.ts';

export type ProbeInput = {
  target: RoutingTarget;
  health: TargetHealth;
  /** What the execution was started with. */
  seq: number;
  run: number;
  /** What the probe came to. */
  probe: Pick<ObservedAttempts, 'outcome' | 'slow' | 'originalStatus'>;
  now: number;
  random: () => number;
  peers: Peers;
};

export type ProbeRecord =
  /** The target has moved on since: the execution is to end, and to write nothing. */
  | { kind: 'stale' }
  /** Not before `until` the next probe. */
  | { kind: 'waiting'; health: TargetHealth; until: number }
  /** Customers' requests are let in; the execution is to end. */
  | { kind: 'returned'; health: TargetHealth };

type Out = Open | Misconfigured;

/** Notes a recovery's probe: enough in a row let the target in, a failed one makes it wait longer. */
export function recordProbe({ target, health, seq, run, probe, now, random, peers }: ProbeInput): ProbeRecord {
  const { circuit } = health;
  const isStale = health.definition !== target.definition || health.seq !== seq || !('recovery' in circuit) || circuit.recovery.run !== run;
  if (isStale) return { kind: 'stale' };
  const thresholds = thresholdsFor(target);
  const change = { health, thresholds, peers, now, random };
  const seen = healthClass(probe);
  const recovery = { ...circuit.recovery, heardAt: now };
  if (!hasPassed(seen, peers)) {
    const failures = recovery.failures + 1;
    const until = Math.round(now + failedWaitMs({ seen, failures, circuit, peers, thresholds }));
    // A new word for a state that goes on is no new state: whoever runs its recovery goes on, too.
    const isRefused = seen === 'misconfigured' && circuit.kind !== 'misconfigured';
    const named = isRefused
      ? setMisconfigured(change, 'misconfigured: probes are refused; see model id, access and rights').circuit
      : circuit;
    return wait(health, { ...named, recovery: { ...recovery, passes: 0, failures, until } } as Out);
  }
  const passes = recovery.passes + 1;
  if (passes >= thresholds.probesToPass) return { kind: 'returned', health: letIn(change, `${passes} probes passed`) };
  return wait(health, { ...circuit, recovery: { ...recovery, passes, failures: 0, until: now + thresholds.probeGapMs } });
}

function wait(health: TargetHealth, circuit: Out): ProbeRecord {
  return { kind: 'waiting', health: { ...health, circuit }, until: circuit.recovery.until };
}

/**
 * A throttled target is well, and so is one that does not like our prompt: customers' requests will tell. One that is slow even to a tiny
 * prompt is not, but where a route has nobody else it is better than nothing.
 */
function hasPassed(seen: HealthClass, { isNeeded }: Peers): boolean {
  return seen === 'well' || seen === 'throttle' || seen === 'nothing' || (seen === 'slow' && isNeeded);
}

type FailedWait = { seen: HealthClass; failures: number; circuit: Out; peers: Peers; thresholds: Thresholds };

function failedWaitMs({ seen, failures, peers, thresholds }: FailedWait): number {
  if (peers.isNeeded) return thresholds.panicProbeWaitMs;
  if (seen === 'misconfigured') return thresholds.misconfiguredWaitMs;
  if (seen === 'not-ready') return thresholds.notReadyWaitMs;
  return Math.min(thresholds.maxFailedProbeWaitMs, thresholds.failedProbeWaitMs * thresholds.failedProbeFactor ** (failures - 1));
}
