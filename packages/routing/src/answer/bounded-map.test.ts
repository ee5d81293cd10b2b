import { expect, it } from 'vitest';
import { createBoundedMap } from './bounded-map.ts';

it('forgets what was not touched for longest', () => {
  const map = createBoundedMap<string>(2);
  map.get('a', () => 'A');
  map.get('b', () => 'B');
  map.get('a', () => 'never made');
  map.get('c', () => 'C');
  expect(map.size).toBe(2);
  expect([map.peek('a'), map.peek('b'), map.peek('c')]).toEqual(['A', undefined, 'C']);
});

it('keeps what was touched again after it was deleted, and counts a second touch in a row as one', () => {
  const map = createBoundedMap<string>(2);
  map.get('a', () => 'A');
  map.delete('a');
  map.get('a', () => 'new A');
  map.get('a', () => 'never made');
  map.get('b', () => 'B');
  map.get('c', () => 'C');
  expect([map.peek('a'), map.peek('b'), map.peek('c')]).toEqual([undefined, 'B', 'C']);
});
