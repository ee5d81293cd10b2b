import type { Leaf } from '../pattern/index.ts';
import { type AffixIndex, addAffixes, createAffixIndex } from './affix-index.ts';
import { createRangeIndex, type RangeIndex, type RowRange } from './range-index.ts';
import { addFound, type FoundRows, NO_ROWS, type Rows, toRows } from './rows.ts';

/** A row of the bitmap asks one thing of a field: that its value passes one of the leaf's conditions. */
export type RowLeaf = { row: number; leaf: Leaf };

/** Finds the rows that a value may satisfy: all that it does, and of the rows that are to be verified perhaps others. */
export type FieldIndex = {
  absent: Rows;
  /** Rows that any value satisfies, or that only the matcher can answer. */
  present: Rows;
  values: ReadonlyMap<unknown, Rows>;
  /** Rows with `anything-but`: those that hold for every other value, and those for one that some of them exclude. */
  others: Rows;
  othersOf: ReadonlyMap<unknown, Rows>;
  sameLetters: ReadonlyMap<unknown, Rows>;
  prefixes: AffixIndex;
  suffixes: AffixIndex;
  ranges: RangeIndex;
};

export function createFieldIndex(leaves: readonly RowLeaf[], rowCount: number): FieldIndex {
  const collected = collect(leaves);
  const rowsOf = (lists: ReadonlyMap<unknown, readonly number[]>) => new Map([...lists].map(([key, rows]) => [key, toRows(rows)]));
  return {
    absent: toRows(collected.absent),
    present: toRows(collected.present),
    values: rowsOf(collected.values),
    ...createOthers(collected.others),
    sameLetters: rowsOf(collected.sameLetters),
    prefixes: createAffixIndex('prefix', collected.prefixes),
    suffixes: createAffixIndex('suffix', collected.suffixes),
    ranges: createRangeIndex(collected.ranges, rowCount),
  };
}

/** Adds to `found` the rows that the value of a field may satisfy: undefined and an empty list are none, of a list any element does. */
export function findRows(index: FieldIndex, value: unknown, found: FoundRows): void {
  if (!Array.isArray(value)) addRows(index, value, found);
  else if (value.length === 0) addFound(found, index.absent);
  else for (const element of value) addRows(index, element, found);
}

function addRows(index: FieldIndex, value: unknown, found: FoundRows): void {
  if (value === undefined) {
    addFound(found, index.absent);
    return;
  }
  addFound(found, index.present);
  // To look a text up is to hash it, which is most of the cost.
  if (index.values.size > 0) addFound(found, index.values.get(value));
  if (index.others !== NO_ROWS) addFound(found, index.othersOf.get(value) ?? index.others);
  if (typeof value === 'number') addFound(found, index.ranges(value));
  if (typeof value !== 'string') return;
  if (index.sameLetters.size > 0) addFound(found, index.sameLetters.get(value.toLowerCase()));
  addAffixes(index.prefixes, value, found);
  addAffixes(index.suffixes, value, found);
}

/** A leaf is answered by the index alone when all its conditions are. */
export function isAnsweredExactly({ conditions }: Leaf): boolean {
  return conditions.every(({ shape: { kind } }) => kind !== 'any' && kind !== 'within-prefix' && kind !== 'same-letters');
}

type Collected = {
  absent: number[];
  present: number[];
  values: Map<unknown, number[]>;
  others: Map<number, ReadonlySet<unknown>>;
  sameLetters: Map<string, number[]>;
  prefixes: Map<string, number[]>;
  suffixes: Map<string, number[]>;
  ranges: RowRange[];
};

function collect(leaves: readonly RowLeaf[]): Collected {
  const into: Collected = {
    absent: [],
    present: [],
    values: new Map(),
    others: new Map(),
    sameLetters: new Map(),
    prefixes: new Map(),
    suffixes: new Map(),
    ranges: [],
  };
  for (const { row, leaf } of leaves) for (const { shape } of leaf.conditions) put(into, row, shape);
  return into;
}

function put(into: Collected, row: number, shape: Leaf['conditions'][number]['shape']): void {
  switch (shape.kind) {
    case 'value':
      append(into.values, shape.value, row);
      return;
    case 'same-letters':
      append(into.sameLetters, shape.text, row);
      return;
    case 'prefix':
    case 'within-prefix':
      append(into.prefixes, shape.text, row);
      return;
    case 'suffix':
      append(into.suffixes, shape.text, row);
      return;
    case 'range':
      into.ranges.push({ row, from: shape.from, to: shape.to });
      return;
    case 'anything-but':
      // Of two in one list, a value is excluded only by both.
      into.others.set(row, inBoth(into.others.get(row) ?? shape.values, shape.values));
      return;
    case 'absent':
      into.absent.push(row);
      return;
    case 'present':
    case 'any':
      into.present.push(row);
      return;
  }
}

function inBoth(left: ReadonlySet<unknown>, right: ReadonlySet<unknown>): Set<unknown> {
  return new Set([...left].filter((value) => right.has(value)));
}

function append<Key>(lists: Map<Key, number[]>, key: Key, row: number): void {
  const rows = lists.get(key);
  if (rows) rows.push(row);
  else lists.set(key, [row]);
}

function createOthers(others: Collected['others']): Pick<FieldIndex, 'others' | 'othersOf'> {
  const excluding = new Map<unknown, Set<number>>();
  for (const [row, values] of others) for (const value of values) excluding.set(value, (excluding.get(value) ?? new Set()).add(row));
  const rows = [...others.keys()];
  return {
    others: toRows(rows),
    othersOf: new Map([...excluding].map(([value, not]) => [value, toRows(rows.filter((row) => !not.has(row)))])),
  };
}
