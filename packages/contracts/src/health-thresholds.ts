import * as z from 'zod/mini';

const rate = z.optional(z.number().check(z.gte(0), z.lte(1)));
const milliseconds = z.optional(z.int().check(z.gte(0), z.lte(86_400_000)));
const count = z.optional(z.int().check(z.gte(1), z.lte(1_000)));
const factor = z.optional(z.number().check(z.gte(1), z.lte(100)));

/**
 * What the controller judges one target by, where that differs from its defaults. Names end in their unit; rates and shares are 0 to 1.
 * What each means, its default and where that comes from stand in `services/controller/src/health/thresholds.ts`.
 */
export const HealthThresholds = z.object({
  fastWindowMs: milliseconds,
  slowWindowMs: milliseconds,
  longWindowMs: milliseconds,
  deadTimeMs: milliseconds,
  lowVolumeAttempts: count,
  openRate: rate,
  openRecentRate: rate,
  openFailures: count,
  burstFailures: count,
  degradeRate: rate,
  degradeMargin: rate,
  degradeSlowWindowRate: rate,
  degradeSlowWindowAttempts: count,
  severeRate: rate,
  floorShare: rate,
  degradeFactor: rate,
  recoverFactor: factor,
  recoverRate: rate,
  recoverSlowRate: rate,
  recoverAttempts: count,
  relapsePenaltyMs: milliseconds,
  starvedMs: milliseconds,
  slowRate: rate,
  verySlowRate: rate,
  slowLatencyFactor: factor,
  throttleAttempts: count,
  throttleRate: rate,
  throttleLowerBound: rate,
  throttleClearRate: rate,
  throttleMargin: rate,
  throttleRecoverFactor: factor,
  throttleFloorShare: rate,
  ejectionMs: milliseconds,
  maxEjectionMs: milliseconds,
  ejectionJitter: rate,
  relapseMemoryMs: milliseconds,
  notReadyWaitMs: milliseconds,
  misconfiguredWaitMs: milliseconds,
  probesToPass: count,
  probeGapMs: milliseconds,
  failedProbeWaitMs: milliseconds,
  failedProbeFactor: factor,
  maxFailedProbeWaitMs: milliseconds,
  panicProbeWaitMs: milliseconds,
  boughtProbes: count,
  boughtProbeGapMs: milliseconds,
  boughtProbesEveryMs: milliseconds,
  rampFirstShare: rate,
  rampSecondShare: rate,
  rampHoldMs: milliseconds,
  rampMaxHoldMs: milliseconds,
  rampAttempts: count,
  rampRequestsPerSecond: z.optional(z.number().check(z.gte(0))),
  halfOpenLowerBound: rate,
  halfOpenRate: rate,
  halfOpenAttempts: count,
  baselineAttempts: count,
  baselineWeight: rate,
  baselineEveryMs: milliseconds,
});
export type HealthThresholds = z.infer<typeof HealthThresholds>;
