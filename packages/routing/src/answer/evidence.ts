import type { ModelReply, RoutingTarget } from '@signalbox/contracts';
import type { AnswerInput } from './answer-input.ts';
import { conductOf } from './conduct.ts';
import type { CallVerdict, RecentCalls } from './recent-calls.ts';
import { addStrike, NO_STRIKES, type Strikes } from './strikes.ts';

/** Older calls say little of a target's health now. */
export const EVIDENCE_WINDOW_MS = 60_000;

type EvidenceInput = { recentCalls: RecentCalls; input: AnswerInput; target: RoutingTarget; startedAt: number; isSuspect: boolean };
type Ending = { reply: ModelReply; isCutOff: boolean; endedAt: number; strikes: Strikes };

/**
 * What one attempt says of its target and of its request. To be made when the attempt begins: only what the target did for others
 * before then counts (see `Strikes`).
 */
export function createEvidence({ recentCalls, input, target, startedAt, isSuspect }: EvidenceInput) {
  const { strikesBefore = NO_STRIKES } = input;
  const wasWell = wasWellSince({ recentCalls, input, target, isSuspect, now: startedAt });
  const endCall = recentCalls.begin({ target, requestId: input.id, startedAt, isSuspect });
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

type WitnessInput = { recentCalls: RecentCalls; input: AnswerInput; target: RoutingTarget; isSuspect: boolean; now: number };

/** True when the target answered others in this process since the request last struck: if it fails there now, that is held against it. */
export function wasWellSince({ recentCalls, input, target, isSuspect, now }: WitnessInput): boolean {
  const { id, strikesBefore = NO_STRIKES } = input;
  if (strikesBefore.total === 0) return false;
  const question = { target, besides: id, since: Math.max(strikesBefore.struckAt, now - EVIDENCE_WINDOW_MS), now };
  return isSuspect ? recentCalls.hasAnswered(question) : recentCalls.isWell(question);
}

/** Neither a throttle nor a caller's error says that a target cannot answer, and of an attempt that was cut off nobody knows. */
function verdictOf(reply: ModelReply, isCutOff: boolean): CallVerdict {
  if (reply.outcome === 'succeeded') return 'answered';
  if (reply.outcome === 'throttled' || isCutOff) return 'nothing';
  return ['retry', 'next', 'doubt'].includes(conductOf(reply)) ? 'failed' : 'nothing';
}
