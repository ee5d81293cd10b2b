import type { AnswerPart } from '../bedrock/answer.ts';
import { CHARACTERS_PER_TOKEN } from '../bedrock/estimate-tokens.ts';
import { type ChatIdentity, chatUsage, finishReason } from './chat-completion.ts';

/** An event that is no JSON: the beginning of one. */
export const MALFORMED_EVENT = 'data: {"id":"chatcmpl-malformed","choices":[{"delta":{"content":"\n\n';

type Options = {
  identity: ChatIdentity;
  includesUsage: boolean;
  /** Tokens after which one malformed event comes in between. */
  malformedAfterTokens: number | undefined;
};

/** The events of a streamed completion, `[DONE]` last. */
export async function* chatChunks(parts: AsyncIterable<AnswerPart>, options: Options): AsyncGenerator<string> {
  const { identity, includesUsage, malformedAfterTokens = Number.POSITIVE_INFINITY } = options;
  const chunk = (choices: unknown[], usage: unknown = null) =>
    event(JSON.stringify({ ...identity, object: 'chat.completion.chunk', choices, ...(includesUsage ? { usage } : {}) }));
  const delta = (content: object, reason: string | null = null) =>
    chunk([{ index: 0, delta: content, logprobs: null, finish_reason: reason }]);
  let calls = 0;
  let characters = 0;
  let reasoning = '';
  let isBegun = false;
  let isMalformed = false;
  for await (const part of parts) {
    if (!isBegun) yield delta({ role: 'assistant', content: '' });
    isBegun = true;
    if (!isMalformed && characters >= malformedAfterTokens * CHARACTERS_PER_TOKEN) {
      isMalformed = true;
      yield MALFORMED_EVENT;
    }
    if (part.kind === 'end') {
      yield delta({}, finishReason(part.stopReason));
      if (includesUsage) yield chunk([], chatUsage(part.usage, reasoning));
      yield event('[DONE]');
      return;
    }
    if (part.kind === 'tool-use-start') calls += 1;
    if (part.kind === 'reasoning') reasoning += part.text;
    characters += part.kind === 'text' ? part.text.length : part.kind === 'tool-use-input' ? part.json.length : 0;
    yield delta(deltaOf(part, calls - 1));
  }
}

function deltaOf(part: Exclude<AnswerPart, { kind: 'end' }>, callIndex: number): object {
  switch (part.kind) {
    case 'text':
      return { content: part.text };
    case 'reasoning':
      return { reasoning_content: part.text };
    case 'tool-use-start':
      return { tool_calls: [{ index: callIndex, id: part.toolUseId, type: 'function', function: { name: part.name, arguments: '' } }] };
    case 'tool-use-input':
      return { tool_calls: [{ index: callIndex, function: { arguments: part.json } }] };
  }
}

function event(data: string): string {
  return `data: ${data}\n\n`;
}
