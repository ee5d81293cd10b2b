import { describe, expect, it } from 'vitest';
import { lowestLimit } from './numeric-range.ts';

describe('lowestLimit', () => {
  it.each<[unknown[], number | undefined]>([
    [[{ numeric: ['>', 5] }], 5],
    [[{ numeric: ['>', 5] }, { numeric: ['>=', 3, '<', 4] }], 3],
    [[7], 7],
    [[{ numeric: ['<', 5] }], undefined],
    [[{ exists: true }], undefined],
    [[], undefined],
  ])('of %j is %s', (conditions, expected) => {
    expect(lowestLimit(conditions)).toBe(expected);
  });
});
