import type { ContentBlock, InferenceContent, JsonObject, Message } from '@signalbox/contracts';
import { UnsupportedContentError } from '../unsupported-content-error.ts';

/**
 * The conversation as OpenAI's messages: the system's text first, a tool's results as messages of their own before the rest
 * of their turn. Reasoning of earlier turns and cache points have no place there and are left out. Throws
 * `UnsupportedContentError` for documents and video.
 */
export function toChatMessages({ system = [], messages = [] }: Pick<InferenceContent, 'system' | 'messages'>): JsonObject[] {
  const instructions = system.flatMap(({ text }) => text ?? []).join('\n');
  const turns = messages.flatMap((message) => (message.role === 'user' ? userMessages(message) : assistantMessage(message)));
  return instructions === '' ? turns : [{ role: 'system', content: instructions }, ...turns];
}

function userMessages({ content }: Message): JsonObject[] {
  const results = content.flatMap(({ toolResult }) => (toolResult ? [toolMessage(toolResult)] : []));
  const parts = content.flatMap(toPart);
  return parts.length === 0 ? results : [...results, { role: 'user', content: compact(parts) }];
}

function toolMessage({ toolUseId, content }: NonNullable<ContentBlock['toolResult']>): JsonObject {
  return { role: 'tool', tool_call_id: toolUseId, content: content.map(({ text, json }) => text ?? JSON.stringify(json)).join('\n') };
}

function assistantMessage({ content }: Message): JsonObject[] {
  const parts = content.flatMap(toPart);
  const calls = content.flatMap(({ toolUse }) => (toolUse ? [toCall(toolUse)] : []));
  if (parts.length === 0 && calls.length === 0) return [];
  const said = { role: 'assistant', content: parts.length === 0 ? null : compact(parts) };
  return [calls.length === 0 ? said : { ...said, tool_calls: calls }];
}

function toCall({ toolUseId, name, input }: NonNullable<ContentBlock['toolUse']>): JsonObject {
  return { id: toolUseId, type: 'function', function: { name, arguments: JSON.stringify(input) } };
}

function toPart({ text, image, document, video }: ContentBlock): JsonObject[] {
  if (document) throw new UnsupportedContentError('DocumentNotSupported', "A document has no place in this target's chat shape.");
  if (video) throw new UnsupportedContentError('VideoNotSupported', "A video has no place in this target's chat shape.");
  if (image) return [{ type: 'image_url', image_url: { url: `data:image/${image.format};base64,${image.source.bytes}` } }];
  return text === undefined ? [] : [{ type: 'text', text }];
}

/** Texts alone become one: not every server takes a list of parts. */
function compact(parts: JsonObject[]): JsonObject[] | string {
  return parts.every(({ type }) => type === 'text') ? parts.map(({ text }) => text).join('\n') : parts;
}
