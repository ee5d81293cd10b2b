import { ChatCompletionChunk, type Json } from '@signalbox/contracts';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { createChunkWriter } from './create-chunk-writer.ts';
import { asWritten } from './testing/as-written.ts';
import { clientOf, streamOf } from './testing/client-of.ts';

const MODEL = 'amazon.nova-lite-v1:0';
const USAGE = { inputTokens: 9, outputTokens: 3 };
const writer = ({ includeUsage = false } = {}) => createChunkWriter({ id: 'chatcmpl-1', created: 1_790_000_000, includeUsage });
const error = { message: 'The answer broke off.', type: 'server_error', code: 'all_attempts_failed', request_id: 'r1' };

function chunksOf(text: string): OpenAI.ChatCompletionChunk[] {
  const events = text.split('\n\n').filter((event) => event.startsWith('data: {'));
  return events.map((event) => {
    const chunk = JSON.parse(event.slice('data: '.length)) as unknown;
    return asWritten(ChatCompletionChunk.parse(chunk)) satisfies OpenAI.ChatCompletionChunk;
  });
}

async function readAll(text: string): Promise<{ chunks: OpenAI.ChatCompletionChunk[]; error?: unknown }> {
  const chunks: OpenAI.ChatCompletionChunk[] = [];
  try {
    const stream = await clientOf(() => streamOf(text)).chat.completions.create({ model: 'x', messages: [], stream: true });
    for await (const chunk of stream) chunks.push(chunk);
    return { chunks };
  } catch (error) {
    return { chunks, error };
  }
}

describe('a streamed answer', () => {
  it('is one event for each piece, the role in the first, and its end in the last', () => {
    const { delta, end } = writer();
    const text = [
      delta({ kind: 'text', index: 0, text: 'Pa\nris' }, MODEL),
      delta({ kind: 'text', index: 0, text: ' é' }, MODEL),
      end({ stopReason: 'end_turn', usage: USAGE, model: MODEL }),
    ];
    const head = '{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1790000000,"model":"amazon.nova-lite-v1:0","choices":';
    const choice = (delta: string, reason: string) =>
      `data: ${head}[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${reason}}]}\n\n`;
    expect(text).toEqual([
      choice('{"role":"assistant","content":"Pa\\nris"}', 'null'),
      choice('{"content":" é"}', 'null'),
      `${choice('{}', '"stop"')}data: [DONE]\n\n`,
    ]);
  });

  it('has its usage in a chunk of its own, when it is asked for and known', () => {
    const { delta, end } = writer({ includeUsage: true });
    const chunks = chunksOf(
      delta({ kind: 'text', index: 0, text: 'x' }, MODEL) + end({ stopReason: 'max_tokens', usage: USAGE, model: MODEL }),
    );
    expect(chunks.map(({ choices, usage }) => [choices.length, usage])).toEqual([
      [1, null],
      [1, null],
      [0, { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 }],
    ]);
    expect(chunks[1]?.choices[0]?.finish_reason).toBe('length');
    const unknown = chunksOf(writer({ includeUsage: true }).end({ stopReason: 'end_turn', model: MODEL }));
    expect(unknown.map(({ choices, usage }) => [choices.length, usage])).toEqual([[1, null]]);
  });

  it('counts tools, not blocks, and lets them be written in turns', () => {
    const { delta, end } = writer();
    const text = [
      delta({ kind: 'text', index: 0, text: 'x' }, MODEL),
      delta({ kind: 'tool-use', index: 2, toolUseId: 'a', name: 'weather' }, MODEL),
      delta({ kind: 'tool-use', index: 5, toolUseId: 'b', name: 'now' }, MODEL),
      delta({ kind: 'tool-input', index: 2, json: '{"city":' }, MODEL),
      delta({ kind: 'tool-input', index: 5, json: '' }, MODEL),
      delta({ kind: 'tool-input', index: 2, json: '"Rome"}' }, MODEL),
      end({ stopReason: 'tool_use', model: MODEL }),
    ].join('');
    expect(chunksOf(text).flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? [])).toEqual([
      { index: 0, id: 'a', type: 'function', function: { name: 'weather', arguments: '' } },
      { index: 1, id: 'b', type: 'function', function: { name: 'now', arguments: '' } },
      { index: 0, function: { arguments: '{"city":' } },
      { index: 1, function: { arguments: '' } },
      { index: 0, function: { arguments: '"Rome"}' } },
      // A tool without parameters got no input: what clients parse must still be JSON.
      { index: 1, function: { arguments: '{}' } },
    ]);
  });

  it('names the model that answers in each chunk', () => {
    const { delta, end } = writer();
    const text = delta({ kind: 'reasoning', index: 0, text: 'hm' }, 'one') + end({ stopReason: 'end_turn', model: 'two' });
    expect(chunksOf(text).map(({ model }) => model)).toEqual(['one', 'two']);
    expect(text).toContain('"delta":{"role":"assistant","reasoning_content":"hm"}');
  });

  it('that broke off is an error to the client, after what it had said', async () => {
    const { delta, comment, fail } = writer();
    const read = await readAll(comment() + delta({ kind: 'text', index: 0, text: 'Par' }, MODEL) + fail(error));
    expect(read.chunks.map(({ choices }) => [choices[0]?.delta.content, choices[0]?.finish_reason])).toEqual([['Par', null]]);
    expect(read.error).toBeInstanceOf(OpenAI.APIError);
    expect(read.error).toMatchObject({ code: 'all_attempts_failed', type: 'server_error', param: null, error: { request_id: 'r1' } });
  });

  it('says nothing by its comments', async () => {
    const { comment, whole, end } = writer();
    const output: Json = { message: { role: 'assistant', content: [{ text: 'Paris' }] } };
    const { chunks, error } = await readAll(
      comment() + comment() + whole(output, MODEL) + comment() + end({ stopReason: 'end_turn', model: MODEL }),
    );
    expect(error).toBeUndefined();
    expect(chunks.map(({ choices }) => choices[0]?.delta.content)).toEqual(['Paris', undefined]);
  });

  it('cannot go on after its end or its error, nor give a tool input that it has not named', () => {
    const ended = writer();
    ended.end({ stopReason: 'end_turn', model: MODEL });
    const failed = writer();
    failed.fail(error);
    for (const { delta, end, fail } of [ended, failed]) {
      expect(() => delta({ kind: 'text', index: 0, text: 'x' }, MODEL)).toThrow('has ended');
      expect(() => end({ stopReason: 'end_turn', model: MODEL })).toThrow('has ended');
      expect(() => fail(error)).toThrow('has ended');
    }
    expect(() => writer().delta({ kind: 'tool-input', index: 3, json: '{}' }, MODEL)).toThrow('Block 3');
  });
});
