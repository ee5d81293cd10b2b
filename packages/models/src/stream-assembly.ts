import type { ConverseStreamOutput } from '@aws-sdk/client-bedrock-runtime';
import type { Json, Usage } from '@signalbox/contracts';
import { mapUsage } from './bedrock/map-usage.ts';
import { addDelta, closeBlock, lengthOf, type OpenBlock, openBlock, StreamContentError } from './stream-blocks.ts';

/** What a stream has given so far. */
export type StreamAssembly = {
  blocks: Map<number, OpenBlock>;
  role: string;
  /** Set once `messageStop` came: the answer is whole. */
  isComplete: boolean;
  stopReason?: string;
  usage?: Usage;
};

export function createStreamAssembly(): StreamAssembly {
  return { blocks: new Map(), role: 'assistant', isComplete: false };
}

/** Adds one event. Events of a kind that is not known yet change nothing. Throws `StreamContentError`. */
export function addStreamEvent(assembly: StreamAssembly, event: ConverseStreamOutput): void {
  if (event.contentBlockDelta) {
    const { contentBlockIndex, delta } = event.contentBlockDelta;
    const index = indexOf(contentBlockIndex);
    if (delta) assembly.blocks.set(index, addDelta(assembly.blocks.get(index), delta));
  } else if (event.contentBlockStart) {
    const { contentBlockIndex, start } = event.contentBlockStart;
    if (start && Object.keys(start).length > 0) assembly.blocks.set(indexOf(contentBlockIndex), openBlock(start));
  } else if (event.messageStart) {
    assembly.role = event.messageStart.role ?? assembly.role;
  } else if (event.messageStop) {
    assembly.isComplete = true;
    if (event.messageStop.stopReason !== undefined) assembly.stopReason = event.messageStop.stopReason;
  } else if (event.metadata) {
    const usage = mapUsage(event.metadata.usage);
    if (usage) assembly.usage = usage;
  }
}

/** True for an event that brings content: the first of them ends the wait for the first token. */
export function hasContent(event: ConverseStreamOutput): boolean {
  return event.contentBlockDelta !== undefined || event.contentBlockStart !== undefined;
}

/** The message as Converse would have given it. Throws `StreamContentError` when a tool's input is not JSON. */
export function assembleMessage({ blocks, role }: StreamAssembly): { role: string; content: Json[] } {
  const inOrder = [...blocks.entries()].sort(([one], [other]) => one - other);
  return { role, content: inOrder.flatMap(([, block]) => closeBlock(block)) };
}

/** Characters of content that have arrived. */
export function countCharacters({ blocks }: StreamAssembly): number {
  return [...blocks.values()].reduce((total, block) => total + lengthOf(block), 0);
}

function indexOf(index: number | undefined): number {
  if (index === undefined) throw new StreamContentError('a content block event names no index');
  return index;
}
