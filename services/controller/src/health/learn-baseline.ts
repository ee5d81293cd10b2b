import type { FailureVerdict } from './judge-failures.ts';
import { judgeSlowness } from './judge-slowness.ts';
import type { JudgedTarget } from './judged-target.ts';
import { latencyQuantile } from './latency-histogram.ts';
import type { TargetHealth } from './target-health.ts';

/** What is normal for a target is learnt on good days only, and slowly: a decline must not become normal while it goes on. */
export function learnBaseline({ health, evidence, thresholds, fast, now }: JudgedTarget & { fast: FailureVerdict }): TargetHealth {
  const { baselineMs, baselineAt } = health;
  const isWell = fast.rate < thresholds.recoverRate && judgeSlowness(evidence.fast).rate < thresholds.recoverSlowRate;
  const isDue = baselineAt === undefined || now - baselineAt >= thresholds.baselineEveryMs;
  if (health.circuit.kind !== 'closed' || !isWell || !isDue || fast.decided < thresholds.baselineAttempts) return health;
  const medianMs = latencyQuantile(evidence.fast.latency, 0.5);
  if (medianMs === undefined) return health;
  const learnt = baselineMs === undefined ? medianMs : baselineMs + thresholds.baselineWeight * (medianMs - baselineMs);
  return { ...health, baselineMs: learnt, baselineAt: now };
}
