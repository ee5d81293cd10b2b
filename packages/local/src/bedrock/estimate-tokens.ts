import type { ContentBlock, ConverseRequest } from './converse-request.ts';

/** Characters (UTF-16 units) that count as one token. */
export const CHARACTERS_PER_TOKEN = 4;
const TOKENS_PER_IMAGE = 1_500;
const BASE64_CHARACTERS_PER_DOCUMENT_TOKEN = 20;
const BASE64_CHARACTERS_PER_VIDEO_TOKEN = 1_000;

/** Tokens of a text: four characters each, rounded up. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}

/** Tokens a request sends: its texts, tools and media. Always 1 or more. */
export function estimateInputTokens({ messages, system = [], toolConfig }: ConverseRequest): number {
  const blocks = messages.flatMap(({ content }) => content).reduce((sum, block) => sum + blockTokens(block), 0);
  const instructions = system.reduce((sum, { text = '' }) => sum + estimateTokens(text), 0);
  const tools = toolConfig ? estimateTokens(JSON.stringify(toolConfig.tools)) : 0;
  return Math.max(1, blocks + instructions + tools);
}

function blockTokens({ text, image, document, video, cachePoint, ...rest }: ContentBlock): number {
  if (text !== undefined) return estimateTokens(text);
  if (image) return TOKENS_PER_IMAGE;
  if (document) return Math.ceil((document.source.bytes?.length ?? 0) / BASE64_CHARACTERS_PER_DOCUMENT_TOKEN);
  if (video) return Math.ceil((video.source.bytes?.length ?? 0) / BASE64_CHARACTERS_PER_VIDEO_TOKEN);
  return cachePoint ? 0 : estimateTokens(JSON.stringify(rest));
}
