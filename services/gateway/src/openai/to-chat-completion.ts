import type { AnswerDelta, ChatCompletion, Json, Usage } from '@signalbox/contracts';
import { answerDeltas } from './answer-deltas.ts';
import { mapFinishReason } from './map-finish-reason.ts';
import { toCompletionUsage } from './to-completion-usage.ts';

type Answered = {
  /** `{ message: { role, content[] } }` in Converse form. */
  output: Json;
  stopReason: string;
  /** Absent when the provider gave none. */
  usage?: Usage | undefined;
  /** The model that answered. */
  model: string;
  id: string;
  /** Seconds since the epoch. */
  created: number;
};

/** A whole answer in OpenAI's shape. Throws ContractError when it is no message in Converse form. */
export function toChatCompletion({ output, stopReason, usage, model, id, created }: Answered): ChatCompletion {
  return {
    id,
    object: 'chat.completion',
    created,
    model,
    choices: [{ index: 0, message: toMessage(answerDeltas(output)), logprobs: null, finish_reason: mapFinishReason(stopReason) }],
    ...(usage && { usage: toCompletionUsage(usage) }),
  };
}

function toMessage(deltas: readonly AnswerDelta[]): ChatCompletion['choices'][number]['message'] {
  const reasoning = textOf(deltas, 'reasoning');
  const calls = toToolCalls(deltas);
  return {
    role: 'assistant',
    content: textOf(deltas, 'text') || null,
    refusal: null,
    ...(reasoning && { reasoning_content: reasoning }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

function textOf(deltas: readonly AnswerDelta[], kind: 'text' | 'reasoning'): string {
  return deltas.map((delta) => (delta.kind === kind ? delta.text : '')).join('');
}

function toToolCalls(deltas: readonly AnswerDelta[]) {
  const inputs = new Map(deltas.flatMap((delta) => (delta.kind === 'tool-input' ? [[delta.index, delta.json]] : [])));
  return deltas.flatMap((delta) =>
    delta.kind === 'tool-use'
      ? [{ id: delta.toolUseId, type: 'function' as const, function: { name: delta.name, arguments: inputs.get(delta.index) ?? '{}' } }]
      : [],
  );
}
