import type * as z from 'zod/mini';
import type { AnswerPart } from './answer.ts';
import { argumentText, Chunk, callId, chatUsage, type Said, stopReasonOf, type ToolCall, unreadable } from './chat-completion.ts';

type Progress = {
  blockIndex: number;
  open: string | undefined;
  inputs: number;
  characters: number;
  calls: number;
  finishReason: string | undefined;
  usage: Chunk['usage'];
};

/** The chunks of a streamed completion as answer parts. A stream without `[DONE]` is whole when it told a finish reason; with neither it broke. */
export async function* chatParts(events: AsyncIterable<string>, inputEstimate: number): AsyncGenerator<AnswerPart> {
  const progress: Progress = {
    blockIndex: -1,
    open: undefined,
    inputs: 0,
    characters: 0,
    calls: 0,
    finishReason: undefined,
    usage: undefined,
  };
  let isDone = false;
  for await (const event of events) {
    isDone = event.trim() === '[DONE]';
    if (isDone) break;
    const chunk = parseChunk(event);
    progress.usage = chunk.usage ?? progress.usage;
    const choice = chunk.choices?.[0];
    progress.finishReason = choice?.finish_reason ?? progress.finishReason;
    if (choice?.delta) yield* deltaParts(choice.delta, progress);
  }
  if (!isDone && progress.finishReason === undefined) throw unreadable('its stream ended without a finish reason');
  yield* closeCall(progress);
  const stopReason = stopReasonOf(progress.finishReason, progress.calls > 0);
  yield { kind: 'end', stopReason, usage: chatUsage(progress.usage, inputEstimate, Math.ceil(progress.characters / 4)) };
}

function parseChunk(event: string): Chunk {
  let json: unknown;
  try {
    json = JSON.parse(event);
  } catch {
    throw unreadable(`its stream holds something that is not JSON: ${event.slice(0, 200)}`);
  }
  const result = Chunk.safeParse(json);
  if (!result.success) throw unreadable(`its stream holds an unknown chunk: ${event.slice(0, 200)}`);
  if (result.data.error !== undefined) throw unreadable(`it reported ${JSON.stringify(result.data.error).slice(0, 200)}`);
  return result.data;
}

function* deltaParts({ content, tool_calls: calls }: z.infer<typeof Said>, progress: Progress): Generator<AnswerPart> {
  if (content) {
    if (progress.open !== 'text') yield* closeCall(progress);
    if (progress.open !== 'text') progress.blockIndex += 1;
    progress.open = 'text';
    progress.characters += content.length;
    yield { kind: 'text', blockIndex: progress.blockIndex, text: content };
  }
  for (const call of calls ?? []) yield* callParts(call, progress);
}

function* callParts(call: ToolCall, progress: Progress): Generator<AnswerPart> {
  const key = `tool ${call.index ?? call.id ?? progress.calls}`;
  if (progress.open !== key) {
    yield* closeCall(progress);
    Object.assign(progress, { blockIndex: progress.blockIndex + 1, open: key, inputs: 0, calls: progress.calls + 1 });
    yield {
      kind: 'tool-use-start',
      blockIndex: progress.blockIndex,
      toolUseId: callId(call, progress.calls - 1),
      name: call.function?.name ?? '',
    };
  }
  const json = argumentText(call);
  if (json === '') return;
  progress.inputs += 1;
  progress.characters += json.length;
  yield { kind: 'tool-use-input', blockIndex: progress.blockIndex, json };
}

/** A call without arguments still has an input: the empty object. */
function* closeCall({ open, inputs, blockIndex }: Progress): Generator<AnswerPart> {
  if (open?.startsWith('tool') && inputs === 0) yield { kind: 'tool-use-input', blockIndex, json: '{}' };
}
