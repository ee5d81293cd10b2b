import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRangeIndex, type RowRange } from './range-index.ts';
import type { Rows } from './rows.ts';

const number = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constantFrom(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 0.5));
const range = fc
  .tuple(fc.nat(70), number, fc.boolean(), number, fc.boolean())
  .filter(([, from, , to]) => from < to)
  .map(
    ([row, from, fromIncluded, to, toIncluded]): RowRange => ({
      row,
      from: { value: from, isIncluded: fromIncluded || from === Number.NEGATIVE_INFINITY },
      to: { value: to, isIncluded: toIncluded || to === Number.POSITIVE_INFINITY },
    }),
  );

describe('createRangeIndex', () => {
  it('finds the rows one of whose ranges holds the number', () => {
    fc.assert(
      fc.property(
        fc.array(range, { maxLength: 40 }),
        fc.double({ min: -7, max: 7, noNaN: true }).map((value) => Math.round(value * 2) / 2),
        (ranges, value) => {
          const expected = ranges.filter((each) => holds(each, value)).map(({ row }) => row);
          expect(rowsIn(createRangeIndex(ranges, 71)(value))).toEqual([...new Set(expected)].sort((a, b) => a - b));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('finds a single number', () => {
    const limit = { value: 3, isIncluded: true };
    const find = createRangeIndex([{ row: 40, from: limit, to: limit }], 41);
    expect([2, 3, 4].map((value) => rowsIn(find(value)))).toEqual([[], [40], []]);
  });
});

function holds({ from, to }: RowRange, value: number): boolean {
  return (from.isIncluded ? value >= from.value : value > from.value) && (to.isIncluded ? value <= to.value : value < to.value);
}

function rowsIn({ first, words }: Rows): number[] {
  return [...words]
    .flatMap((word, index) => Array.from({ length: 32 }, (_, bit) => ((word >>> bit) & 1 ? (first + index) * 32 + bit : -1)))
    .filter((row) => row !== -1);
}
