import type { Json, ModelReply, Usage } from '@signalbox/contracts';
import { makeFailure } from './make-failure.ts';
import { mapStopReason } from './map-stop-reason.ts';
import { providerMessage } from './provider-message.ts';
import { asRecord, asText } from './read-json.ts';

/** An answer that arrived whole, still to be judged. */
export type WholeAnswer = {
  message: { role: string; content: Json[] };
  stopReason: string | undefined;
  usage: Usage | undefined;
  firstTokenMs?: number | undefined;
};

/** Stop reasons whose text says why there is no answer. */
const REASONED: readonly string[] = ['guardrail_intervened', 'refusal'];

/** Turns a whole answer into a reply: by its stop reason, and an empty answer is no success whatever it says. */
export function judgeAnswer({ message, stopReason, usage, firstTokenMs }: WholeAnswer): ModelReply {
  const outcome = mapStopReason(stopReason);
  const spent = { usage, firstTokenMs };
  if (outcome !== 'succeeded') {
    // What a guardrail or a refusing model put in the answer's place is its reason; what a filter left of an answer is none.
    const reason = stopReason && REASONED.includes(stopReason) ? providerMessage(outcome, textOf(message.content)) : undefined;
    return makeFailure({ outcome, error: stopReason || 'MissingStopReason', providerMessage: reason, ...spent });
  }
  if (stopReason === undefined || isEmpty(message.content, stopReason))
    return makeFailure({ outcome: 'malformed', error: 'EmptyAnswer', ...spent });
  return {
    outcome,
    output: { message },
    stopReason,
    ...(usage && { usage }),
    ...(firstTokenMs !== undefined && { firstTokenMs }),
  };
}

function textOf(content: Json[]): string {
  return content.map((block) => asText(asRecord(block).text) ?? '').join('\n');
}

/** Reasoning alone is no answer, unless `max_tokens` says that the model was still at it. */
function isEmpty(content: Json[], stopReason: string): boolean {
  return !content.some((block) => saysSomething(block, stopReason));
}

function saysSomething(block: Json, stopReason: string): boolean {
  if (typeof block !== 'object' || block === null || Array.isArray(block)) return false;
  const [name, value] = Object.entries(block)[0] ?? [];
  if (name === 'text') return typeof value === 'string' && value.trim() !== '';
  if (name === 'reasoningContent') return stopReason === 'max_tokens';
  return name !== undefined;
}
