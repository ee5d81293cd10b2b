import { type Failure, judgeRun, judgeSilence, type Verdict } from './failure-run.ts';

/** Older failures say little of a target's health now. */
const EVIDENCE_WINDOW_MS = 60_000;
/** A target that gave no answer in time for so long is slow by nature, or its route's threshold is wrong. */
const SLOW_BASELINE_MS = 600_000;
/** Silence takes longer to tell: each of its failures is as long as the limit of a call. */
const SILENCE_WINDOW_MS = 600_000;
/** The last of a run; what came before them changes no verdict. */
const MAX_FAILURES = 16;

/** What this process saw of one target, in the order in which calls *began*: a call that hung since before the target healed is old news when it ends. */
export type TargetHistory = {
  /** Start of the latest call that counts as answered: what began before it and failed says nothing. */
  wellAt: number;
  /** Start of the latest call that was answered at all, be it slowly. */
  answeredAt: number;
  /** Start of the latest call that was answered in time. */
  inTimeAt: number;
  /** The last two tenants that were answered, the latest first. */
  answered: readonly { tenant: string; at: number }[];
  /** Failures of calls that began after `wellAt`. */
  run: readonly Failure[];
};

type Answered = { tenant: string; startedAt: number; isInTime: boolean };

export function createHistory(): TargetHistory {
  const never = Number.NEGATIVE_INFINITY;
  return { wellAt: never, answeredAt: never, inTimeAt: never, answered: [], run: [] };
}

/** Notes an answer: failures of calls that began before its own are over. */
export function noteAnswer(history: TargetHistory, { tenant, startedAt, isInTime }: Answered): void {
  history.wellAt = Math.max(history.wellAt, startedAt);
  noteSlow(history, startedAt);
  if (isInTime) history.inTimeAt = Math.max(history.inTimeAt, startedAt);
  const [latest] = history.answered;
  if (latest?.tenant === tenant) latest.at = Math.max(latest.at, startedAt);
  else history.answered = [{ tenant, at: startedAt }, ...history.answered.filter((one) => one.tenant !== tenant)].slice(0, 2);
  if (history.run.length > 0) history.run = history.run.filter((failure) => failure.startedAt > history.wellAt);
}

/** Notes an answer that came slowly: no silence goes on past the begin of its call. */
export function noteSlow(history: TargetHistory, startedAt: number): void {
  history.answeredAt = Math.max(history.answeredAt, startedAt);
}

/** Notes a failure, unless a call that began later was answered. */
export function noteFailure(history: TargetHistory, failure: Failure): void {
  if (failure.startedAt > history.wellAt) history.run = [...history.run, failure].slice(-MAX_FAILURES);
}

/** Notes that a request which failed here was answered elsewhere; false when it is not in the run. */
export function noteWitness(history: TargetHistory, request: string): boolean {
  const isKnown = history.run.some((failure) => failure.request === request);
  if (isKnown) history.run = history.run.map((failure) => (failure.request === request ? { ...failure, isWitnessed: true } : failure));
  return isKnown;
}

/** True when the target is known to be faster than slow: only then do slow answers count against it. */
export function hasBaseline(history: TargetHistory, now: number): boolean {
  return now - history.inTimeAt <= SLOW_BASELINE_MS;
}

/** What the failures of the last minute call for, or a longer silence. `underWay`: the calls that are not over. */
export function judgeHistory(history: TargetHistory, underWay: ReadonlySet<{ startedAt: number }>, now: number): Verdict | undefined {
  const run = history.run.filter(({ startedAt }) => now - startedAt <= EVIDENCE_WINDOW_MS);
  const verdict = judgeRun(run, (tenant) => history.answered.some((one) => one.tenant !== tenant && now - one.at <= EVIDENCE_WINDOW_MS));
  if (verdict) return verdict;
  const silent = history.run.filter(({ startedAt }) => startedAt > history.answeredAt && now - startedAt <= SILENCE_WINDOW_MS);
  return judgeSilence(
    silent,
    [...underWay].map(({ startedAt }) => startedAt),
  );
}
