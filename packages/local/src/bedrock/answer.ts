import type { ConverseRequest } from './converse-request.ts';

/** Every way Bedrock says an answer ended. */
export const stopReasons = [
  'end_turn',
  'tool_use',
  'max_tokens',
  'stop_sequence',
  'guardrail_intervened',
  'content_filtered',
  'malformed_model_output',
  'malformed_tool_use',
  'model_context_window_exceeded',
] as const;
export type StopReason = (typeof stopReasons)[number];

export type Usage = { inputTokens: number; outputTokens: number; totalTokens: number };

export type AnswerBlock =
  | { kind: 'text'; text: string }
  | { kind: 'tool-use'; toolUseId: string; name: string; input: Record<string, unknown> };

/** One whole answer, before it takes the form of an operation. `reasoning` is what a real model thought first. */
export type Answer = { reasoning?: string; blocks: AnswerBlock[]; stopReason: StopReason; stopSequence?: string; usage: Usage };

/** An answer as it streams: blocks in order of their index, `end` last. */
export type AnswerPart =
  | { kind: 'reasoning'; blockIndex: number; text: string }
  | { kind: 'text'; blockIndex: number; text: string }
  | { kind: 'tool-use-start'; blockIndex: number; toolUseId: string; name: string }
  | { kind: 'tool-use-input'; blockIndex: number; json: string }
  | { kind: 'end'; stopReason: StopReason; usage: Usage };

export type ModelCall = { modelId: string; request: ConverseRequest; signal: AbortSignal };

/** What answers a call: the simulator or a real server. Both throw BedrockError. */
export type ModelSource = { answer(call: ModelCall): Promise<Answer>; stream(call: ModelCall): AsyncIterable<AnswerPart> };

export function usageOf(inputTokens: number, outputTokens: number): Usage {
  return { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens };
}
