import { ChatCompletion, type Json } from '@signalbox/contracts';
import { ContractError } from '@signalbox/runtime/errors';
import type OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { asWritten } from './testing/as-written.ts';
import { toChatCompletion } from './to-chat-completion.ts';

const answered = { stopReason: 'end_turn', model: 'amazon.nova-lite-v1:0', id: 'chatcmpl-1', created: 1_790_000_000 };
const outputOf = (...content: Json[]): Json => ({ message: { role: 'assistant', content } });
const toolUse = (toolUseId: string, input: Json) => ({ toolUse: { toolUseId, name: 'weather', input } });

function messageOf(...content: Json[]) {
  const completion = toChatCompletion({ ...answered, output: outputOf(...content) });
  expect(ChatCompletion.parse(completion)).toEqual(completion);
  return completion.choices[0]?.message;
}

describe('a chat completion', () => {
  it('has the form that clients of OpenAI read', () => {
    const completion = toChatCompletion({ ...answered, output: outputOf({ text: 'Paris.' }), usage: { inputTokens: 9, outputTokens: 3 } });
    const read: OpenAI.ChatCompletion = asWritten(completion);
    expect(read).toEqual({
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1_790_000_000,
      model: 'amazon.nova-lite-v1:0',
      choices: [{ index: 0, message: { role: 'assistant', content: 'Paris.', refusal: null }, logprobs: null, finish_reason: 'stop' }],
      usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
    });
  });

  it.each<[string, Json[], object]>([
    ['texts joined', [{ text: 'Pa' }, { text: 'ris' }], { role: 'assistant', content: 'Paris', refusal: null }],
    [
      'text with its citations left out',
      [{ citationsContent: { content: [{ text: 'Pa' }, { text: 'ris' }], citations: [{ title: 'Report' }] } }],
      { role: 'assistant', content: 'Paris', refusal: null },
    ],
    [
      'reasoning apart, and none that is hidden',
      [
        { reasoningContent: { reasoningText: { text: 'hm', signature: 's' } } },
        { reasoningContent: { redactedContent: 'eA==' } },
        { text: 'Paris' },
      ],
      { role: 'assistant', content: 'Paris', refusal: null, reasoning_content: 'hm' },
    ],
    [
      'tool calls with their inputs as text',
      [toolUse('a', { city: 'Rome' }), toolUse('b', {})],
      {
        role: 'assistant',
        content: null,
        refusal: null,
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'weather', arguments: '{"city":"Rome"}' } },
          { id: 'b', type: 'function', function: { name: 'weather', arguments: '{}' } },
        ],
      },
    ],
    ['no text as null', [], { role: 'assistant', content: null, refusal: null }],
  ])('has %s', (_what, content, message) => {
    expect(messageOf(...content)).toEqual(message);
  });

  it.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['tool_use', 'tool_calls'],
    ['content_filtered', 'content_filter'],
    ['guardrail_intervened', 'content_filter'],
    ['something_new', 'stop'],
  ])('that ended with %s finished with %s', (stopReason, reason) => {
    const completion = toChatCompletion({ ...answered, stopReason, output: outputOf({ text: 'x' }) });
    expect(completion.choices[0]?.finish_reason).toBe(reason);
  });

  it.each([
    ['none', undefined, undefined],
    [
      'cached tokens in those of the prompt',
      { inputTokens: 5, outputTokens: 2, cacheReadTokens: 90, cacheWriteTokens: 7 },
      {
        prompt_tokens: 102,
        completion_tokens: 2,
        total_tokens: 104,
        prompt_tokens_details: { cached_tokens: 90, cache_write_tokens: 7 },
      },
    ],
    [
      'a cache that gave nothing',
      { inputTokens: 5, outputTokens: 2, cacheReadTokens: 0 },
      {
        prompt_tokens: 5,
        completion_tokens: 2,
        total_tokens: 7,
        prompt_tokens_details: { cached_tokens: 0 },
      },
    ],
    [
      'an estimate',
      { inputTokens: 5, outputTokens: 2, estimated: true },
      { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7, estimated: true },
    ],
  ])('has for usage %s', (_what, usage, expected) => {
    const completion = toChatCompletion({ ...answered, usage, output: outputOf({ text: 'x' }) });
    expect(completion.usage).toEqual(expected);
    expect('usage' in completion).toBe(expected !== undefined);
  });

  it.each([[null], ['text'], [{}], [{ message: { content: 'text' } }], [{ message: { content: [{ text: 7 }] } }]])(
    'is not made of %j',
    (output) => {
      expect(() => toChatCompletion({ ...answered, output: output as Json })).toThrow(ContractError);
    },
  );
});
