import type { RouteRule } from '@signalbox/contracts';
import type { RequestFeatures } from '../features/request-features.ts';
import { type Alternative, compileEventPattern, type Leaf, readEventPattern } from '../pattern/index.ts';
import { type ReadField, rankOf, readerOf, toDocument } from './feature-fields.ts';
import { createFieldIndex, type FieldIndex, isAnsweredExactly, type RowLeaf } from './field-index.ts';
import type { FoundRows } from './rows.ts';

/** One alternative of a rule, in the order of the rules. `verify` where the index may have found too much. */
export type Row = { rule: number; alternative: Alternative; verify?: (features: RequestFeatures) => boolean };

/** A path that rules ask about. `dirty` are the rows that its value was found to satisfy last. */
export type Field = { read: ReadField; index: FieldIndex; dirty: FoundRows };

/** Rows that ask about the same fields, in the order of their rules: the words from `start` to before `end`. */
export type Group = { firstRule: number; fields: readonly number[]; start: number; end: number };

/**
 * The bitmap, 32 rows a word, with the rows of a group side by side: those of a tenant's rules are found by one look-up and stand in
 * one word, however many rules there are. `hits` holds for each field the rows that its value satisfies, as of the request `asOf`; all of
 * them stand in the words from `lows` to before `highs`.
 */
export type Bitmap = {
  rows: readonly (Row | undefined)[];
  groups: readonly Group[];
  fields: readonly Field[];
  wordCount: number;
  hits: Int32Array;
  lows: Int32Array;
  highs: Int32Array;
  asOf: Float64Array;
};

/** Lays the rules out: rows, groups, and for each field the index of its values. */
export function createBitmap(rules: readonly RouteRule[]): Bitmap {
  const unordered = rules.flatMap(toRowsOfRule);
  const positions = new Map([...new Set(unordered.flatMap(({ alternative }) => alternative.map(keyOf)))].map((key, index) => [key, index]));
  const bySignature = Map.groupBy(unordered, ({ alternative }) => alternative.map(keyOf).sort().join());
  const rows: (Row | undefined)[] = [];
  const groups = [...bySignature.values()].map((members): Group => {
    const start = rows.length / 32;
    rows.push(...members);
    rows.length = Math.ceil(rows.length / 32) * 32;
    const leaves = [...(members[0]?.alternative ?? [])].sort((a, b) => rankOf(a.segments) - rankOf(b.segments));
    return {
      firstRule: members[0]?.rule ?? 0,
      fields: leaves.map((leaf) => positions.get(keyOf(leaf)) ?? 0),
      start,
      end: rows.length / 32,
    };
  });
  const wordCount = rows.length / 32;
  const count = positions.size;
  return {
    rows,
    groups: groups.sort((a, b) => a.firstRule - b.firstRule),
    fields: createFields(rows, positions),
    wordCount,
    hits: new Int32Array(count * wordCount),
    lows: new Int32Array(count),
    highs: new Int32Array(count),
    asOf: new Float64Array(count),
  };
}

/** The alternatives of a rule as rows, each to be verified by the matcher unless the index answers it exactly. */
function toRowsOfRule({ when }: RouteRule, rule: number): Row[] {
  const alternatives = readEventPattern(when);
  if (alternatives.every((alternative) => alternative.every(isAnsweredExactly)))
    return alternatives.map((alternative) => ({ rule, alternative }));
  const matches = compileEventPattern(when);
  const names = new Set(alternatives.flat().map(({ segments }) => segments[0] ?? ''));
  const verify = (features: RequestFeatures) => matches(toDocument(features, names));
  return alternatives.map((alternative) => (alternative.every(isAnsweredExactly) ? { rule, alternative } : { rule, alternative, verify }));
}

/** In the order of their positions. */
function createFields(rows: readonly (Row | undefined)[], positions: ReadonlyMap<string, number>): Field[] {
  const asked: RowLeaf[][] = Array.from(positions, () => []);
  for (const [row, { alternative } = { alternative: [] }] of rows.entries()) {
    for (const leaf of alternative) asked[positions.get(keyOf(leaf)) ?? 0]?.push({ row, leaf });
  }
  return asked.map((leaves) => ({
    read: readerOf(leaves[0]?.leaf.segments ?? []),
    index: createFieldIndex(leaves, rows.length),
    dirty: { sets: [], count: 0 },
  }));
}

/** Not the path: a label's name may have dots. */
function keyOf({ segments }: Leaf): string {
  return JSON.stringify(segments);
}
