import { close, degrade, open, openUntilReady, rememberedRelapses, setMisconfigured } from './change-circuit.ts';
import type { Closed, Degraded } from './circuit.ts';
import { type Counters, decidedOf, hardOf } from './counters.ts';
import { describeFailures } from './describe.ts';
import { findBadness } from './find-badness.ts';
import { type FailureVerdict, judgeFailures } from './judge-failures.ts';
import { judgeSlowness } from './judge-slowness.ts';
import type { JudgedTarget, Judgement, ProbeOrder } from './judged-target.ts';
import { learnBaseline } from './learn-baseline.ts';
import { wilsonLowerBound } from './wilson.ts';

type Serving = JudgedTarget & { circuit: Closed | Degraded; fast: FailureVerdict };

/** Judges a target that serves: out, down a step, up a step, or as it was. */
export function judgeServing(target: JudgedTarget, circuit: Closed | Degraded): Judgement {
  const serving = { ...target, circuit, fast: judgeFailures(target.evidence.fast, target.thresholds) };
  const out = takeOut(serving);
  if (out) return { health: out };
  const health = stepDown(serving) ?? stepUp(serving) ?? learnBaseline(serving);
  return orderProbes({ ...serving, health });
}

function takeOut(serving: Serving): JudgedTarget['health'] | undefined {
  const { evidence, thresholds } = serving;
  const misconfigured = [evidence.fast, evidence.run].find((counters) => isMisconfigured(counters, serving));
  if (misconfigured) {
    const why = `misconfigured: ${misconfigured.misconfigured} calls refused; see model id, access and rights`;
    return setMisconfigured(serving, why);
  }
  const run = judgeFailures(evidence.run, thresholds);
  if (isLowVolume(serving) && run.witnesses >= thresholds.openFailures) {
    return takeOutFor(serving, evidence.run, `ejected: the last ${run.failures} calls all failed`);
  }
  const { fast } = serving;
  const counters = isLowVolume(serving) ? evidence.long : evidence.fast;
  const verdict = judgeFailures(counters, thresholds);
  const isRecent = fast.decided < 1 || fast.rate >= thresholds.openRecentRate;
  if (verdict.witnesses < thresholds.openFailures || verdict.lowerBound < thresholds.openRate || !isRecent) return undefined;
  return takeOutFor(serving, counters, `ejected: ${describeFailures(verdict)}`);
}

/** A target that mostly says of itself that it is not up yet has done nothing wrong. */
function takeOutFor(serving: Serving, counters: Counters, why: string): JudgedTarget['health'] {
  const isNotReady = counters.notReady * 2 > hardOf(counters) + counters.ambiguous;
  return isNotReady ? openUntilReady(serving, `not ready: ${counters.notReady} calls met a model that is not loaded`) : open(serving, why);
}

/** By the rule of ejection, over the calls that were not made and those that were. */
function isMisconfigured(counters: Counters, { thresholds }: Serving): boolean {
  const { misconfigured } = counters;
  const calls = misconfigured + decidedOf(counters);
  return misconfigured >= thresholds.openFailures && wilsonLowerBound(misconfigured, calls) >= thresholds.openRate;
}

function isLowVolume({ evidence, thresholds }: Serving): boolean {
  return decidedOf(evidence.fast) < thresholds.lowVolumeAttempts;
}

function stepDown(serving: Serving): JudgedTarget['health'] | undefined {
  const { circuit, thresholds, now } = serving;
  const bad = findBadness(serving);
  if (!bad) return undefined;
  const share = circuit.kind === 'closed' ? 1 : circuit.share;
  const lower = bad.isSevere ? thresholds.floorShare : Math.max(thresholds.floorShare, share * thresholds.degradeFactor);
  const isSettling = circuit.kind === 'degraded' && !bad.isSevere && now - circuit.changedAt <= thresholds.deadTimeMs;
  // What goes on being bad is not raised, and told with its first figures: the next ones would only be newer.
  if (lower >= share || isSettling) return serving.health;
  return degrade(serving, lower, bad.why);
}

function stepUp(serving: Serving): JudgedTarget['health'] | undefined {
  const { circuit, evidence, fast, health, thresholds, now } = serving;
  if (circuit.kind !== 'degraded') return undefined;
  const penaltyMs = thresholds.relapsePenaltyMs * rememberedRelapses(health, thresholds, now);
  if (now - circuit.changedAt <= thresholds.deadTimeMs + penaltyMs) return undefined;
  const isWell = fast.rate < thresholds.recoverRate && judgeSlowness(evidence.fast).rate < thresholds.recoverSlowRate;
  if (fast.decided < thresholds.recoverAttempts || !isWell) return undefined;
  const share = Math.min(1, circuit.share * thresholds.recoverFactor);
  const why = `recovering: ${fast.decided - fast.failures} of ${fast.decided} calls answered in time`;
  return share < 1 ? degrade(serving, share, why) : close(serving, `recovered: ${fast.decided} calls well`);
}

/** Orders calls of our own where customers' are too few, or of too few tenants, to tell. */
function orderProbes(serving: Serving): Judgement {
  const { health, thresholds, now } = serving;
  const reason = whyProbe(serving);
  const orderedAt = health.probesOrderedAt;
  if (!reason || (orderedAt !== undefined && now - orderedAt < thresholds.boughtProbesEveryMs)) return { health };
  const probes: ProbeOrder = { count: thresholds.boughtProbes, gapMs: thresholds.boughtProbeGapMs, reason };
  return { health: { ...health, probesOrderedAt: now }, probes };
}

function whyProbe(serving: Serving): string | undefined {
  const { circuit, evidence, fast, thresholds, now } = serving;
  const isOverdue = circuit.kind === 'degraded' && now - circuit.changedAt >= thresholds.starvedMs;
  if (isOverdue && decidedOf(evidence.lately) < thresholds.recoverAttempts) return 'degraded, and too little traffic to see it recover';
  if (fast.isDoubtful) return 'calls of one tenant fail: is it the target or the tenant?';
  const failed = hardOf(evidence.run) + evidence.run.ambiguous;
  return isLowVolume(serving) && failed >= 1 ? 'the last calls failed, and there are too few to judge by' : undefined;
}
