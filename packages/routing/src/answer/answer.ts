import type { AnswerInput, AnswerPorts } from './answer-input.ts';
import type { AnswerResult } from './answer-result.ts';
import { chooseTargets } from './choose-targets.ts';
import { lacksWitness, waitForWitness } from './lacks-witness.ts';
import { isLastTry } from './last-try.ts';
import { createProcessHealth } from './process-health.ts';
import type { Ports } from './receive.ts';
import { NO_STRIKES } from './strikes.ts';
import { isSuspectTenant } from './suspicion.ts';
import { earnBudgets, tryTargets } from './try-targets.ts';

export type Answer = (input: AnswerInput) => Promise<AnswerResult>;

/**
 * Makes the attempt loop: it plans a request, tries one target after another inside the time it is given, and says what that came to.
 *
 * @example
 * import { setTimeout as sleep } from 'node:timers/promises';
 * const answer = createAnswer({ callModel, now: Date.now, random: Math.random, sleep });
 * const result = await answer({ id, content, features: readFeatures(source), table, route, endsAt, signal });
 */
export function createAnswer(given: AnswerPorts): Answer {
  const ports = { ...given, health: given.health ?? createProcessHealth({ random: given.random }) };
  return async (input) => {
    const now = ports.now();
    const result = await receive(ports, input, now);
    // So near its end it would otherwise wait past it.
    const isBrief = result.kind === 'waiting' && result.reason === 'throttled' && isLastTry(input, now);
    return isBrief ? { ...result, isBrief } : result;
  };
}

function receive(ports: Ports, input: AnswerInput, now: number): AnswerResult | Promise<AnswerResult> {
  earnBudgets(ports, input);
  ports.health.heed(input.overlay, input.table, now);
  const chosen = chooseTargets({ ports, input, now });
  if (chosen.kind === 'result') return chosen.result;
  const { choice } = chosen;
  const isSuspect = isSuspectTenant(input, now);
  if (lacksWitness({ ports, input, choice, isSuspect, now })) return waitForWitness(input, isSuspect);
  const strikes = input.strikesBefore ?? NO_STRIKES;
  return tryTargets(ports, { ...choice, input, isSuspect, trials: [], begun: 0, strikes, hasWaited: false });
}
