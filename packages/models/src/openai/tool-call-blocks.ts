import type { ConverseStreamOutput } from '@aws-sdk/client-bedrock-runtime';
import { asRecord, asText } from '../read-json.ts';
import { StreamContentError } from '../stream-blocks.ts';

type Call = { block: number; id: string };

/** The tool calls of one answer: which block of the message each call's pieces belong to. */
export class ToolCallBlocks {
  readonly #calls = new Map<number, Call>();
  #count = 0;

  count(): number {
    return this.#count;
  }

  /** The events for the pieces of calls that a chunk brings. Throws `StreamContentError` for a call without a name. */
  *add(pieces: readonly unknown[], nextBlock: () => number): Generator<ConverseStreamOutput> {
    for (const [position, piece] of pieces.entries()) {
      const { index, id, function: called } = asRecord(piece);
      const { name, arguments: given } = asRecord(called);
      const place = typeof index === 'number' ? index : position;
      const known = this.#calls.get(place);
      const isContinued = known !== undefined && (!asText(id) || id === known.id);
      if (!isContinued) yield this.#open({ place, id, name, block: nextBlock() });
      const input = typeof given === 'object' && given !== null ? JSON.stringify(given) : asText(given);
      const contentBlockIndex = this.#calls.get(place)?.block;
      if (input) yield { contentBlockDelta: { contentBlockIndex, delta: { toolUse: { input } } } };
    }
  }

  /** A server may give no id, or number every call 0: what it gives is completed so that results can name their call. */
  #open({ place, id, name, block }: { place: number; id: unknown; name: unknown; block: number }): ConverseStreamOutput {
    const called = asText(name);
    if (!called) throw new StreamContentError('a tool call has no name');
    const toolUseId = asText(id) ?? `call_${this.#count}`;
    this.#calls.set(place, { block, id: toolUseId });
    this.#count++;
    return { contentBlockStart: { contentBlockIndex: block, start: { toolUse: { toolUseId, name: called } } } };
  }
}
