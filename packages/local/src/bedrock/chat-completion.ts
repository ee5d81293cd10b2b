import * as z from 'zod/mini';
import { type StopReason, type Usage, usageOf } from './answer.ts';
import { BedrockError } from './bedrock-error.ts';

const nothing = z.nullish(z.string());
export const ToolCall = z.object({
  index: z.optional(z.number()),
  id: nothing,
  function: z.optional(z.object({ name: nothing, arguments: z.nullish(z.union([z.string(), z.record(z.string(), z.unknown())])) })),
});
export type ToolCall = z.infer<typeof ToolCall>;
/** Thoughts are `reasoning` at Ollama and LM Studio, `reasoning_content` at llama.cpp and vLLM. */
export const Said = z.object({
  content: nothing,
  reasoning: nothing,
  reasoning_content: nothing,
  tool_calls: z.nullish(z.array(ToolCall)),
});
export type Said = z.infer<typeof Said>;
export const ChatUsage = z.nullish(z.object({ prompt_tokens: z.nullish(z.number()), completion_tokens: z.nullish(z.number()) }));

export const Completion = z.object({
  choices: z.array(z.object({ message: Said, finish_reason: nothing })).check(z.minLength(1)),
  usage: ChatUsage,
});
export const Chunk = z.object({
  choices: z.nullish(z.array(z.object({ delta: z.nullish(Said), finish_reason: nothing }))),
  usage: ChatUsage,
  error: z.optional(z.unknown()),
});
export type Chunk = z.infer<typeof Chunk>;

const reasons: Record<string, StopReason> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  function_call: 'tool_use',
  content_filter: 'content_filtered',
};

/** What the model thought, empty when it does not tell. */
export function reasoningOf({ reasoning, reasoning_content: reasoningContent }: Said): string {
  return reasoning || reasoningContent || '';
}

/** The arguments of a call as JSON text, which some servers send as an object; empty when there are none. */
export function argumentText({ function: called }: ToolCall): string {
  const given = called?.arguments ?? '';
  return typeof given === 'string' ? given : JSON.stringify(given);
}

/** The server's id of a call, or one by its position. */
export function callId({ id }: ToolCall, index: number): string {
  return id ? id.slice(0, 64) : `tooluse_${index}`;
}

/** Finish reasons that are new count as an ordinary end. */
export function stopReasonOf(finishReason: string | null | undefined, hasCalls: boolean): StopReason {
  const reason = reasons[finishReason ?? 'stop'] ?? 'end_turn';
  // Some servers say `stop` after a tool call.
  return reason === 'end_turn' && hasCalls ? 'tool_use' : reason;
}

/** What the server counted, or the estimates where it did not. */
export function chatUsage(usage: z.infer<typeof ChatUsage>, inputEstimate: number, outputEstimate: number): Usage {
  return usageOf(usage?.prompt_tokens ?? inputEstimate, usage?.completion_tokens ?? outputEstimate);
}

/** The error of an answer that is no chat completion. */
export function unreadable(what: string): BedrockError {
  return new BedrockError('ModelErrorException', `The model server did not answer properly: ${what}.`, {
    details: { originalStatusCode: 500 },
  });
}
