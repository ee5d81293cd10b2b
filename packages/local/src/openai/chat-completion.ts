import type { Answer, StopReason, Usage } from '../bedrock/answer.ts';
import { estimateTokens } from '../bedrock/estimate-tokens.ts';

/** What every part of one completion repeats. `created` is in seconds. */
export type ChatIdentity = { id: string; created: number; model: string };

/** OpenAI's word for how an answer ended. */
export function finishReason(reason: StopReason): string {
  switch (reason) {
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return 'length';
    case 'tool_use':
      return 'tool_calls';
    case 'guardrail_intervened':
    case 'content_filtered':
      return 'content_filter';
    default:
      return 'stop';
  }
}

/** Usage in OpenAI's words; what was thought counts as output, and is told apart. */
export function chatUsage({ inputTokens, outputTokens, totalTokens }: Usage, reasoning = ''): Record<string, unknown> {
  const details = reasoning === '' ? {} : { completion_tokens_details: { reasoning_tokens: estimateTokens(reasoning) } };
  return { prompt_tokens: inputTokens, completion_tokens: outputTokens, total_tokens: totalTokens, ...details };
}

/** The body of a completion in one piece. */
export function chatCompletion({ reasoning, blocks, stopReason, usage }: Answer, identity: ChatIdentity): Record<string, unknown> {
  const text = blocks.flatMap((block) => (block.kind === 'text' ? [block.text] : [])).join('');
  const calls = blocks.flatMap((block) =>
    block.kind === 'tool-use'
      ? [{ id: block.toolUseId, type: 'function', function: { name: block.name, arguments: JSON.stringify(block.input) } }]
      : [],
  );
  const message = {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    refusal: null,
    ...(reasoning === undefined ? {} : { reasoning_content: reasoning }),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  };
  return {
    ...identity,
    object: 'chat.completion',
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishReason(stopReason) }],
    usage: chatUsage(usage, reasoning),
    system_fingerprint: null,
  };
}
