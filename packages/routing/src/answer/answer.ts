import type { AnswerInput, AnswerPorts } from './answer-input.ts';
import type { AnswerResult } from './answer-result.ts';
import { chooseTargets } from './choose-targets.ts';
import { createProcessHealth } from './process-health.ts';
import { NO_STRIKES } from './strikes.ts';
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
    earnBudgets(ports, input);
    const chosen = chooseTargets({ ports, input, now: ports.now() });
    if (chosen.kind === 'result') return chosen.result;
    const strikes = input.strikesBefore ?? NO_STRIKES;
    return tryTargets(ports, { ...chosen.choice, input, trials: [], begun: 0, strikes, hasWaited: false });
  };
}
