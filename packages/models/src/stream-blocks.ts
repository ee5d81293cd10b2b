import type { ContentBlockDelta, ContentBlockStart } from '@aws-sdk/client-bedrock-runtime';
import type { Json } from '@signalbox/contracts';
import { toJson } from './to-json.ts';

/** A content block while its stream runs. */
export type OpenBlock =
  | { kind: 'text'; text: string; citations: Json[] }
  | { kind: 'tool-use'; start: object; input: string }
  | { kind: 'reasoning'; text: string; signature?: string; redacted: Uint8Array[] }
  | { kind: 'tool-result'; start: object; content: Json[] }
  | { kind: 'image'; start: object; source?: Json };

/** Thrown for a stream whose blocks do not add up to an answer; the message names the block and never its content. */
export class StreamContentError extends Error {
  override name = 'StreamContentError';
}

/** Opens the block that a `contentBlockStart` announces. */
export function openBlock(start: ContentBlockStart): OpenBlock {
  if (start.toolUse) return { kind: 'tool-use', start: start.toolUse, input: '' };
  if (start.toolResult) return { kind: 'tool-result', start: start.toolResult, content: [] };
  if (start.image) return { kind: 'image', start: start.image };
  throw new StreamContentError('a content block of an unknown kind was started');
}

/** Adds a delta to its block. Text and reasoning may come without a start, so the delta opens their block. */
export function addDelta(block: OpenBlock | undefined, delta: ContentBlockDelta): OpenBlock {
  if (delta.text !== undefined) return addText(block ?? emptyText(), delta.text);
  if (delta.citation) return addCitation(block ?? emptyText(), toJson(delta.citation));
  if (delta.reasoningContent) return addReasoning(block ?? { kind: 'reasoning', text: '', redacted: [] }, delta.reasoningContent);
  if (delta.toolUse && block?.kind === 'tool-use') return { ...block, input: block.input + (delta.toolUse.input ?? '') };
  if (delta.toolResult && block?.kind === 'tool-result') return { ...block, content: [...block.content, ...delta.toolResult.map(toJson)] };
  if (delta.image && block?.kind === 'image') return delta.image.source ? { ...block, source: toJson(delta.image.source) } : block;
  throw mismatch(block);
}

/** The finished block or blocks, as Converse would have given them. */
export function closeBlock(block: OpenBlock): Json[] {
  switch (block.kind) {
    case 'text':
      if (block.citations.length === 0) return [{ text: block.text }];
      return [{ citationsContent: { content: [{ text: block.text }], citations: block.citations } }];
    case 'tool-use':
      return [{ toolUse: { ...asObject(block.start), input: parseInput(block.input) } }];
    case 'reasoning':
      return closeReasoning(block);
    case 'tool-result':
      return [{ toolResult: { ...asObject(block.start), content: block.content } }];
    case 'image':
      return [{ image: { ...asObject(block.start), ...(block.source !== undefined && { source: block.source }) } }];
  }
}

/** Characters that the model wrote into the block, for an estimate of its tokens. */
export function lengthOf(block: OpenBlock): number {
  if (block.kind === 'text' || block.kind === 'reasoning') return block.text.length;
  return block.kind === 'tool-use' ? block.input.length : 0;
}

function emptyText(): OpenBlock {
  return { kind: 'text', text: '', citations: [] };
}

function addText(block: OpenBlock, text: string): OpenBlock {
  if (block.kind !== 'text') throw mismatch(block);
  block.text += text;
  return block;
}

function addCitation(block: OpenBlock, citation: Json): OpenBlock {
  if (block.kind !== 'text') throw mismatch(block);
  block.citations.push(citation);
  return block;
}

function addReasoning(block: OpenBlock, delta: NonNullable<ContentBlockDelta['reasoningContent']>): OpenBlock {
  if (block.kind !== 'reasoning') throw mismatch(block);
  if (delta.text !== undefined) block.text += delta.text;
  if (delta.signature !== undefined) block.signature = (block.signature ?? '') + delta.signature;
  if (delta.redactedContent) block.redacted.push(delta.redactedContent);
  return block;
}

function closeReasoning({ text, signature, redacted }: Extract<OpenBlock, { kind: 'reasoning' }>): Json[] {
  const blocks: Json[] = [];
  if (text !== '' || signature !== undefined) {
    blocks.push({ reasoningContent: { reasoningText: { text, ...(signature !== undefined && { signature }) } } });
  }
  if (redacted.length > 0) blocks.push({ reasoningContent: { redactedContent: Buffer.concat(redacted).toString('base64') } });
  return blocks;
}

/** A tool without arguments streams no input at all; Converse gives `{}` for it. */
function parseInput(input: string): Json {
  if (input.trim() === '') return {};
  try {
    return JSON.parse(input) as Json;
  } catch (cause) {
    throw new StreamContentError('the input of a tool use is not JSON', { cause });
  }
}

function asObject(start: object): { [name: string]: Json } {
  return toJson(start) as { [name: string]: Json };
}

function mismatch(block: OpenBlock | undefined): StreamContentError {
  return new StreamContentError(`a delta does not belong to its content block (${block?.kind ?? 'never started'})`);
}
