/** A set of rows as the words of a bitmap, from the first word that is not 0 to the last. */
export type Rows = { readonly first: number; readonly words: Uint32Array };

export const NO_ROWS: Rows = { first: 0, words: new Uint32Array(0) };

/** Sets that were found. A list with a count of its own: to empty an array is to let its memory go, for each field of each request. */
export type FoundRows = { readonly sets: Rows[]; count: number };

export function addFound(found: FoundRows, rows: Rows | undefined): void {
  if (rows === undefined || rows === NO_ROWS) return;
  found.sets[found.count] = rows;
  found.count++;
}

/** The set of these rows, in any order. */
export function toRows(rows: readonly number[]): Rows {
  if (rows.length === 0) return NO_ROWS;
  const wordsOf = rows.map((row) => row >>> 5);
  const first = wordsOf.reduce((least, word) => Math.min(least, word));
  const words = new Uint32Array(wordsOf.reduce((most, word) => Math.max(most, word)) - first + 1);
  for (const row of rows) setRow(words, row - first * 32);
  return { first, words };
}

export function setRow(words: Uint32Array, row: number): void {
  words[row >>> 5] = (words[row >>> 5] ?? 0) | (1 << (row & 31));
}

export function clearRow(words: Uint32Array, row: number): void {
  words[row >>> 5] = (words[row >>> 5] ?? 0) & ~(1 << (row & 31));
}

/** A copy without the words of 0 before and after: most values are asked for by few rules. */
export function trimRows(words: Uint32Array): Rows {
  const first = words.findIndex((word) => word !== 0);
  return first === -1 ? NO_ROWS : { first, words: words.slice(first, words.findLastIndex((word) => word !== 0) + 1) };
}
