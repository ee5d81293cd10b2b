import type { RoutingTarget } from '@signalbox/contracts';
import { createBoundedMap, targetKey } from './bounded-map.ts';

/** What a call came to, as far as it says something of the target: nothing when it was throttled, refused, cut off. */
export type CallVerdict = 'answered' | 'failed' | 'nothing';

/** Ends a call that was begun, at a time in milliseconds since the epoch. */
type EndCall = (verdict: CallVerdict, endedAt: number) => void;

/** What this process saw of its targets lately; asked when a request fails and it may be its own fault. Times in milliseconds since the epoch. */
export type RecentCalls = {
  begin: (call: { target: RoutingTarget; requestId: string; startedAt: number }) => EndCall;
  /** True when the target answered others than this request since then: three calls or more, and three of four of all. */
  isWell: (question: { target: RoutingTarget; besides: string; since: number; now: number }) => boolean;
};

type RecentCall = { requestId: string; startedAt: number; endedAt?: number; verdict?: CallVerdict };

const CALLS_PER_TARGET = 64;
/** Fewer answers say little: a target that hangs every other time gives one of them as easily as not. */
const MIN_ANSWERED = 3;
const MIN_ANSWERED_SHARE = 0.75;

/** Keeps the last 64 calls of each target in this process. A redefined target begins anew. */
export function createRecentCalls(): RecentCalls {
  const callsByTarget = createBoundedMap<RecentCall[]>();
  return {
    begin: ({ target, requestId, startedAt }) => {
      const call: RecentCall = { requestId, startedAt };
      const calls = callsByTarget.get(targetKey(target), () => []);
      calls.push(call);
      if (calls.length > CALLS_PER_TARGET) calls.shift();
      return (verdict, endedAt) => {
        call.verdict = verdict;
        call.endedAt = endedAt;
      };
    },
    isWell: ({ target, besides, since, now }) => {
      const calls = callsByTarget.peek(targetKey(target)) ?? [];
      return areMostAnswered(
        calls.filter(({ requestId, startedAt }) => requestId !== besides && startedAt >= since),
        now,
      );
    },
  };
}

/**
 * A call still under way counts as failed once it takes longer than any that was answered: failures by time-out come late, and by the
 * calls that are over alone a target that hangs half the time would look well.
 */
function areMostAnswered(calls: readonly RecentCall[], now: number): boolean {
  const answered = calls.filter(({ verdict }) => verdict === 'answered');
  const longestMs = Math.max(0, ...answered.map(({ startedAt, endedAt = startedAt }) => endedAt - startedAt));
  const failed = calls.filter(({ verdict, startedAt }) => verdict === 'failed' || (verdict === undefined && now - startedAt > longestMs));
  return answered.length >= MIN_ANSWERED && answered.length / (answered.length + failed.length) >= MIN_ANSWERED_SHARE;
}
