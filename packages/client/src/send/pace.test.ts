import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createPace } from './pace.ts';

it('lets through as many as asked for, and no flood after a pause', async () => {
  const rate = fc.constantFrom(0.5, 3, 50, 2_000);
  const pauses = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(rate, pauses, async (perSecond, busyMs) => {
      let now = 5_000;
      const sleep = async (ms: number) => {
        now += ms;
      };
      const pace = createPace({ perSecond, now: () => now, sleep });
      const passed: number[] = [];
      for (const ms of busyMs) {
        await pace();
        passed.push(now);
        now += ms;
      }
      // In any span: its share by the rate, one to begin with, and a tenth of a second's worth to catch up.
      for (const from of passed) {
        for (const to of passed.filter((at) => at >= from)) {
          const count = passed.filter((at) => at >= from && at <= to).length;
          expect(count).toBeLessThanOrEqual(((to - from + 101) * perSecond) / 1_000 + 2);
        }
      }
    }),
  );
});
