import { expect, it } from 'vitest';
import { listWords, shortList } from './list-words.ts';

it.each<[string[], string]>([
  [[], ''],
  [['a'], 'a'],
  [['a', 'b'], 'a and b'],
  [['a', 'b', 'c'], 'a, b and c'],
])('lists %j', (words, expected) => {
  expect(listWords(words)).toBe(expected);
});

it('shortens a long list, but not by a single word', () => {
  expect(shortList(['a', 'b', 'c'], 2)).toBe('a, b, c');
  expect(shortList(['a', 'b', 'c', 'd'], 2)).toBe('a, b and 2 more');
});
