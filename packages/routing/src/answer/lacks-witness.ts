import type { RoutingTarget } from '@signalbox/contracts';
import type { AnswerInput } from './answer-input.ts';
import type { Waiting } from './answer-result.ts';
import { EVIDENCE_WINDOW_MS, wasWellSince } from './evidence.ts';
import { isLastTry } from './last-try.ts';
import type { Choice, Ports } from './receive.ts';
import { NO_STRIKES } from './strikes.ts';

type Asked = { ports: Ports; input: AnswerInput; isSuspect: boolean; now: number };

/**
 * True when a request that struck within the last minute would be tried where its failure tells nothing. Such a try of poison would only be
 * repeated; a good request is tried some seconds later. Where hardly anybody else comes to the target that was drawn, and none of the others was
 * seen well, waiting would bring no witness: there a request is tried at once, unless the fleet suspects it.
 */
export function lacksWitness({ choice, ...asked }: Asked & { choice: Choice }): boolean {
  const { ports, input, isSuspect, now } = asked;
  const [first, ...others] = choice.targets;
  if (!first || input.takesAll || choice.areAllOut) return false;
  const { target } = first;
  if (tellsSomething({ ...asked, target })) return false;
  const isInUse = () => ports.health.recentCalls.isInUse({ target, besides: input.id, since: now - EVIDENCE_WINDOW_MS });
  return isSuspect || isInUse() || others.some((other) => tellsSomething({ ...asked, target: other.target }));
}

/**
 * True when a failure of the request at the target would tell something: the target has answered others here since the request struck, or
 * that was long ago. And at the end of a request nothing is left to find out.
 */
export function tellsSomething({ ports, input, isSuspect, target, now }: Asked & { target: RoutingTarget }): boolean {
  const { strikesBefore = NO_STRIKES } = input;
  const isFresh = strikesBefore.total > 0 && Math.abs(now - strikesBefore.struckAt) <= EVIDENCE_WINDOW_MS;
  if (!isFresh || isLastTry(input, now)) return true;
  return wasWellSince({ recentCalls: ports.health.recentCalls, input, target, isSuspect, now });
}

export function waitForWitness({ strikesBefore = NO_STRIKES }: AnswerInput, isSuspect: boolean): Waiting {
  const why = isSuspect ? 'requests like this one fail everywhere' : 'it failed without a clear cause';
  return {
    kind: 'waiting',
    reason: 'unavailable',
    detail: `${why}; tried again once a target has answered others`,
    isBrief: true,
    strikes: strikesBefore,
    costUsd: 0,
    attempts: [],
  };
}
