import type { ModelReply, RoutingTarget } from '@signalbox/contracts';
import type { AnswerInput } from './answer-input.ts';
import { conductOf } from './conduct.ts';
import type { CallVerdict, RecentCalls } from './recent-calls.ts';
import { addStrike, NO_STRIKES, type Strikes } from './strikes.ts';

/** Older calls say little of a target's health now. */
const EVIDENCE_WINDOW_MS = 60_000;
type EvidenceInput = { recentCalls: RecentCalls; input: AnswerInput; target: RoutingTarget; startedAt: number };
type Ending = { reply: ModelReply; isCutOff: boolean; endedAt: number; strikes: Strikes };

/**
 * What one attempt says of its target and of its request. To be made when the attempt begins: only what the target did for others
 * before then counts (see `Strikes`).
 */
export function createEvidence({ recentCalls, input, target, startedAt }: EvidenceInput) {
  const { id, strikesBefore = NO_STRIKES } = input;
  const since = Math.max(strikesBefore.struckAt, startedAt - EVIDENCE_WINDOW_MS);
  const wasWell = strikesBefore.total > 0 && recentCalls.isWell({ target, besides: id, since, now: startedAt });
  const endCall = recentCalls.begin({ target, requestId: id, startedAt });
  return {
    /** Notes the end of the call for the judgement of other requests, and gives the strikes of this one after it. */
    weigh: ({ reply, isCutOff, endedAt, strikes }: Ending): Strikes => {
      endCall(verdictOf(reply, isCutOff), endedAt);
      if (conductOf(reply) !== 'doubt') return strikes;
      const isFirstOfReceive = strikes.total === strikesBefore.total;
      return addStrike(strikes, { at: endedAt, isFirstOfReceive, isAgainstRequest: wasWell && !isCutOff });
    },
  };
}

/** Neither a throttle nor a caller's error says that a target cannot answer, and of an attempt that was cut off nobody knows. */
function verdictOf(reply: ModelReply, isCutOff: boolean): CallVerdict {
  if (reply.outcome === 'succeeded') return 'answered';
  if (reply.outcome === 'throttled' || isCutOff) return 'nothing';
  return ['retry', 'next', 'doubt'].includes(conductOf(reply)) ? 'failed' : 'nothing';
}
