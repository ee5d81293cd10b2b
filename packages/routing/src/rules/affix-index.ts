import { addFound, type FoundRows, type Rows, toRows } from './rows.ts';

/** Rows by the text that a value must begin, or end, with. */
export type AffixIndex = { side: 'prefix' | 'suffix'; lengths: readonly { length: number; rows: ReadonlyMap<string, Rows> }[] };

/** One map for each length that occurs: a value is cut to it and looked up. */
export function createAffixIndex(side: AffixIndex['side'], rowsByText: ReadonlyMap<string, readonly number[]>): AffixIndex {
  const byLength = new Map<number, Map<string, Rows>>();
  for (const [text, rows] of rowsByText) {
    const same = byLength.get(text.length) ?? new Map<string, Rows>();
    byLength.set(text.length, same.set(text, toRows(rows)));
  }
  return { side, lengths: [...byLength].sort(([a], [b]) => a - b).map(([length, rows]) => ({ length, rows })) };
}

/** Adds the rows whose text the value begins, or ends, with. */
export function addAffixes({ side, lengths }: AffixIndex, value: string, found: FoundRows): void {
  for (const { length, rows } of lengths) {
    if (length > value.length) return;
    addFound(found, rows.get(side === 'prefix' ? value.slice(0, length) : value.slice(value.length - length)));
  }
}
