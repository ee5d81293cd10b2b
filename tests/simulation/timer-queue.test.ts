import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createTimerQueue } from './timer-queue.ts';

it('gives timers by their time, and those of one moment in the order in which they came, whatever was taken out between', () => {
  // A number is a timer for that moment; undefined takes the next one out.
  fc.assert(
    fc.property(fc.array(fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined }), { maxLength: 60 }), (steps) => {
      const queue = createTimerQueue();
      const known: { at: number; number: number }[] = [];
      const gone: number[] = [];
      for (const [number, at] of steps.entries()) {
        if (at !== undefined) {
          queue.push(at, { wake: () => gone.push(number), isSleep: false });
          known.push({ at, number });
          continue;
        }
        known.sort((one, other) => one.at - other.at || one.number - other.number);
        expect(queue.nextAt()).toBe(known[0]?.at ?? Number.POSITIVE_INFINITY);
        queue.pop()?.wake();
        expect(gone.at(-1)).toBe(known.shift()?.number ?? gone.at(-1));
      }
    }),
  );
});
