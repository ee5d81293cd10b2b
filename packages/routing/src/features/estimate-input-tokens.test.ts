import type { InferenceContent } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { estimateInputTokens } from './estimate-input-tokens.ts';
import { estimateTokens } from './estimate-tokens.ts';

const sentence = 'Please summarise this contract in three sentences and list every date that is mentioned.';
const bytes = (count: number) => 'A'.repeat((count / 3) * 4);
const asUser = (block: NonNullable<InferenceContent['messages']>[number]['content'][number]): InferenceContent => ({
  messages: [{ role: 'user', content: [block] }],
});

describe('estimateInputTokens', () => {
  it.each<[string, InferenceContent, number]>([
    ['nothing', {}, 0],
    ['an empty message but for who speaks', { messages: [{ role: 'user', content: [] }] }, 4],
    ['a text', asUser({ text: sentence }), 4 + estimateTokens(sentence)],
    ['a cache point, which is no content', asUser({ cachePoint: { type: 'default' } }), 4],
    ['a system prompt', { system: [{ text: sentence }, { cachePoint: { type: 'default' } }] }, estimateTokens(sentence)],
    ['an input to embed', { input: sentence }, estimateTokens(sentence)],
    ['several inputs', { input: [sentence, sentence] }, estimateTokens(JSON.stringify([sentence, sentence]))],
    ['an image', asUser({ image: { format: 'png', source: { bytes: bytes(300_000) } } }), 4 + 1_600],
    ['a text file', asUser({ document: { format: 'txt', name: 'n', source: { bytes: bytes(6_000) } } }), 4 + 1_500],
    ['two pages of PDF', asUser({ document: { format: 'pdf', name: 'n', source: { bytes: bytes(99_000) } } }), 4 + 7_200],
    ['ten seconds of video', asUser({ video: { format: 'mp4', source: { bytes: bytes(1_250_000 - 2) } } }), 4 + 2_880],
    ['the reasoning of an earlier turn', asUser({ reasoningContent: { reasoningText: { text: sentence } } }), 4 + estimateTokens(sentence)],
    [
      'the call of a tool',
      asUser({ toolUse: { toolUseId: 't', name: 'search', input: { query: sentence } } }),
      4 + 12 + estimateTokens(JSON.stringify({ query: sentence })),
    ],
    [
      'the result of a tool, as text and as JSON',
      asUser({ toolResult: { toolUseId: 't', content: [{ text: sentence }, { json: { found: 3 } }] } }),
      4 + 12 + estimateTokens(sentence) + estimateTokens('{"found":3}'),
    ],
    [
      'the schema of the answer',
      { outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema: { schema: '{"type":"object"}' } } } } },
      estimateTokens('{"type":"object"}'),
    ],
  ])('counts %s', (_, content, expected) => {
    expect(estimateInputTokens(content)).toBe(expected);
  });

  it('counts the definitions of tools', () => {
    const toolSpec = {
      name: 'get_weather',
      description: sentence,
      inputSchema: { json: { type: 'object', properties: { city: { type: 'string' } } } },
    };
    const tokens = estimateInputTokens({ toolConfig: { tools: [{ toolSpec }, { toolSpec }] } });
    expect(tokens).toBe(2 * (12 + estimateTokens(JSON.stringify(toolSpec))));
    expect(tokens).toBeGreaterThan(80);
  });
});
