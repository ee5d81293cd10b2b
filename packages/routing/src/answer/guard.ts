import type { GuardQuestion, Guardrail, GuardVerdict, InferenceContent, Json, Route } from '@signalbox/contracts';
import type { AnswerInput, AnswerPorts } from './answer-input.ts';
import type { Answered, Ended, Waiting } from './answer-result.ts';
import { pause } from './pause.ts';
import { NO_STRIKES } from './strikes.ts';

/** True when a guardrail looks at the answers of a route, so that they must be whole before a part is given away. */
export function guardsOutput({ guardrail }: Route): boolean {
  return guardrail !== undefined && guardrail.applies !== 'input';
}

/** An answer is paid for when it is looked at, so a guardrail that stumbles is asked again; a request costs nothing yet. */
const TRIES = { input: 2, output: 4 } as const;
const PAUSE_MS = 250;

type Ports = Pick<AnswerPorts, 'guard' | 'sleep'>;

/** The end of a request that its route's guardrail blocks, or a wait when nobody could say; undefined when it may go on. */
export async function guardInput(ports: Ports, input: AnswerInput): Promise<Ended | Waiting | undefined> {
  const { guardrail } = input.route;
  if (!guardrail || guardrail.applies === 'output') return undefined;
  const verdict = await ask(ports, input, { guardrail, source: 'input', texts: textsOf(input.content) });
  return verdict && toResult(verdict, { costUsd: 0, attempts: [] }, { guardrail, input, what: 'request' });
}

/** The answer, unless its route's guardrail blocks it or nobody could say. */
export async function guardOutput(ports: Ports, input: AnswerInput, answered: Answered): Promise<Answered | Ended | Waiting> {
  const { guardrail } = input.route;
  if (!guardrail || !guardsOutput(input.route)) return answered;
  const verdict = await ask(ports, input, { guardrail, source: 'output', texts: textsOfAnswer(answered.output) });
  const { usage, costUsd, attempts } = answered;
  const stopped = verdict && toResult(verdict, { ...(usage && { usage }), costUsd, attempts }, { guardrail, input, what: 'answer' });
  return stopped ?? answered;
}

type Question = Omit<GuardQuestion, 'signal'>;
type Stopped = Exclude<GuardVerdict, { kind: 'passed' }>;

/** Undefined when it passed. */
async function ask({ guard, sleep }: Ports, { signal }: AnswerInput, question: Question): Promise<Stopped | undefined> {
  if (question.texts.length === 0) return undefined;
  if (!guard) throw new Error('A route has a guardrail, and this process was given nothing to ask it with');
  for (let tries = 1; ; tries++) {
    const verdict = await guard({ ...question, signal });
    if (verdict.kind === 'passed') return undefined;
    if (verdict.kind === 'blocked' || tries === TRIES[question.source] || signal.aborted) return verdict;
    await pause(sleep, PAUSE_MS * tries, signal);
  }
}

type Spent = Pick<Answered, 'usage' | 'costUsd' | 'attempts'>;
type Subject = { guardrail: Guardrail; input: AnswerInput; what: 'request' | 'answer' };

function toResult(verdict: Stopped, spent: Spent, { guardrail, input, what }: Subject): Ended | Waiting {
  if (verdict.kind === 'blocked') {
    const why = verdict.reasons.length > 0 ? ` (${verdict.reasons.join(', ')})` : '';
    const message = `The guardrail of route "${input.route.name}" blocked the ${what}${why}; change the request.`;
    return { kind: 'ended', reason: 'refused', error: { code: 'GuardrailBlocked', message }, ...spent };
  }
  const { usage: _, ...rest } = spent;
  const error = { code: verdict.error, message: `The guardrail ${guardrail.id} could not be asked about the ${what}: ${verdict.error}.` };
  const reason = input.signal.aborted ? 'cancelled' : 'unavailable';
  return { kind: 'waiting', reason, detail: `guardrail ${verdict.error}`, error, strikes: input.strikesBefore ?? NO_STRIKES, ...rest };
}

/** What others wrote: the user's turns and what tools gave back. The system's text is the platform's own. */
function textsOf({ messages = [], input }: InferenceContent): string[] {
  const ofMessages = messages.flatMap(({ content }) =>
    content.flatMap(({ text, toolResult }) => [
      ...(text === undefined ? [] : [text]),
      ...(toolResult?.content ?? []).map(({ text: result, json }) => result ?? JSON.stringify(json)),
    ]),
  );
  return [...ofMessages, ...[input ?? []].flat().filter((one) => typeof one === 'string')].filter((text) => text.trim() !== '');
}

function textsOfAnswer(output: Json): string[] {
  const { message } = output as { message?: { content?: Record<string, Json>[] } };
  return (message?.content ?? []).flatMap(({ text, toolUse }) => [
    ...(typeof text === 'string' && text.trim() !== '' ? [text] : []),
    ...(toolUse === undefined ? [] : [JSON.stringify((toolUse as { input?: Json }).input ?? null)]),
  ]);
}
