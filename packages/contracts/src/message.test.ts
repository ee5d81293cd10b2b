import { describe, expect, it } from 'vitest';
import { ContentBlock, InferenceConfig, Message, OutputConfig, SystemBlock, ToolConfig } from './message.ts';

const source = { bytes: 'aGVsbG8=' };

describe('ContentBlock', () => {
  it.each([
    [{ text: 'Hello.' }],
    [{ image: { format: 'png', source } }],
    [{ document: { format: 'pdf', name: 'Invoice (March) [2]', source } }],
    [{ video: { format: 'mp4', source } }],
    [{ toolUse: { toolUseId: 't1', name: 'get_weather', input: { city: 'Paris', days: [1, null, true] } } }],
    [{ toolResult: { toolUseId: 't1', content: [{ text: 'sunny' }, { json: { celsius: 21 } }], status: 'success' } }],
    [{ reasoningContent: { reasoningText: { text: 'so', signature: 'c2ln' } } }],
    [{ reasoningContent: { redactedContent: 'eA==' } }],
    [{ cachePoint: { type: 'default', ttl: '1h' } }],
  ])('takes %j', (block) => {
    expect(ContentBlock.parse(block)).toEqual(block);
  });

  it.each([
    ['nothing', {}],
    ['two members', { text: 'a', cachePoint: { type: 'default' } }],
    ['an empty text', { text: '' }],
    ['an unknown member', { audio: { format: 'mp3', source } }],
    ['a URL instead of bytes', { image: { format: 'png', source: { url: 'https://example.com/a.png' } } }],
    ['bytes that are not base64', { image: { format: 'png', source: { bytes: 'a b' } } }],
    ['a document name that could hold instructions', { document: { format: 'pdf', name: 'a\nb', source } }],
    ['a tool result of nothing', { toolResult: { toolUseId: 't1', content: [] } }],
    ['a tool result with two forms in one', { toolResult: { toolUseId: 't1', content: [{ text: 'a', json: 1 }] } }],
    ['reasoning of nothing', { reasoningContent: {} }],
  ])('refuses %s', (_, block) => {
    expect(ContentBlock.safeParse(block).success).toBe(false);
  });
});

describe('the other parts of a conversation', () => {
  it.each([
    ['a message without content', Message, { role: 'user', content: [] }],
    ['a system role', Message, { role: 'system', content: [{ text: 'a' }] }],
    ['a system block of two kinds', SystemBlock, { text: 'a', cachePoint: { type: 'default' } }],
    ['no tools', ToolConfig, { tools: [] }],
    ['a tool name with a space', ToolConfig, { tools: [{ toolSpec: { name: 'a b', inputSchema: { json: {} } } }] }],
    [
      'two tool choices',
      ToolConfig,
      { tools: [{ toolSpec: { name: 'a', inputSchema: { json: {} } } }], toolChoice: { auto: {}, any: {} } },
    ],
    ['an unknown effort', OutputConfig, { effort: 'extreme' }],
    ['five stop sequences', InferenceConfig, { stopSequences: ['a', 'b', 'c', 'd', 'e'] }],
    ['an empty stop sequence', InferenceConfig, { stopSequences: [''] }],
    ['half a token', InferenceConfig, { maxTokens: 0.5 }],
    ['no tokens', InferenceConfig, { maxTokens: 0 }],
    ['a temperature above 1', InferenceConfig, { temperature: 1.01 }],
    ['a negative share', InferenceConfig, { topP: -0.1 }],
  ])('refuse %s', (_, schema, value) => {
    expect(schema.safeParse(value).success).toBe(false);
  });

  it.each([
    ['a system text', SystemBlock, { text: 'Be brief.' }],
    [
      'a forced tool',
      ToolConfig,
      { tools: [{ toolSpec: { name: 'a', inputSchema: { json: { type: 'object' } } } }], toolChoice: { tool: { name: 'a' } } },
    ],
    [
      'an answer by schema',
      OutputConfig,
      { textFormat: { type: 'json_schema', structure: { jsonSchema: { schema: '{}' } } }, effort: 'low' },
    ],
    ['the bounds of sampling', InferenceConfig, { maxTokens: 1, temperature: 0, topP: 1, stopSequences: [] }],
  ])('take %s', (_, schema, value) => {
    expect(schema.parse(value)).toEqual(value);
  });
});
