import type { Attempt, Json } from '@signalbox/contracts';
import { type Answer, type Answered, type AnswerInput, type Ended, NO_STRIKES, type Waiting } from '@signalbox/routing';

/** An attempt of the input's request; what matters to the test is stated. */
export function attemptOf(input: Pick<AnswerInput, 'id' | 'attemptsBefore'>, stated: Partial<Attempt> = {}): Attempt {
  return {
    attemptId: `${input.id}#${(input.attemptsBefore ?? 0) + 1}`,
    target: 'nova-lite',
    model: 'amazon.nova-lite-v1:0',
    region: 'us-east-1',
    startedAt: 1_790_000_000_000,
    durationMs: 100,
    outcome: 'succeeded',
    probability: 1,
    firstDraw: true,
    ...stated,
  };
}

/** The one attempt of a scripted answer, told as the attempt loop tells it. */
function makeAttempt(input: AnswerInput, stated: Partial<Attempt> = {}): Attempt[] {
  const attempt = attemptOf(input, stated);
  input.onAttempt?.(attempt);
  return [attempt];
}

export function answeredWith(text: string): Answer {
  return async (input) => answeredOutput(input, { message: { role: 'assistant', content: [{ text }] } });
}

export function answeredOutput(input: AnswerInput, output: Json): Answered {
  return {
    kind: 'answered',
    output,
    stopReason: 'end_turn',
    usage: { inputTokens: 10, outputTokens: 20 },
    servedBy: { target: 'nova-lite', model: 'amazon.nova-lite-v1:0', region: 'us-east-1' },
    costUsd: 0.000_01,
    firstTokenMs: 40,
    attempts: makeAttempt(input),
  };
}

export function endedFor(reason: Ended['reason']): Answer {
  return async (input) => ({
    kind: 'ended',
    reason,
    error: { code: `${reason}-code`, message: `It ended as ${reason}.` },
    costUsd: 0,
    attempts: makeAttempt(input, { outcome: 'refused', error: `${reason}-code` }),
  });
}

export function waitingFor(reason: Waiting['reason'], stated: Partial<Waiting> = {}): Answer {
  return async (input) => ({
    kind: 'waiting',
    reason,
    detail: 'nova-lite faulted 503',
    strikes: input.strikesBefore ?? NO_STRIKES,
    costUsd: 0,
    attempts: makeAttempt(input, { outcome: 'faulted', status: 503 }),
    ...stated,
  });
}

/** One answer after another; the last one stays. */
export function inTurn(...answers: [Answer, ...Answer[]]): Answer {
  const left = [...answers];
  return (input) => {
    const [next] = left as [Answer];
    if (left.length > 1) left.shift();
    return next(input);
  };
}
