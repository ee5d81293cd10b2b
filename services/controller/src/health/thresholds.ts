import type { HealthThresholds, RoutingTarget } from '@signalbox/contracts';

/** Every threshold with a value: names end in their unit, rates and shares are 0 to 1. */
export type Thresholds = { readonly [Name in keyof Required<HealthThresholds>]: number };

/**
 * The defaults. Unless a line says otherwise, a value was found by a random search over 200 settings and 11 simulated failures (200
 * requests a second on 300 processes): the outcome moved by less than 10 % over all of them, so what matters is the rules, and these
 * are a start. "Lower bound" is Wilson's, at 95 %.
 */
export const THRESHOLDS: Thresholds = {
  /** What is judged first, in milliseconds: two buckets, long enough for a rate, short enough to be news. */
  fastWindowMs: 20_000,
  /** The window in which a small fault rate shows; nine times the fast one, which must still be warm (burn-rate alerts use 1/12). */
  slowWindowMs: 180_000,
  /** How far back a target with little traffic is judged: at one request a minute, 15 of them. */
  longWindowMs: 900_000,
  /** After a change of share nothing is changed again before its effect shows: overlay 2 s, then one fast window. */
  deadTimeMs: 20_000,
  /** Below so many decided attempts in the fast window, the long one and runs of failures are asked. */
  lowVolumeAttempts: 8,

  /** Lower bound of the failure rate that ejects: 3 of 3, 5 of 6, about 45 % of 400. */
  openRate: 0.4,
  /** The fast window must not contradict what older evidence says: the rate there, if there is one. */
  openRecentRate: 0.32,
  /** Failures without which nothing is ejected or degraded, whatever the rate: one failed call of one proves nothing. */
  openFailures: 3,

  /**
   * Failures in the latest seconds, and requests that failed, from which those seconds alone are asked whether the target loses share. A
   * process leaves after three or four failures of its own, so an outage shows for a second or two, beside twenty of answers.
   */
  burstFailures: 6,

  /** Lower bound of the failure rate above which a target loses share. */
  degradeRate: 0.1,
  /** And by so much the rate must exceed the median of the others: what is bad everywhere is not cured by moving traffic. */
  degradeMargin: 0.05,
  /** Lower bound over the slow window that degrades as well, while the rate of the fast one is above it, too. */
  degradeSlowWindowRate: 0.05,
  degradeSlowWindowAttempts: 10,
  /** Failure rate of the fast window above which the share falls to the floor at once, not step by step. */
  severeRate: 0.2,
  /** Share that a degraded target keeps: at 200 requests a second, four a second by which its recovery is seen. */
  floorShare: 0.02,
  /** Share left after a step down, of what it was. */
  degradeFactor: 0.3,
  /** Share after a step up, as a multiple: from the floor to full in three steps. */
  recoverFactor: 6,
  /** Failure rate below which share is given back; five times the rate of a model on a normal day. */
  recoverRate: 0.05,
  recoverSlowRate: 0.1,
  recoverAttempts: 3,
  /** Each relapse within memory makes a degraded target wait so much longer before a step up. */
  relapsePenaltyMs: 20_000,
  /** A degraded target that saw too few attempts for so long is probed: without traffic it could not recover. */
  starvedMs: 60_000,

  /** Lower bound of the share of slow calls that degrades, together with one of the two below. */
  slowRate: 0.3,
  /** Share of slow calls that needs no baseline. */
  verySlowRate: 0.5,
  /** Median latency as a multiple of the target's own baseline. */
  slowLatencyFactor: 3,

  /** Attempts, throttled ones included, below which a throttle rate says too little; the processes' own throttle acts before. */
  throttleAttempts: 10,
  /** Throttle rate above which the share is lowered, if its lower bound is above the next line. */
  throttleRate: 0.05,
  throttleLowerBound: 0.025,
  /** Throttle rate below which the share grows again. */
  throttleClearRate: 0.01,
  /** Of the share that would just fit the quota: 3 % of air, so that the next window is clear. */
  throttleMargin: 0.97,
  throttleRecoverFactor: 1.15,
  /** A target that throttles is well: it always keeps some requests, by which it is seen to recover. As in the local throttle. */
  throttleFloorShare: 0.05,
  /** While nothing at all but 429 came for a fast window at the floor. At 100 requests a second it is three calls in two seconds. */
  throttleShutShare: 0.015,
  /** On the way back from there nobody knows what the quota bears, so the share doubles until the first 429 tells: four minutes less than by the factor above. */
  throttleReopenFactor: 2,

  /** First ejection; doubles with each relapse up to the next line. Envoy's base and, there, 300 s: too long for a model. */
  ejectionMs: 30_000,
  maxEjectionMs: 120_000,
  /** Ejections end between 1 − this and 1 + this of their length, so that targets that fell together do not return together. */
  ejectionJitter: 0.25,
  /** One relapse is forgotten per so much time without a new one. */
  relapseMemoryMs: 600_000,
  /** A cold endpoint takes minutes to load a model; asked as often as the local breaker asks. */
  notReadyWaitMs: 30_000,
  /** A wrong right or name is mended by people; as in the local breaker. */
  misconfiguredWaitMs: 60_000,

  /** Probes in a row that must pass before customers' requests are let in. */
  probesToPass: 3,
  probeGapMs: 2_000,
  /** Wait after a failed probe: 10 s, 15 s, 22 s, 30 s. A failed probe is no relapse. */
  failedProbeWaitMs: 10_000,
  failedProbeFactor: 1.5,
  maxFailedProbeWaitMs: 30_000,
  /** Where a route has nobody else, every second of an ejection counts. */
  panicProbeWaitMs: 5_000,
  /** Probes ordered where customers' requests are too few to judge by: as many as can eject, at most one set per 45 s. */
  boughtProbes: 3,
  boughtProbeGapMs: 3_000,
  boughtProbesEveryMs: 45_000,

  /** Shares of the first and second step after the probes; the third is all. */
  rampFirstShare: 0.1,
  rampSecondShare: 0.5,
  /** Shortest time per step: one bucket. */
  rampHoldMs: 10_000,
  /** Longest time per step while too few attempts come to judge by. */
  rampMaxHoldMs: 60_000,
  rampAttempts: 3,
  /** Below so many requests a second on its routes a target skips the ramp: a tenth of them is less than one per 3 s, and would starve it. */
  rampRequestsPerSecond: 3,
  /** A half-open target is judged harder: by this lower bound (2 of 3), */
  halfOpenLowerBound: 0.2,
  /** or by this plain rate of so many attempts. */
  halfOpenRate: 0.5,
  halfOpenAttempts: 4,

  /** Answers in the fast window from which the baseline latency learns, only while the target is well. */
  baselineAttempts: 20,
  /** Weight of the latest median, once per evaluation interval: half of it is learnt in three minutes, so that it does not follow a decline. */
  baselineWeight: 0.02,
  baselineEveryMs: 5_000,
};

/** A target's own thresholds: the defaults, but for what its routing table says. */
export function thresholdsFor({ health = {} }: Pick<RoutingTarget, 'health'>): Thresholds {
  const stated = Object.entries(health).filter(([name, value]) => Object.hasOwn(THRESHOLDS, name) && value !== undefined);
  return stated.length > 0 ? { ...THRESHOLDS, ...Object.fromEntries(stated) } : THRESHOLDS;
}

/**
 * How many standard deviations a burst must be above `degradeRate`: 6 of 10, 26 of 100, 15 % of 1,000. At 1 % errors six of ten fail together
 * once in five billion, so with a look each second and some starts for each one target loses share once in centuries.
 */
export const BURST_DEVIATIONS = 5;

/** Attempts that began longer ago do not count for health: everything that could be decided by them has been decided. */
export const LATE_AFTER_MS = 600_000;

/** Attempts that begin further ahead than clocks differ are nobody's, and do not count either. */
export const AHEAD_AFTER_MS = 300_000;

/** Relapses beyond which none is counted: at ten minutes each, a target that flapped all day is believed again after an hour. */
export const MAX_RELAPSES = 6;

/** A share from which on a target is an alternative to others; below, a route that has nothing else is in panic. Envoy's panic threshold. */
export const UP_SHARE = 0.5;

/**
 * Share that the last target of a tier keeps when health would take it from all. Half of the 1 % that a p99 leaves out, so that even a
 * target that hangs does not show in it; and yet the tier is seen to return when nothing else runs that would look.
 */
export const LAST_OF_TIER_SHARE = 0.005;

/** A slot of tenants is suspect by so many ambiguous failures in so long over all targets, by this lower bound, while the rest fail less than that. */
export const SUSPECT = { windowMs: 20_000, failures: 5, lowerBound: 0.5, othersRate: 0.1, othersAttempts: 8 } as const;

/** A fallback without traffic is called once per so long while its route has traffic: what is never used does not work when it is needed. */
export const EXERCISE_EVERY_MS = 60_000;

/** A recovery that was silent for so many times its longest wait is taken for dead, and another one is started. */
export const SILENCE_FACTOR = 2;

/** Between two writes of the overlay; between two that say the same, while some share is below 1; and its size in bytes. */
export const OVERLAY = { writeEveryMs: 1_000, heartbeatMs: 300_000, maxBytes: 65_536 } as const;
