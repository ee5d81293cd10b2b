import { expect, it } from 'vitest';
import { mergeRecords } from './merge-records.ts';

it.each([
  ['merges objects field by field', { a: { b: 1, c: 2 } }, { a: { c: 3, d: 4 } }, { a: { b: 1, c: 3, d: 4 } }],
  ['replaces lists', { a: [1, 2] }, { a: [3] }, { a: [3] }],
  ['replaces by null', { a: { b: 1 } }, { a: null }, { a: null }],
  ['replaces null by an object', { a: null }, { a: { b: 1, c: undefined } }, { a: { b: 1 } }],
  ['replaces an object by a plain value', { a: { b: 1 } }, { a: 2 }, { a: 2 }],
  ['takes away what is undefined', { a: 1, b: 2 }, { a: undefined }, { b: 2 }],
  [
    'takes a key of the prototype as any other',
    {},
    JSON.parse('{"__proto__":{"polluted":true}}'),
    JSON.parse('{"__proto__":{"polluted":true}}'),
  ],
])('%s', (_, base, change, expected) => {
  const [baseBefore, changeBefore] = [structuredClone(base), structuredClone(change)];
  expect(mergeRecords(base, change)).toStrictEqual(expected);
  expect([base, change]).toStrictEqual([baseBefore, changeBefore]);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});
