import type { AnswerInput, AnswerPorts, StreamedAnswerInput } from './answer-input.ts';
import type { AnswerResult, StreamedAnswerResult } from './answer-result.ts';
import { chooseTargets } from './choose-targets.ts';
import { guardInput, guardOutput, guardsOutput } from './guard.ts';
import { lacksWitness, waitForWitness } from './lacks-witness.ts';
import { isLastTry } from './last-try.ts';
import { createProcessHealth } from './process-health.ts';
import type { Ports, Receive } from './receive.ts';
import { NO_STRIKES } from './strikes.ts';
import { isSuspectTenant } from './suspicion.ts';
import { earnBudgets, tryTargets } from './try-targets.ts';

export type Answer = (input: AnswerInput) => Promise<AnswerResult>;
export type StreamedAnswer = (input: StreamedAnswerInput) => Promise<StreamedAnswerResult>;

/**
 * Makes the attempt loop: it plans a request, tries one target after another inside the time it is given, and says what that came to.
 *
 * @example
 * import { setTimeout as sleep } from 'node:timers/promises';
 * const answer = createAnswer({ callModel, now: Date.now, random: Math.random, sleep });
 * const result = await answer({ id, content, features: readFeatures(source), table, route, endsAt, signal });
 */
export function createAnswer(given: AnswerPorts): Answer {
  const answer = createLoop(given);
  return async (input) => {
    const result = await answer(input);
    if (result.kind === 'interrupted') throw new Error('An answer broke off of which nothing was given away');
    return result;
  };
}

/**
 * Makes the same loop for answers that are given away as they arrive. Beside a loop for whole answers it takes that one's `health`: what a process
 * saw of its targets is one.
 */
export function createStreamedAnswer(given: AnswerPorts): StreamedAnswer {
  const answer = createLoop(given);
  return async (input) => {
    if (guardsOutput(input.route))
      throw new Error(`Answers of route "${input.route.name}" are looked at when they are whole: none may be given away before`);
    return answer(input);
  };
}

function createLoop(given: AnswerPorts) {
  const ports = { ...given, health: given.health ?? createProcessHealth({ random: given.random }) };
  return async (input: AnswerInput | StreamedAnswerInput): Promise<StreamedAnswerResult> => {
    const now = ports.now();
    const result = await receive(ports, input, now);
    // So near its end it would otherwise wait past it.
    const isBrief = result.kind === 'waiting' && result.reason === 'throttled' && isLastTry(input, now);
    return isBrief ? { ...result, isBrief } : result;
  };
}

function receive(
  ports: Ports,
  input: AnswerInput | StreamedAnswerInput,
  now: number,
): StreamedAnswerResult | Promise<StreamedAnswerResult> {
  earnBudgets(ports, input);
  ports.health.heed(input.overlay, input.table, now);
  const chosen = chooseTargets({ ports, input, now });
  if (chosen.kind === 'result') return chosen.result;
  const { choice } = chosen;
  const isSuspect = isSuspectTenant(input, now);
  if (lacksWitness({ ports, input, choice, isSuspect, now })) return waitForWitness(input, isSuspect);
  const strikes = input.strikesBefore ?? NO_STRIKES;
  const begun = { ...choice, input, isSuspect, trials: [], begun: 0, strikes, hasWaited: false, hasSpoken: false };
  return input.route.guardrail ? tryGuarded(ports, begun) : tryTargets(ports, begun);
}

async function tryGuarded(ports: Ports, receive: Receive): Promise<StreamedAnswerResult> {
  const { input } = receive;
  const stopped = await guardInput(ports, input);
  if (stopped) return stopped;
  const result = await tryTargets(ports, receive);
  return result.kind === 'answered' ? guardOutput(ports, input, result) : result;
}
