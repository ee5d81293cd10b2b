import { expect, it } from 'vitest';
import { countByMessage } from './start-embedded-stack.ts';

it('counts log lines by their message, the most frequent first', () => {
  const lines = ['plain', 'x {"level":"WARN","message":"late","n":1}', 'x {"level":"WARN","message":"late","n":2}'];
  expect(countByMessage(lines)).toEqual([
    ['late', 2],
    ['plain', 1],
  ]);
});
