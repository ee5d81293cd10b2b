import type { ContentBlock, InferenceContent } from '@signalbox/contracts';
import { estimateTokens } from './estimate-tokens.ts';
import { estimateMediaTokens } from './media-tokens.ts';

/** What a chat format spends on who speaks: 3 to 4 in those that are published. */
const MESSAGE_TOKENS = 4;
/** An assumption: that this is a tool, and which part of it is which, costs about as much as two lines. */
const TOOL_TOKENS = 12;

/**
 * Input tokens of a whole request before it is sent: system prompt, messages with their media, tool definitions and the schema of
 * the answer. The figure that context windows, costs and rate limits are held against; providers count in their own ways.
 */
export function estimateInputTokens(content: InferenceContent): number {
  const { system, messages, input, toolConfig, outputConfig } = content;
  let tokens = input === undefined ? 0 : estimateJson(input);
  for (const block of system ?? []) tokens += estimateTokens(block.text ?? '');
  for (const message of messages ?? []) {
    tokens += MESSAGE_TOKENS;
    for (const block of message.content) tokens += estimateBlock(block);
  }
  for (const { toolSpec } of toolConfig?.tools ?? []) tokens += TOOL_TOKENS + estimateJson(toolSpec);
  return tokens + estimateTokens(outputConfig?.textFormat?.structure.jsonSchema.schema ?? '');
}

function estimateBlock(block: ContentBlock): number {
  const { text, toolUse, toolResult, reasoningContent } = block;
  if (text !== undefined) return estimateTokens(text);
  if (toolUse) return TOOL_TOKENS + estimateJson(toolUse.input);
  if (toolResult) {
    return toolResult.content.reduce(
      (tokens, part) => tokens + (part.text === undefined ? estimateJson(part.json) : estimateTokens(part.text)),
      TOOL_TOKENS,
    );
  }
  if (reasoningContent) return estimateTokens(reasoningContent.reasoningText?.text ?? reasoningContent.redactedContent ?? '');
  return estimateMediaTokens(block);
}

/** What is sent as JSON is counted as JSON; a text for itself. */
function estimateJson(value: unknown): number {
  return estimateTokens(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
}
