import type { ContentBlock, InferenceContent } from '@signalbox/contracts';

const MAX_LENGTH = 8_192;

/**
 * The text of the last user message that has any, its first 8,192 UTF-16 units: what a turn that only returns a tool's result is
 * about was said before it. Of an operation without messages, its input. Empty when there is none.
 */
export function lastUserText({ messages, input }: Pick<InferenceContent, 'messages' | 'input'>): string {
  if (messages === undefined) return clip(textsOfInput(input));
  const message = messages.findLast(({ role, content }) => role === 'user' && content.some(hasText));
  return message ? clip(message.content.map(({ text }) => text).filter((text) => text !== undefined)) : '';
}

function hasText({ text }: ContentBlock): boolean {
  return text !== undefined;
}

function textsOfInput(input: InferenceContent['input']): string[] {
  return [input].flat().filter((text) => typeof text === 'string');
}

/** Joins no more than is kept: one of the texts may be megabytes. */
function clip(texts: readonly string[]): string {
  let joined = '';
  for (const text of texts) {
    if (joined.length >= MAX_LENGTH) break;
    joined += (joined === '' ? '' : '\n') + text.slice(0, MAX_LENGTH);
  }
  return joined.slice(0, MAX_LENGTH);
}
