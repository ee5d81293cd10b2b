import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createGate } from './create-gate.ts';

it('lets only so many run at once, in the order they came, whether they succeed or fail', async () => {
  const gate = createGate(2);
  const order: number[] = [];
  let running = 0;
  let most = 0;
  const work = (index: number) => async () => {
    order.push(index);
    running++;
    most = Math.max(most, running);
    await turn();
    running--;
    if (index % 3 === 0) throw new Error(`${index} failed`);
    return index;
  };
  const results = await Promise.allSettled(Array.from({ length: 9 }, (_, index) => gate(work(index))));
  expect(most).toBe(2);
  expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(results.map(({ status }) => status === 'fulfilled')).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8].map((index) => index % 3 !== 0));
});
