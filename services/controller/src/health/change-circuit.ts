import type { Circuit, Closed, Degraded, HalfOpen, Misconfigured, Open } from './circuit.ts';
import { toReason } from './describe.ts';
import type { JudgedTarget } from './judged-target.ts';
import type { TargetHealth } from './target-health.ts';
import { MAX_RELAPSES, type Thresholds } from './thresholds.ts';

type Change = Pick<JudgedTarget, 'health' | 'thresholds' | 'now' | 'random'>;

/** Puts a target into another state. */
function enter(health: TargetHealth, circuit: Circuit, more: Partial<TargetHealth> = {}): TargetHealth {
  return { ...health, ...more, seq: health.seq + 1, circuit };
}

/** Takes a target out for a time that doubles with each relapse. */
export function open({ health, thresholds, now, random }: Change, why: string): TargetHealth {
  const relapses = rememberedRelapses(health, thresholds, now);
  const lengthMs = Math.min(thresholds.maxEjectionMs, thresholds.ejectionMs * 2 ** relapses);
  const jitter = 1 + thresholds.ejectionJitter * (2 * random() - 1);
  const until = Math.round(now + lengthMs * jitter);
  const circuit: Open = { kind: 'open', since: now, reason: toReason(why), cause: 'faulting', recovery: startRecovery(until, now) };
  return enter(health, circuit, { relapses: Math.min(MAX_RELAPSES, relapses + 1), quietSince: now });
}

/** Takes a target out that is not up yet: no relapse, and asked again by the clock. */
export function openUntilReady({ health, thresholds, now }: Change, why: string): TargetHealth {
  const recovery = startRecovery(now + thresholds.notReadyWaitMs, now);
  const circuit: Open = { kind: 'open', since: now, reason: toReason(why), cause: 'not-ready', recovery };
  return enter(health, circuit);
}

/** Takes a target out that we call wrongly. */
export function setMisconfigured({ health, thresholds, now }: Change, why: string): TargetHealth {
  const recovery = startRecovery(now + thresholds.misconfiguredWaitMs, now);
  const circuit: Misconfigured = { kind: 'misconfigured', since: now, reason: toReason(why), recovery };
  return enter(health, circuit);
}

/** Lets the first customers' requests in again. What began before says nothing any more. */
export function halfOpen({ health, now }: Change, why: string): TargetHealth {
  const circuit: HalfOpen = { kind: 'half-open', since: now, reason: toReason(why), step: 1, stepSince: now };
  return enter(health, circuit, { evidenceFrom: now });
}

/** Gives a target all its traffic. From what was out only what begins now counts; from what was degraded, what showed that it is well. */
export function close({ health, thresholds, now }: Change, why: string): TargetHealth {
  const circuit: Closed = { kind: 'closed', since: now, reason: toReason(why) };
  const { kind } = health.circuit;
  if (kind === 'half-open') return enter(health, circuit, { quietSince: now });
  if (kind === 'degraded') return enter(health, circuit, { evidenceFrom: Math.max(health.evidenceFrom, now - thresholds.fastWindowMs) });
  return enter(health, circuit, { quietSince: now, evidenceFrom: now });
}

/** Lowers or raises the share of a target that serves. */
export function degrade({ health, now }: Change, share: number, why: string): TargetHealth {
  const reason = toReason(why);
  const { circuit } = health;
  if (circuit.kind === 'degraded') return { ...health, circuit: { ...circuit, share, changedAt: now, reason } };
  const degraded: Degraded = { kind: 'degraded', since: now, reason, share, changedAt: now };
  return enter(health, degraded);
}

/** Relapses that are not forgotten yet: one less for each ten quiet minutes. */
export function rememberedRelapses({ relapses, quietSince }: TargetHealth, { relapseMemoryMs }: Thresholds, now: number): number {
  return Math.max(0, relapses - Math.floor(Math.max(0, now - quietSince) / relapseMemoryMs));
}

function startRecovery(until: number, now: number): Open['recovery'] {
  return { run: 1, heardAt: now, until, passes: 0, failures: 0 };
}
