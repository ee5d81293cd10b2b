import type { ContentBlock, InferenceContent, Usage } from '@signalbox/contracts';
import { textsOf } from './texts-of.ts';

/** English prose runs at about four characters a token in the tokenisers of the common model families. */
const CHARACTERS_PER_TOKEN = 4;

/**
 * Tokens guessed from text length, for an answer whose stream ended before the provider counted. Images, documents and
 * videos count nothing, so the guess is a lower bound where there are any.
 */
export function estimateUsage(content: InferenceContent, outputCharacters: number): Usage {
  return { inputTokens: toTokens(countInput(content)), outputTokens: toTokens(outputCharacters), estimated: true };
}

function toTokens(characters: number): number {
  return Math.ceil(characters / CHARACTERS_PER_TOKEN);
}

function countInput({ system = [], messages = [], toolConfig, input }: InferenceContent): number {
  const systemLength = sum(system, (block) => block.text?.length ?? 0);
  const messageLength = sum(messages, (message) => sum(message.content, countBlock));
  return (
    systemLength + messageLength + (toolConfig ? JSON.stringify(toolConfig).length : 0) + sum(textsOf(input) ?? [], (text) => text.length)
  );
}

function countBlock(block: ContentBlock): number {
  if (block.text !== undefined) return block.text.length;
  if (block.toolUse) return JSON.stringify(block.toolUse.input).length;
  if (block.toolResult) return JSON.stringify(block.toolResult.content).length;
  return block.reasoningContent?.reasoningText?.text.length ?? 0;
}

function sum<T>(items: readonly T[], measure: (item: T) => number): number {
  return items.reduce((total, item) => total + measure(item), 0);
}
