import { Usage } from '@signalbox/contracts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mapUsage } from './map-usage.ts';

it.each([
  ['both totals', { inputTokens: 9, outputTokens: 8, totalTokens: 17 }, { inputTokens: 9, outputTokens: 8 }],
  [
    'cache counts',
    { inputTokens: 9, outputTokens: 8, cacheReadInputTokens: 320, cacheWriteInputTokens: 0 },
    { inputTokens: 9, outputTokens: 8, cacheReadTokens: 320, cacheWriteTokens: 0 },
  ],
  ['true zeros', { inputTokens: 0, outputTokens: 0 }, { inputTokens: 0, outputTokens: 0 }],
  ['null cache counts', { inputTokens: 9, outputTokens: 8, cacheReadInputTokens: null }, { inputTokens: 9, outputTokens: 8 }],
  ['no output count', { inputTokens: 9 }, undefined],
  ['a null input count', { inputTokens: null, outputTokens: 8 }, undefined],
  ['counts that are no counts', { inputTokens: -1, outputTokens: 2.5 }, undefined],
  ['text', { inputTokens: '9', outputTokens: '8' }, undefined],
  ['nothing', undefined, undefined],
  ['null', null, undefined],
])('maps %s', (_name, usage, expected) => {
  expect(mapUsage(usage)).toEqual(expected);
});

it('gives what the contract accepts, or nothing', () => {
  const count = fc.oneof(fc.anything(), fc.nat());
  fc.assert(
    fc.property(fc.record({ inputTokens: count, outputTokens: count, cacheReadInputTokens: count }), (usage) => {
      const mapped = mapUsage(usage);
      expect(mapped === undefined || Usage.safeParse(mapped).success).toBe(true);
    }),
  );
});
