import { expect, it } from 'vitest';
import { mapOpenAiUsage } from './map-openai-usage.ts';

it.each([
  ['both counts', { prompt_tokens: 9, completion_tokens: 8, total_tokens: 17 }, { inputTokens: 9, outputTokens: 8 }],
  [
    'cached tokens, which stand apart',
    { prompt_tokens: 9, completion_tokens: 8, prompt_tokens_details: { cached_tokens: 6 } },
    { inputTokens: 3, outputTokens: 8, cacheReadTokens: 6 },
  ],
  [
    "DeepSeek's cached tokens",
    { prompt_tokens: 9, completion_tokens: 8, prompt_cache_hit_tokens: 9 },
    { inputTokens: 0, outputTokens: 8, cacheReadTokens: 9 },
  ],
  [
    'more cached than there were',
    { prompt_tokens: 9, completion_tokens: 8, prompt_tokens_details: { cached_tokens: 10 } },
    { inputTokens: 9, outputTokens: 8 },
  ],
  ['no details', { prompt_tokens: 9, completion_tokens: 8, prompt_tokens_details: null }, { inputTokens: 9, outputTokens: 8 }],
  ['the total of embeddings', { prompt_tokens: 9, total_tokens: 9 }, { inputTokens: 9, outputTokens: 0 }],
  ['the output by the total alone', { prompt_tokens: 9, total_tokens: 12 }, { inputTokens: 9, outputTokens: 3 }],
  ['no count of the input', { completion_tokens: 8 }, undefined],
  ['no counts', { prompt_tokens: '9', completion_tokens: -1 }, undefined],
  ['null', null, undefined],
])('maps %s', (_name, usage, expected) => {
  expect(mapOpenAiUsage(usage)).toEqual(expected);
});
