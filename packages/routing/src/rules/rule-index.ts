import type { RouteRule } from '@signalbox/contracts';
import type { RequestFeatures } from '../features/request-features.ts';
import { findRows } from './field-index.ts';
import type { Rows } from './rows.ts';
import { type Bitmap, createBitmap, type Field, type Group, type Row } from './rule-bitmap.ts';

/** Position of the first rule that matches; -1 when none does. */
export type RuleIndex = (features: RequestFeatures) => number;

/**
 * Compiles rules so that finding the first that matches does not try one after the other. Each alternative of a rule is a row of a
 * bitmap; the value of a field gives the rows that it satisfies; the rows that all their fields agree to are left, and the one of the
 * first rule wins. A field is read when it can still decide something, so that a costly feature is not worked out for rules that have
 * failed already.
 */
export function createRuleIndex(rules: readonly RouteRule[]): RuleIndex {
  const bitmap = createBitmap(rules);
  let requests = 0;
  return (features) => {
    requests++;
    let best = rules.length;
    for (const group of bitmap.groups) {
      if (group.firstRule >= best) break;
      best = searchGroup(bitmap, group, best, features, requests);
    }
    return best === rules.length ? -1 : best;
  };
}

/** The first rule of the group that matches, if it comes before `best`. */
function searchGroup(bitmap: Bitmap, { fields, start, end }: Group, best: number, features: RequestFeatures, request: number): number {
  const { asOf, lows, highs, rows } = bitmap;
  let low = start;
  let high = end;
  for (const field of fields) {
    if (asOf[field] !== request) answer(bitmap, field, features, request);
    low = Math.max(low, lows[field] as number);
    high = Math.min(high, highs[field] as number);
    if (low >= high) return best;
  }
  for (let word = low; word < high; word++) {
    for (let left = intersect(bitmap, fields, word); left !== 0; left &= left - 1) {
      const row = rows[word * 32 + 31 - Math.clz32(left & -left)] as Row;
      if (row.rule >= best) return best;
      if (row.verify === undefined || row.verify(features)) return row.rule;
    }
  }
  return best;
}

function intersect({ hits, wordCount }: Bitmap, fields: readonly number[], word: number): number {
  let left = -1;
  for (const field of fields) left &= hits[field * wordCount + word] as number;
  return left;
}

function answer({ fields, wordCount, hits, lows, highs, asOf }: Bitmap, field: number, features: RequestFeatures, request: number): void {
  const { read, index, dirty } = fields[field] as Field;
  const value = read(features);
  const start = field * wordCount;
  for (let set = 0; set < dirty.count; set++) {
    const { first, words } = dirty.sets[set] as Rows;
    // A loop: most often it is one word, for which a call of fill takes ten times as long.
    for (let word = 0; word < words.length; word++) hits[start + first + word] = 0;
  }
  dirty.count = 0;
  findRows(index, value, dirty);
  let low = wordCount;
  let high = 0;
  for (let set = 0; set < dirty.count; set++) {
    const { first, words } = dirty.sets[set] as Rows;
    for (let word = 0; word < words.length; word++)
      hits[start + first + word] = (hits[start + first + word] as number) | (words[word] as number);
    low = Math.min(low, first);
    high = Math.max(high, first + words.length);
  }
  lows[field] = low;
  highs[field] = high;
  asOf[field] = request;
}
