import type { Attempt, OutcomeKind } from '@signalbox/contracts';

/** Outcomes that speak against the choice of target. What a caller did wrong, and what nobody waited for, says nothing of it. */
const AGAINST_THE_TARGET: ReadonlySet<OutcomeKind> = new Set([
  'throttled',
  'not-ready',
  'faulted',
  'model-error',
  'timed-out',
  'malformed',
  'misconfigured',
]);

/**
 * How the targets did that requests asked first, as counters by metric name; only those above 0. Failover rescues requests, so a routing
 * table that prefers a sick target shows here and not in failed requests: the alarms that roll a release back stand on these.
 */
export function countFirstAttempts(attempts: readonly Attempt[]): Map<string, number> {
  const first = attempts.filter(({ firstDraw }) => firstDraw);
  const counts = {
    FirstAttempts: first.length,
    FirstAttemptsFailed: first.filter(({ outcome }) => AGAINST_THE_TARGET.has(outcome)).length,
    FirstAttemptsSlow: first.filter(({ outcome, slow }) => outcome === 'succeeded' && slow).length,
  };
  return new Map(Object.entries(counts).filter(([, count]) => count > 0));
}
