import type OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { parseChatRequest } from './parse-chat-request.ts';
import { refusalOf } from './testing/refusal-of.ts';

type Turn = OpenAI.ChatCompletionMessageParam;

const tools: OpenAI.ChatCompletionTool[] = [{ type: 'function', function: { name: 'weather' } }];
const call = (id: string, text = '{"city":"Rome"}') => ({ id, type: 'function' as const, function: { name: 'weather', arguments: text } });
const use = (toolUseId: string, input: object = { city: 'Rome' }) => ({ toolUse: { toolUseId, name: 'weather', input } });
const result = (toolUseId: string, text: string) => ({ toolResult: { toolUseId, content: [{ text }] } });
const hello: Turn = { role: 'user', content: 'hello' };

const translate = (messages: Turn[]) => parseChatRequest({ model: 'x', messages, tools }).content;

describe('the messages of a chat', () => {
  it.each<[string, Turn[], object]>([
    [
      'set instructions apart, wherever they stand and whatever they are called',
      [{ role: 'system', content: 'be brief' }, hello, { role: 'developer', content: [{ type: 'text', text: 'be kind' }] }],
      { system: [{ text: 'be brief' }, { text: 'be kind' }], messages: [{ role: 'user', content: [{ text: 'hello' }] }] },
    ],
    [
      'join what one side says in several turns',
      [hello, { role: 'user', content: [{ type: 'text', text: 'again' }] }],
      { messages: [{ role: 'user', content: [{ text: 'hello' }, { text: 'again' }] }] },
    ],
    [
      'keep an answer with its refusal, and leave its reasoning out',
      [hello, { role: 'assistant', content: 'well', refusal: 'no', reasoning_content: 'hmm' } as Turn, hello],
      {
        messages: [
          { role: 'user', content: [{ text: 'hello' }] },
          { role: 'assistant', content: [{ text: 'well' }, { text: 'no' }] },
          { role: 'user', content: [{ text: 'hello' }] },
        ],
      },
    ],
    [
      'give the results of several calls in one turn, with what the user says then',
      [
        hello,
        { role: 'assistant', content: '', tool_calls: [call('a'), call('b', '')] },
        { role: 'tool', tool_call_id: 'b', content: 'sunny' },
        { role: 'tool', tool_call_id: 'a', content: [{ type: 'text', text: 'rain' }] },
        { role: 'user', content: 'and?' },
      ],
      {
        messages: [
          { role: 'user', content: [{ text: 'hello' }] },
          { role: 'assistant', content: [use('a'), use('b', {})] },
          { role: 'user', content: [result('b', 'sunny'), result('a', 'rain'), { text: 'and?' }] },
        ],
      },
    ],
    [
      'may end with a result',
      [hello, { role: 'assistant', content: 'let me see', tool_calls: [call('a')] }, { role: 'tool', tool_call_id: 'a', content: 'rain' }],
      {
        messages: [
          { role: 'user', content: [{ text: 'hello' }] },
          { role: 'assistant', content: [{ text: 'let me see' }, use('a')] },
          { role: 'user', content: [result('a', 'rain')] },
        ],
      },
    ],
    [
      'leave out what has no text',
      [
        { role: 'system', content: '' },
        {
          role: 'user',
          content: [
            { type: 'text', text: '' },
            { type: 'text', text: 'hello' },
          ],
        },
      ],
      { messages: [{ role: 'user', content: [{ text: 'hello' }] }] },
    ],
  ])('%s', (_what, turns, expected) => {
    const { toolConfig: _same, ...content } = translate(turns);
    expect(content).toEqual(expected);
  });

  it('take an answer of ours back as a turn', () => {
    const answered = {
      role: 'assistant',
      content: 'well',
      refusal: null,
      annotations: [],
      audio: null,
      function_call: null,
      tool_calls: null,
    };
    expect(translate([hello, answered as unknown as Turn, hello]).messages).toHaveLength(3);
  });

  it('take an answer back with what OpenAI’s clients made of it', () => {
    const made = { ...call('a'), index: 0, function: { ...call('a').function, parsed_arguments: { city: 'Oslo' } } };
    const messages = (made: object, more: object) => [
      hello,
      { role: 'assistant', content: null, tool_calls: [made], ...more },
      { role: 'tool', tool_call_id: 'a', content: 'rain' },
    ];
    const read = (turns: object[]) => parseChatRequest({ model: 'x', messages: turns, tools }).content;
    expect(read(messages(made, { parsed: { city: 'Oslo' } }))).toEqual(read(messages(call('a'), {})));
  });

  it('take the name of a tool with its result', () => {
    const turns = (name: string) =>
      [hello, { role: 'assistant', tool_calls: [call('a')] }, { role: 'tool', tool_call_id: 'a', name, content: 'rain' }] as Turn[];
    expect(translate(turns('weather')).messages).toHaveLength(3);
    expect(refusalOf(() => translate(turns('other'))).parameter).toBe('messages[2].name');
  });

  it.each<[string, unknown[], string]>([
    ['that begin with an answer', [{ role: 'assistant', content: 'hi' }, hello], 'messages[0].role'],
    [
      'that begin with an answer after an instruction',
      [{ role: 'system', content: 'x' }, { role: 'assistant', content: 'hi' }, hello],
      'messages[1].role',
    ],
    ['that end with an answer', [hello, { role: 'assistant', content: 'hi' }], 'messages[1].role'],
    ['that are instructions alone', [{ role: 'system', content: 'x' }], 'messages'],
    ['with an empty question', [{ role: 'user', content: '' }], 'messages[0].content'],
    ['with a question of empty parts', [{ role: 'user', content: [{ type: 'text', text: '' }] }], 'messages[0].content'],
    ['with an empty answer', [hello, { role: 'assistant', content: '' }, hello], 'messages[1].content'],
    ['with a result of no call', [hello, { role: 'tool', tool_call_id: 'a', content: 'x' }], 'messages[1].tool_call_id'],
    [
      'with two results of one call',
      [
        hello,
        { role: 'assistant', tool_calls: [call('a')] },
        { role: 'tool', tool_call_id: 'a', content: 'x' },
        { role: 'tool', tool_call_id: 'a', content: 'y' },
      ],
      'messages[3].tool_call_id',
    ],
    [
      'with one result of two calls at its end',
      [hello, { role: 'assistant', tool_calls: [call('a'), call('b')] }, { role: 'tool', tool_call_id: 'a', content: 'x' }],
      'messages[1].tool_calls',
    ],
    ['with a call that has no result', [hello, { role: 'assistant', tool_calls: [call('a')] }, hello], 'messages[1].tool_calls'],
    [
      'with two calls of one id',
      [hello, { role: 'assistant', tool_calls: [call('a'), call('a')] }, { role: 'tool', tool_call_id: 'a', content: 'x' }],
      'messages[1].tool_calls[1].id',
    ],
    [
      'with a call whose input is no JSON',
      [hello, { role: 'assistant', tool_calls: [call('a', '{')] }, { role: 'tool', tool_call_id: 'a', content: 'x' }],
      'messages[1].tool_calls[0].function.arguments',
    ],
    [
      'with a call whose input is no object',
      [hello, { role: 'assistant', tool_calls: [call('a', '[1]')] }, { role: 'tool', tool_call_id: 'a', content: 'x' }],
      'messages[1].tool_calls[0].function.arguments',
    ],
    [
      'with a call whose input reaches a prototype',
      [hello, { role: 'assistant', tool_calls: [call('a', '{"__proto__":1}')] }, { role: 'tool', tool_call_id: 'a', content: 'x' }],
      'messages[1].tool_calls[0].function.arguments',
    ],
    ['of nobody', [hello, { role: 'function', content: 'x' }], 'messages[1].role'],
    ['without content', [{ role: 'user' }], 'messages[0].content'],
    ['that are no messages', ['hello'], 'messages[0]'],
  ])('are refused by name: %s', (_what, messages, parameter) => {
    expect(refusalOf(() => parseChatRequest({ model: 'x', messages, tools }))).toMatchObject({ code: 'invalid_request', parameter });
  });

  it.each<[string, object, string]>([
    ['a name', { ...hello, name: 'bob' }, 'messages[0].name'],
    ['audio of an earlier answer', { role: 'assistant', content: 'x', audio: { id: 'a' } }, 'messages[0].audio'],
    ['a function call', { role: 'assistant', function_call: { name: 'x', arguments: '' } }, 'messages[0].function_call'],
    ['annotations', { role: 'assistant', content: 'x', annotations: [{ type: 'url_citation' }] }, 'messages[0].annotations'],
  ])('are not taken with %s', (_what, message, parameter) => {
    const refusal = refusalOf(() => parseChatRequest({ model: 'x', messages: [message] }));
    expect(refusal).toMatchObject({ code: 'unsupported_parameter', parameter });
  });

  it('with tool calls need the tools', () => {
    const messages: Turn[] = [hello, { role: 'assistant', tool_calls: [call('a')] }, { role: 'tool', tool_call_id: 'a', content: 'x' }];
    expect(refusalOf(() => parseChatRequest({ model: 'x', messages }))).toMatchObject({ code: 'invalid_request', parameter: 'tools' });
    const none = refusalOf(() => parseChatRequest({ model: 'x', messages, tools, tool_choice: 'none' }));
    expect(none).toMatchObject({ code: 'unsupported_parameter', parameter: 'tool_choice' });
  });
});
