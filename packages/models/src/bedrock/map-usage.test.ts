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
  [
    'tokens kept an hour, apart from those kept five minutes',
    {
      inputTokens: 9,
      outputTokens: 8,
      cacheWriteInputTokens: 1500,
      cacheDetails: [
        { ttl: '5m', inputTokens: 300 },
        { ttl: '1h', inputTokens: 1000 },
        { ttl: '1h', inputTokens: 200 },
      ],
    },
    { inputTokens: 9, outputTokens: 8, cacheWriteTokens: 1500, cacheWrite1hTokens: 1200 },
  ],
  [
    'details of five minutes only',
    { inputTokens: 9, outputTokens: 8, cacheWriteInputTokens: 300, cacheDetails: [{ ttl: '5m', inputTokens: 300 }] },
    { inputTokens: 9, outputTokens: 8, cacheWriteTokens: 300 },
  ],
  [
    'details without a count',
    { inputTokens: 9, outputTokens: 8, cacheDetails: [{ ttl: '1h', inputTokens: 100 }, { ttl: '1h' }] },
    { inputTokens: 9, outputTokens: 8 },
  ],
  ['details that are none', { inputTokens: 9, outputTokens: 8, cacheDetails: [null, 7] }, { inputTokens: 9, outputTokens: 8 }],
  ['null details', { inputTokens: 9, outputTokens: 8, cacheDetails: null }, { inputTokens: 9, outputTokens: 8 }],
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
    fc.property(
      fc.record({
        inputTokens: count,
        outputTokens: count,
        cacheReadInputTokens: count,
        cacheDetails: fc.oneof(fc.anything(), fc.array(fc.record({ ttl: fc.constantFrom('5m', '1h'), inputTokens: count }))),
      }),
      (usage) => {
        const mapped = mapUsage(usage);
        expect(mapped === undefined || Usage.safeParse(mapped).success).toBe(true);
      },
    ),
  );
});
