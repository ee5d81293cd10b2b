import { expect, it } from 'vitest';
import { randomDelay } from './random-delay.ts';

it('has the median and the 99th percentile that it is asked for', () => {
  const delays = Array.from({ length: 40_000 }, () => randomDelay({ p50Ms: 150, p99Ms: 390 })).sort((one, other) => one - other);
  expect(delays[20_000]).toBeGreaterThan(145);
  expect(delays[20_000]).toBeLessThan(155);
  expect(delays[39_600]).toBeGreaterThan(365);
  expect(delays[39_600]).toBeLessThan(415);
  expect(delays[0]).toBeGreaterThan(0);
});
