import * as z from 'zod/mini';
import { durationBetween, help, rate, share } from './policy-fields.ts';

/** Each with the value that holds where the policy says nothing, as one would write it. */
const usually = <Schema extends z.ZodMiniType>(value: string | number, schema: Schema, description: string) =>
  help(z.optional(schema), `${description} ${value} unless stated.`, { default: value });

/** Counts are kept for an hour, in buckets of ten seconds. */
const window = (value: string, description: string) => usually(value, durationBetween('10s', '1h', value), description);
const time = (value: string, description: string) => usually(value, durationBetween('1ms', '24h', value), description);
const rateOf = (value: string, description: string) => usually(value, rate(description), description);
const shareOf = (value: string, description: string) => usually(value, share(description), description);
const count = (value: number, description: string) => usually(value, z.int().check(z.gte(1), z.lte(1_000)), description);
const factor = (value: number, description: string) => usually(value, z.number().check(z.gte(1), z.lte(100)), description);
/** By a factor of 1 nothing would ever grow. */
const growth = (value: number, description: string) => usually(value, z.number().check(z.gt(1), z.lte(100)), description);

/** What a target is judged by, as people write it: the controller's thresholds, with times and rates as elsewhere in a policy. */
export const PolicyHealth = z.strictObject({
  fastWindow: window('20s', 'What is judged first.'),
  slowWindow: window('3m', 'In which a small failure rate shows.'),
  longWindow: window('15m', 'How far back a target with little traffic is judged.'),
  deadTime: time('20s', 'After a change of share nothing is changed again for so long.'),
  lowVolumeAttempts: count(8, 'Below so many calls in the fast window the long window and failures in a row decide.'),

  openRate: rateOf('40%', 'Failure rate that ejects, as far as the calls seen make it certain.'),
  openRecentRate: rateOf('32%', 'And the failure rate of the fast window has to be this at least.'),
  openFailures: count(3, 'Failures without which nothing is ejected or degraded.'),
  burstFailures: count(6, 'Failures, of as many requests, from which the latest seconds are judged by themselves.'),

  degradeRate: rateOf('10%', 'Failure rate above which a target loses share, as far as the calls seen make it certain.'),
  degradeMargin: rateOf('5%', 'By so much it has to exceed that of the other targets.'),
  degradeSlowWindowRate: rateOf('5%', 'Failure rate over the slow window that degrades as well.'),
  degradeSlowWindowAttempts: count(10, 'Calls in the fast window without which the slow one does not degrade.'),
  severeRate: rateOf('20%', 'Failure rate above which the share falls to its floor at once.'),
  floorShare: shareOf('2%', 'What a degraded target keeps of its traffic.'),
  degradeFactor: rateOf('30%', 'What a step down leaves of the share.'),
  recoverFactor: growth(6, 'A step up multiplies the share by this.'),
  recoverRate: shareOf('5%', 'Failure rate below which share is given back.'),
  recoverSlowRate: shareOf('10%', 'Rate of slow calls below which share is given back.'),
  recoverAttempts: count(3, 'Calls without which no share is given back.'),
  relapsePenalty: time('20s', 'Each relapse delays a step up by so much.'),
  starved: window('1m', 'A degraded target with too few calls in so long is probed.'),

  slowRate: rateOf('30%', 'Rate of slow calls that degrades, if one of the next two holds as well.'),
  verySlowRate: rateOf('50%', 'Rate of slow calls that needs no comparison with normal days.'),
  slowLatencyFactor: factor(3, 'Median latency as a multiple of that on normal days.'),

  throttleAttempts: count(10, 'Calls below which a throttle rate says too little.'),
  throttleRate: rateOf('5%', 'Rate of throttled calls above which the share is lowered.'),
  throttleLowerBound: rateOf('2.5%', 'And of that rate so much has to be certain.'),
  throttleClearRate: shareOf('1%', 'Rate of throttled calls below which the share grows again.'),
  throttleMargin: shareOf('97%', 'Of the share that would just fit the quota, so much is used.'),
  throttleRecoverFactor: growth(1.15, 'A step up multiplies the share by this.'),
  throttleFloorShare: shareOf('5%', 'What a throttled target keeps of its traffic.'),
  throttleShutShare: shareOf('1.5%', 'What it keeps while it throttles every call.'),
  throttleReopenFactor: growth(2, 'A step up after that, until a call is throttled again.'),

  ejection: time('30s', 'The first ejection; each relapse doubles it.'),
  maxEjection: time('2m', 'The longest ejection.'),
  ejectionJitter: rateOf('25%', 'By so much an ejection is made longer or shorter by chance.'),
  relapseMemory: time('10m', 'After so much quiet one relapse is forgotten.'),
  notReadyWait: time('30s', 'Wait before a model that was not loaded is asked again.'),
  misconfiguredWait: time('1m', 'Wait before a target that refused our calls is asked again.'),

  probesToPass: count(3, "Probes in a row that let customers' requests in."),
  probeGap: time('2s', 'Between two probes that pass.'),
  failedProbeWait: time('10s', 'Wait after the first failed probe.'),
  failedProbeFactor: factor(1.5, 'Each further failed probe multiplies the wait by this.'),
  maxFailedProbeWait: time('30s', 'The longest wait after a failed probe.'),
  panicProbeWait: time('5s', 'Wait between probes where a route has nobody else.'),
  boughtProbes: count(3, 'Probes that are made where traffic is too little to judge by.'),
  boughtProbeGap: time('3s', 'Between two of them.'),
  boughtProbesEvery: time('45s', 'And between two sets of them, at least.'),

  rampFirstShare: shareOf('10%', 'Share of the first step after the probes.'),
  rampSecondShare: shareOf('50%', 'Share of the second step; the third is all.'),
  rampHold: time('10s', 'The shortest time per step.'),
  rampMaxHold: time('1m', 'The longest time per step, while too few calls come.'),
  rampAttempts: count(3, 'Calls that a step waits for.'),
  rampRequestsPerSecond: usually(3, z.number().check(z.gte(0)), 'With fewer requests a second on its routes a target skips the steps.'),
  halfOpenLowerBound: rateOf('20%', 'Failure rate, as far as it is certain, that ejects a target during the steps.'),
  halfOpenRate: rateOf('50%', 'Failure rate that does so whatever is certain,'),
  halfOpenAttempts: count(4, 'after so many calls.'),

  baselineAttempts: count(20, 'Answers in the fast window from which the normal latency is learnt.'),
  baselineWeight: rateOf('2%', 'Weight of the latest median in it.'),
  baselineEvery: time('5s', 'How often it is learnt.'),
});
export type PolicyHealth = z.infer<typeof PolicyHealth>;
