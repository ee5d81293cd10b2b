import { expect, it } from 'vitest';
import { measureRounds } from './measure-rounds.ts';

it('runs every variant once a round and begins each round with another one', async () => {
  const order: string[] = [];
  const note = (name: string) => async (round: number) => {
    order.push(`${name}${round}`);
    return round;
  };
  const figures = await measureRounds(3, { a: note('a'), b: note('b'), c: note('c') });
  expect(order).toEqual(['a0', 'b0', 'c0', 'b1', 'c1', 'a1', 'c2', 'a2', 'b2']);
  expect(figures).toEqual({ a: [0, 1, 2], b: [0, 1, 2], c: [0, 1, 2] });
});
