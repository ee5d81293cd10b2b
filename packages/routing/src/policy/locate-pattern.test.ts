import { expect, it } from 'vitest';
import { locateInPattern } from './locate-pattern.ts';

it.each<[string, unknown, string, (string | number)[]]>([
  ['the whole', { a: ['x'] }, '', []],
  ['a field', { a: ['x'] }, 'a', ['a']],
  ['an element', { a: ['x', 'y'] }, 'a[1]', ['a', 1]],
  ['an operator', { a: [{ prefix: 1 }] }, 'a[0].prefix', ['a', 0, 'prefix']],
  ['a label', { labels: { team: [] } }, 'labels.team', ['labels', 'team']],
  ['a key with dots', { labels: { 'a.b': ['x'] } }, 'labels.a.b[0]', ['labels', 'a.b', 0]],
  ['the longer of two keys that fit', { labels: { a: { b: [1] }, 'a.b': ['x'] } }, 'labels.a.b[0]', ['labels', 'a.b', 0]],
  ['an alternative that has it', { $or: [{ a: ['x'] }, { b: [{}] }] }, 'b[0]', ['$or', 1, 'b', 0]],
  ['what is not there as far as it is', { a: ['x'] }, 'a[7].prefix', ['a']],
])('finds %s', (_, pattern, words, expected) => {
  expect(locateInPattern(pattern, words)).toEqual(expected);
});
