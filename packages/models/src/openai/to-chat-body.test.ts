import type { InferenceContent } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { UnsupportedContentError } from '../unsupported-content-error.ts';
import { toChatBody } from './to-chat-body.ts';
import { toChatMessages } from './to-chat-messages.ts';

const hello: InferenceContent = { messages: [{ role: 'user', content: [{ text: 'Hello' }] }] };
const body = (content: Partial<InferenceContent> = {}, inferenceConfig: object = {}) =>
  toChatBody({
    content: { ...hello, ...content },
    inferenceConfig: { maxTokens: 50, ...inferenceConfig },
    model: 'qwen3',
    maxTokensField: 'max_tokens',
    isStreamed: false,
  });

describe('the body', () => {
  it('says what was asked, and no more', () => {
    expect(body()).toEqual({ model: 'qwen3', messages: [{ role: 'user', content: 'Hello' }], max_tokens: 50, stream: false });
  });

  it('has every sampling parameter, and the limit under the name that the server takes', () => {
    const config = { temperature: 0, topP: 0.5, stopSequences: ['END'] };
    expect(body({}, config)).toMatchObject({ temperature: 0, top_p: 0.5, stop: ['END'] });
    const other = toChatBody({
      content: hello,
      inferenceConfig: { maxTokens: 50 },
      maxTokensField: 'max_completion_tokens',
      isStreamed: true,
    });
    expect(other).toEqual({
      messages: [{ role: 'user', content: 'Hello' }],
      max_completion_tokens: 50,
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it("carries the request's own fields, which cannot change what we set", () => {
    const additionalModelRequestFields = { seed: 7, logit_bias: { 5: 1 }, model: 'another', stream: true, max_tokens: 9_999, messages: [] };
    expect(body({ additionalModelRequestFields })).toEqual({ ...body(), seed: 7, logit_bias: { 5: 1 } });
  });

  it.each([
    [{ auto: {} }, 'auto'],
    [{ any: {} }, 'required'],
    [{ tool: { name: 'now' } }, { type: 'function', function: { name: 'now' } }],
  ])('has tools, and the choice %j', (toolChoice, expected) => {
    const parameters = { type: 'object', properties: {} };
    const tools = [{ toolSpec: { name: 'now', description: 'The time', inputSchema: { json: parameters }, strict: true } }];
    expect(body({ toolConfig: { tools, toolChoice } })).toMatchObject({
      tools: [{ type: 'function', function: { name: 'now', description: 'The time', parameters, strict: true } }],
      tool_choice: expected,
    });
  });

  it('asks for JSON by a schema, and for effort', () => {
    const structure = { jsonSchema: { schema: '{"type":"object"}', name: 'city', description: 'A city' } };
    expect(body({ outputConfig: { textFormat: { type: 'json_schema', structure }, effort: 'low' } })).toMatchObject({
      reasoning_effort: 'low',
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'city', description: 'A city', schema: { type: 'object' }, strict: true },
      },
    });
  });

  it('is none for a schema that is no JSON, and the reason does not quote it', () => {
    const outputConfig = { textFormat: { type: 'json_schema' as const, structure: { jsonSchema: { schema: '{secret' } } } };
    expect(() => body({ outputConfig })).toThrow(
      expect.objectContaining({ code: 'InvalidJsonSchema', message: expect.not.stringContaining('secret') }),
    );
  });
});

describe('the messages', () => {
  it('begin with the system, texts of one turn joined', () => {
    const content = {
      system: [{ text: 'Be brief.' }, { cachePoint: { type: 'default' as const } }, { text: 'Be kind.' }],
      messages: [{ role: 'user' as const, content: [{ text: 'One' }, { cachePoint: { type: 'default' as const } }, { text: 'Two' }] }],
    };
    expect(toChatMessages(content)).toEqual([
      { role: 'system', content: 'Be brief.\nBe kind.' },
      { role: 'user', content: 'One\nTwo' },
    ]);
  });

  it('carry images as data URLs', () => {
    const image = { format: 'jpeg' as const, source: { bytes: '/9j/4AAQ' } };
    expect(toChatMessages({ messages: [{ role: 'user', content: [{ text: 'What is this?' }, { image }] }] })).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image_url', image_url: { url: 'data:image/jpeg;base64,/9j/4AAQ' } },
        ],
      },
    ]);
  });

  it('carry a tool call, its results before the rest of their turn, and no reasoning', () => {
    const messages: InferenceContent['messages'] = [
      {
        role: 'assistant',
        content: [
          { reasoningContent: { reasoningText: { text: 'Hm.' } } },
          { toolUse: { toolUseId: 'a', name: 'now', input: { zone: 'CET' } } },
        ],
      },
      {
        role: 'user',
        content: [
          { text: 'And then?' },
          { toolResult: { toolUseId: 'a', content: [{ text: 'noon' }, { json: { h: 12 } }], status: 'error' } },
          { toolResult: { toolUseId: 'b', content: [{ json: [1] }] } },
        ],
      },
    ];
    expect(toChatMessages({ messages })).toEqual([
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'a', type: 'function', function: { name: 'now', arguments: '{"zone":"CET"}' } }],
      },
      { role: 'tool', tool_call_id: 'a', content: 'noon\n{"h":12}' },
      { role: 'tool', tool_call_id: 'b', content: '[1]' },
      { role: 'user', content: 'And then?' },
    ]);
  });

  it('leave out a turn that only reasoned', () => {
    const reasoned = { role: 'assistant' as const, content: [{ reasoningContent: { redactedContent: 'AAAA' } }] };
    expect(toChatMessages({ messages: [reasoned, ...(hello.messages ?? [])] })).toEqual([{ role: 'user', content: 'Hello' }]);
  });

  it.each([
    ['a document', { document: { format: 'pdf' as const, name: 'x', source: { bytes: 'AAAA' } } }, 'DocumentNotSupported'],
    ['a video', { video: { format: 'mp4' as const, source: { bytes: 'AAAA' } } }, 'VideoNotSupported'],
  ])('refuse %s by name', (_name, block, code) => {
    const attempt = () => toChatMessages({ messages: [{ role: 'user', content: [block] }] });
    expect(attempt).toThrow(UnsupportedContentError);
    expect(attempt).toThrow(expect.objectContaining({ code }));
  });
});
