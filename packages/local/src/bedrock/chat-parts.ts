import type { AnswerPart } from './answer.ts';
import {
  argumentText,
  Chunk,
  callId,
  chatUsage,
  reasoningOf,
  type Said,
  stopReasonOf,
  type ToolCall,
  unreadable,
} from './chat-completion.ts';

type Progress = {
  blockIndex: number;
  open: string | undefined;
  callId: string | undefined;
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
    callId: undefined,
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
  if (result.data.error != null) throw unreadable(`it reported ${JSON.stringify(result.data.error).slice(0, 200)}`);
  return result.data;
}

function* deltaParts(said: Said, progress: Progress): Generator<AnswerPart> {
  yield* textParts('reasoning', reasoningOf(said), progress);
  yield* textParts('text', said.content ?? '', progress);
  for (const call of said.tool_calls ?? []) yield* callParts(call, progress);
}

function* textParts(kind: 'reasoning' | 'text', text: string, progress: Progress): Generator<AnswerPart> {
  if (text === '') return;
  if (progress.open !== kind) {
    yield* closeCall(progress);
    Object.assign(progress, { blockIndex: progress.blockIndex + 1, open: kind });
  }
  progress.characters += text.length;
  yield { kind, blockIndex: progress.blockIndex, text };
}

function* callParts(call: ToolCall, progress: Progress): Generator<AnswerPart> {
  const key = `tool ${call.index ?? call.id ?? progress.calls}`;
  // Some servers give every call the index 0: another id is another call.
  const isAnother = Boolean(call.id && progress.callId) && call.id !== progress.callId;
  if (progress.open !== key || isAnother) {
    yield* closeCall(progress);
    Object.assign(progress, { blockIndex: progress.blockIndex + 1, open: key, callId: call.id, inputs: 0, calls: progress.calls + 1 });
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
