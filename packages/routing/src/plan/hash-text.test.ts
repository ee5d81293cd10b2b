import { describe, expect, it } from 'vitest';
import { hashText, joinHashes, toUnit } from './hash-text.ts';

const KEYS = 20_000;
const CELLS = 50;
// The 99.99 % point of chi-squared with 49 degrees of freedom; the keys are fixed, so this does not flicker.
const CHI_SQUARED_LIMIT = 94.6;

function chiSquared(units: readonly number[]): number {
  const counts = new Array<number>(CELLS).fill(0);
  for (const unit of units) counts[Math.floor(unit * CELLS)] = (counts[Math.floor(unit * CELLS)] ?? 0) + 1;
  const expected = units.length / CELLS;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

describe('hashText', () => {
  it.each<[string, (index: number) => string]>([
    ['numbers', String],
    ['session ids', (index) => `session-${index}`],
    ['texts that differ at the front', (index) => `${index}-and-a-long-tail-that-is-the-same`],
    ['uuids of a clock', (index) => `018f3c2a-${index.toString(16).padStart(4, '0')}-7000-8000-0000000000ff`],
    ['Vietnamese', (index) => `khách hàng ${index}`],
  ])('spreads %s evenly, alone and joined with another', (_, textOf) => {
    const hashes = Array.from({ length: KEYS }, (_unused, index) => hashText(textOf(index)));
    expect(chiSquared(hashes.map(toUnit))).toBeLessThan(CHI_SQUARED_LIMIT);
    for (const id of ['a', 'b', 'nova-lite']) {
      const joined = hashes.map((hash) => toUnit(joinHashes(hash, hashText(id))));
      expect(chiSquared(joined)).toBeLessThan(CHI_SQUARED_LIMIT);
    }
  });

  it('gives one key numbers that are independent between targets', () => {
    const [a, b] = [hashText('target-1'), hashText('target-2')];
    const sums = Array.from({ length: KEYS }, (_, index) => {
      const key = hashText(`session-${index}`);
      return (toUnit(joinHashes(key, a)) + toUnit(joinHashes(key, b))) % 1;
    });
    expect(chiSquared(sums)).toBeLessThan(CHI_SQUARED_LIMIT);
  });

  it('never gives 0 or 1, of which there is no logarithm or no room', () => {
    expect(toUnit(0)).toBeGreaterThan(0);
    expect(toUnit(0xffffffff)).toBeLessThan(1);
    expect(toUnit(-1)).toBeLessThan(1);
  });

  it('stays what it is, because processes of two versions must agree', () => {
    expect(hashText('')).toBe(hashText(''));
    expect([hashText('session-1'), joinHashes(hashText('session-1'), hashText('a'))]).toMatchInlineSnapshot(`
      [
        599268235,
        2228432016,
      ]
    `);
  });
});
