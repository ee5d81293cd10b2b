import { eventFrame } from '../wire/event-frames.ts';
import type { AnswerPart } from './answer.ts';
import { CHARACTERS_PER_TOKEN } from './estimate-tokens.ts';

/** The frames of a ConverseStream answer; the first comes with the first part. `latencyMs` is read at the end. */
export async function* streamFrames(parts: AsyncIterable<AnswerPart>, latencyMs: () => number): AsyncGenerator<Uint8Array> {
  let openIndex: number | undefined;
  let isStarted = false;
  for await (const part of parts) {
    if (!isStarted) yield eventFrame('messageStart', { role: 'assistant' });
    isStarted = true;
    const nextIndex = part.kind === 'end' ? undefined : part.blockIndex;
    if (openIndex !== undefined && nextIndex !== openIndex) yield eventFrame('contentBlockStop', { contentBlockIndex: openIndex });
    openIndex = nextIndex;
    yield* partFrames(part, latencyMs);
  }
}

function* partFrames(part: AnswerPart, latencyMs: () => number): Generator<Uint8Array> {
  switch (part.kind) {
    case 'text':
      yield eventFrame('contentBlockDelta', { contentBlockIndex: part.blockIndex, delta: { text: part.text } });
      break;
    case 'reasoning':
      yield eventFrame('contentBlockDelta', { contentBlockIndex: part.blockIndex, delta: { reasoningContent: { text: part.text } } });
      break;
    case 'tool-use-start':
      yield eventFrame('contentBlockStart', {
        contentBlockIndex: part.blockIndex,
        start: { toolUse: { toolUseId: part.toolUseId, name: part.name } },
      });
      break;
    case 'tool-use-input':
      yield eventFrame('contentBlockDelta', { contentBlockIndex: part.blockIndex, delta: { toolUse: { input: part.json } } });
      break;
    case 'end':
      yield eventFrame('messageStop', { stopReason: part.stopReason });
      yield eventFrame('metadata', { usage: part.usage, metrics: { latencyMs: latencyMs() } });
  }
}

/** The first `tokens` tokens of an answer and never its end. */
export async function* takeTokens(parts: AsyncIterable<AnswerPart>, tokens: number): AsyncGenerator<AnswerPart> {
  let characters = tokens * CHARACTERS_PER_TOKEN;
  if (characters === 0) return;
  for await (const part of parts) {
    if (part.kind === 'end') return;
    const text = part.kind === 'text' ? part.text : part.kind === 'tool-use-input' ? part.json : '';
    const taken = text.slice(0, characters);
    yield part.kind === 'text' ? { ...part, text: taken } : part.kind === 'tool-use-input' ? { ...part, json: taken } : part;
    characters -= taken.length;
    if (characters === 0) return;
  }
}
