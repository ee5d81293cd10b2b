import type { AnswerDelta, ChatCompletionChunk, ErrorBody, Json, Usage } from '@signalbox/contracts';
import { answerDeltas } from './answer-deltas.ts';
import { mapFinishReason } from './map-finish-reason.ts';
import { toCompletionUsage } from './to-completion-usage.ts';

type Piece = ChatCompletionChunk['choices'][number]['delta'];
type End = { stopReason: string; usage?: Usage | undefined; model: string };
/** The `error` of an ErrorBody; `param` may be left out. */
type StreamError = Omit<ErrorBody['error'], 'param'> & { param?: string | null };
type Written = { id: string /** Seconds since the epoch. */; created: number; includeUsage: boolean };
/** A tool call of the answer: its place among them, and whether anything of its input was written. */
type Call = { index: number; hasInput: boolean };

/** The text of a stream's server-sent events, each to be sent as it is. `model` is what answers at that moment. */
export type ChunkWriter = {
  delta(delta: AnswerDelta, model: string): string;
  /** A whole answer that was held back: `{ message: { role, content[] } }`. */
  whole(output: Json, model: string): string;
  /** The end of an answer that is whole. Nothing can be written after it. */
  end(end: End): string;
  /** The end of an answer that broke off: clients raise it as an error. Nothing can be written after it. */
  fail(error: StreamError): string;
  /** Keeps the connection alive and says nothing. */
  comment(): string;
};

/** Writes one answer as OpenAI's chunks. */
export function createChunkWriter({ id, created, includeUsage }: Written): ChunkWriter {
  const calls = new Map<number, Call>();
  let hasBegun = false;
  let hasEnded = false;

  function chunk(model: string, choices: ChatCompletionChunk['choices'], usage?: ChatCompletionChunk['usage']): string {
    if (hasEnded) throw new Error('The stream has ended: nothing can be written after its end or its error.');
    return event({ id, object: 'chat.completion.chunk', created, model, choices, ...(includeUsage && { usage: usage ?? null }) });
  }

  function piece(model: string, delta: Piece, stopReason?: string): string {
    const role: Piece = hasBegun ? {} : { role: 'assistant' };
    hasBegun = true;
    const reason = stopReason === undefined ? null : mapFinishReason(stopReason);
    return chunk(model, [{ index: 0, delta: { ...role, ...delta }, logprobs: null, finish_reason: reason }]);
  }

  function delta(answer: AnswerDelta, model: string): string {
    if (answer.kind === 'text') return piece(model, { content: answer.text });
    if (answer.kind === 'reasoning') return piece(model, { reasoning_content: answer.text });
    return answer.kind === 'tool-use' ? piece(model, beginCall(calls, answer)) : piece(model, continueCall(calls, answer));
  }

  /** A tool without parameters may have got no input at all; clients parse it as JSON. */
  function completeCalls(model: string): string {
    const empty = [...calls].filter(([, { hasInput }]) => !hasInput);
    return empty.map(([index]) => delta({ kind: 'tool-input', index, json: '{}' }, model)).join('');
  }

  function end({ stopReason, usage, model }: End): string {
    const inputs = completeCalls(model);
    const finish = piece(model, {}, stopReason);
    const counted = includeUsage && usage ? chunk(model, [], toCompletionUsage(usage)) : '';
    hasEnded = true;
    return `${inputs}${finish}${counted}data: [DONE]\n\n`;
  }

  function fail(error: StreamError): string {
    if (hasEnded) throw new Error('The stream has ended: nothing can be written after its end or its error.');
    hasEnded = true;
    return event({ error: { param: null, ...error } });
  }

  const whole = (output: Json, model: string) =>
    answerDeltas(output)
      .map((answer) => delta(answer, model))
      .join('');
  return { delta, whole, end, fail, comment: () => ': waiting\n\n' };
}

function beginCall(calls: Map<number, Call>, { index, toolUseId, name }: Extract<AnswerDelta, { kind: 'tool-use' }>): Piece {
  const call = { index: calls.size, hasInput: false };
  calls.set(index, call);
  return { tool_calls: [{ index: call.index, id: toolUseId, type: 'function', function: { name, arguments: '' } }] };
}

function continueCall(calls: Map<number, Call>, { index, json }: Extract<AnswerDelta, { kind: 'tool-input' }>): Piece {
  const call = calls.get(index);
  if (!call) throw new Error(`Block ${index} of the answer has input for a tool, and did not begin with the tool's name.`);
  call.hasInput ||= json !== '';
  return { tool_calls: [{ index: call.index, function: { arguments: json } }] };
}

function event(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}
