import { expect, it } from 'vitest';
import { estimateUsage } from './estimate-usage.ts';

it('counts a token for four characters, rounded up', () => {
  const messages = [{ role: 'user' as const, content: [{ text: '12345678' }, { text: '9' }] }];
  expect(estimateUsage({ messages }, 5)).toEqual({ inputTokens: 3, outputTokens: 2, estimated: true });
});

it('counts every kind of text and no media', () => {
  const messages = [
    {
      role: 'user' as const,
      content: [
        { toolUse: { toolUseId: 't', name: 'n', input: { a: 1 } } },
        { toolResult: { toolUseId: 't', content: [{ text: 'four' }] } },
        { reasoningContent: { reasoningText: { text: '1234' } } },
        { image: { format: 'png' as const, source: { bytes: 'A'.repeat(4000) } } },
      ],
    },
  ];
  const characters = '{"a":1}'.length + '[{"text":"four"}]'.length + 4 + 'system'.length;
  expect(estimateUsage({ messages, system: [{ text: 'system' }] }, 0).inputTokens).toBe(Math.ceil(characters / 4));
});
