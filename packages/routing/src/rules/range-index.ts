import type { Limit } from '../pattern/index.ts';
import { clearRow, NO_ROWS, type Rows, setRow, trimRows } from './rows.ts';

/** Rows that ask for a number in a range. */
export type RowRange = { row: number; from: Limit; to: Limit };

/** Finds the rows whose range holds a number, by binary search among the elementary intervals. */
export type RangeIndex = (value: number) => Rows;

/**
 * The limits of all ranges cut the numbers into points and the gaps between them: slot 2i+1 is the limit i alone, slot 2i the gap before
 * it. In a slot every range holds for all numbers or for none.
 */
export function createRangeIndex(ranges: readonly RowRange[], rowCount: number): RangeIndex {
  if (ranges.length === 0) return () => NO_ROWS;
  const limits = Float64Array.from(new Set(ranges.flatMap(({ from, to }) => [from.value, to.value]).filter(Number.isFinite))).sort();
  const slots = fillSlots(ranges, limits, rowCount);
  return (value) => slots[slotOf(limits, value)] ?? NO_ROWS;
}

/** Sweeps from the lowest slot to the highest, with the rows of the ranges that have begun and not ended. */
function fillSlots(ranges: readonly RowRange[], limits: Float64Array, rowCount: number): Rows[] {
  const slotCount = limits.length * 2 + 1;
  const beginning: number[][] = Array.from({ length: slotCount }, () => []);
  const ending: number[][] = Array.from({ length: slotCount }, () => []);
  for (const { row, from, to } of ranges) {
    beginning[firstSlot(limits, from)]?.push(row);
    ending[lastSlot(limits, to)]?.push(row);
  }
  const words = new Uint32Array(Math.ceil(rowCount / 32));
  // A row may have several ranges, and they may overlap.
  const open = new Uint16Array(rowCount);
  return beginning.map((rows, slot) => {
    for (const row of rows) {
      open[row] = (open[row] ?? 0) + 1;
      setRow(words, row);
    }
    const held = trimRows(words);
    for (const row of ending[slot] ?? []) {
      open[row] = (open[row] ?? 0) - 1;
      if (open[row] === 0) clearRow(words, row);
    }
    return held;
  });
}

function firstSlot(limits: Float64Array, { value, isIncluded }: Limit): number {
  if (value === Number.NEGATIVE_INFINITY) return 0;
  return slotOf(limits, value) + (isIncluded ? 0 : 1);
}

function lastSlot(limits: Float64Array, { value, isIncluded }: Limit): number {
  if (value === Number.POSITIVE_INFINITY) return limits.length * 2;
  return slotOf(limits, value) - (isIncluded ? 0 : 1);
}

function slotOf(limits: Float64Array, value: number): number {
  let low = 0;
  let high = limits.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((limits[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return limits[low] === value ? low * 2 + 1 : low * 2;
}
