import type { AnswerInput } from './answer-input.ts';
import type { Waiting } from './answer-result.ts';
import { EVIDENCE_WINDOW_MS, wasWellSince } from './evidence.ts';
import { isLastTry } from './last-try.ts';
import type { Choice, Ports } from './receive.ts';
import { NO_STRIKES } from './strikes.ts';

type Question = { ports: Ports; input: AnswerInput; choice: Choice; now: number };

/**
 * True when a suspect request that struck within the last minute would be tried where its failure tells nothing: the target has
 * answered nobody else here since. Such a try of poison would only be repeated; a good request is tried some seconds later.
 */
export function lacksWitness({ ports, input, choice, now }: Question): boolean {
  const { strikesBefore = NO_STRIKES, takesAll } = input;
  const isFresh = strikesBefore.total > 0 && Math.abs(now - strikesBefore.struckAt) <= EVIDENCE_WINDOW_MS;
  if (!isFresh || takesAll || choice.areAllOut || isLastTry(input, now)) return false;
  const [first] = choice.targets;
  return first !== undefined && !wasWellSince({ recentCalls: ports.health.recentCalls, input, target: first.target, isSuspect: true, now });
}

export function waitForWitness({ strikesBefore = NO_STRIKES }: AnswerInput): Waiting {
  return {
    kind: 'waiting',
    reason: 'unavailable',
    detail: 'requests like this one fail everywhere; tried again once a target has answered others',
    isBrief: true,
    strikes: strikesBefore,
    costUsd: 0,
    attempts: [],
  };
}
