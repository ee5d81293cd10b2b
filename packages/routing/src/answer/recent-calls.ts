import type { RoutingTarget } from '@signalbox/contracts';
import { targetKey } from '@signalbox/contracts/target-key';
import { createBoundedMap } from './bounded-map.ts';

/** What a call came to, as far as it says something of the target: nothing when it was throttled, refused, cut off. */
export type CallVerdict = 'answered' | 'failed' | 'nothing';

/** Ends a call that was begun, at a time in milliseconds since the epoch. */
type EndCall = (verdict: CallVerdict, endedAt: number) => void;

/** `isSuspect`: of a tenant whose requests fail everywhere, so that only its answers say something of the target. */
type BegunCall = { target: RoutingTarget; requestId: string; startedAt: number; isSuspect?: boolean };
type Question = { target: RoutingTarget; besides: string; since: number; now: number };

/** What this process saw of its targets lately; asked when a request fails and it may be its own fault. Times in milliseconds since the epoch. */
export type RecentCalls = {
  begin: (call: BegunCall) => EndCall;
  /** True when the target answered others than this request since then: three calls or more, and three of four of all. */
  isWell: (question: Question) => boolean;
  /** The same by one answer: enough where the fleet has seen that nearly all others are answered. */
  hasAnswered: (question: Question) => boolean;
  /** True when the target was called for others than this request since then: so often that their answers would be enough to tell. */
  isInUse: (question: Omit<Question, 'now'>) => boolean;
};

type RecentCall = { requestId: string; startedAt: number; isSuspect: boolean; endedAt?: number; verdict?: CallVerdict };

const CALLS_PER_TARGET = 64;
/** Fewer answers say little: a target that hangs every other time gives one of them as easily as not. */
const MIN_ANSWERED = 3;
const MIN_ANSWERED_SHARE = 0.75;

/** Keeps the last 64 calls of each target in this process. A redefined target begins anew. */
export function createRecentCalls(): RecentCalls {
  const callsByTarget = createBoundedMap<RecentCall[]>();
  const callsOfOthers = ({ target, besides, since }: Omit<Question, 'now'>) => {
    const calls = callsByTarget.peek(targetKey(target)) ?? [];
    return calls.filter(({ requestId, startedAt }) => requestId !== besides && startedAt >= since);
  };
  return {
    begin: ({ target, requestId, startedAt, isSuspect = false }) => {
      const call: RecentCall = { requestId, startedAt, isSuspect };
      const calls = callsByTarget.get(targetKey(target), () => []);
      calls.push(call);
      if (calls.length > CALLS_PER_TARGET) calls.shift();
      return (verdict, endedAt) => {
        call.verdict = verdict;
        call.endedAt = endedAt;
      };
    },
    isWell: (question) => areMostAnswered(callsOfOthers(question), MIN_ANSWERED, question.now),
    hasAnswered: (question) => areMostAnswered(callsOfOthers(question), 1, question.now),
    isInUse: (question) => callsOfOthers(question).length >= MIN_ANSWERED,
  };
}

/**
 * A call still under way counts as failed once it takes longer than any that was answered: failures by time-out come late, and by the
 * calls that are over alone a target that hangs half the time would look well.
 */
function areMostAnswered(calls: readonly RecentCall[], leastAnswered: number, now: number): boolean {
  const answered = calls.filter(({ verdict }) => verdict === 'answered');
  const longestMs = Math.max(0, ...answered.map(({ startedAt, endedAt = startedAt }) => endedAt - startedAt));
  const hangs = ({ verdict, startedAt }: RecentCall) => verdict === undefined && now - startedAt > longestMs;
  const failed = calls.filter((call) => !call.isSuspect && (call.verdict === 'failed' || hangs(call)));
  return answered.length >= leastAnswered && answered.length / (answered.length + failed.length) >= MIN_ANSWERED_SHARE;
}
