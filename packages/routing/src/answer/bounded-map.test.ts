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
