import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyCounters } from './counters.ts';
import { LATENCY_BINS, LATENCY_ERROR, latencyBin, latencyQuantile } from './latency-histogram.ts';

const histogramOf = (latencies: readonly number[]): number[] => {
  const { latency } = emptyCounters();
  for (const one of latencies) latency[latencyBin(one)] = (latency[latencyBin(one)] ?? 0) + 1;
  return latency;
};
const latencies = (min: number, max: number) => fc.array(fc.double({ min, max, noNaN: true }), { minLength: 1, maxLength: 60 });

describe('a latency', () => {
  it.each([
    [Number.NaN, 0],
    [-5, 0],
    [0, 0],
    [50, 0],
    [62, 0],
    [63, 1],
    [1_000, 13],
    [360_000, 39],
    [376_000, 39],
    [Number.POSITIVE_INFINITY, 39],
  ])('of %d ms counts in bin %d', (latencyMs, bin) => {
    expect(latencyBin(latencyMs)).toBe(bin);
  });

  it('never counts below a shorter one', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.double({ min: 0, max: 1e6, noNaN: true }), (one, other) => {
        expect(latencyBin(Math.max(one, other))).toBeGreaterThanOrEqual(latencyBin(Math.min(one, other)));
        expect(latencyBin(one)).toBeLessThan(LATENCY_BINS);
      }),
    );
  });
});

describe('a quantile', () => {
  it('is off by no more than half a bin', () => {
    fc.assert(
      fc.property(latencies(50, 376_000), fc.double({ min: 0, max: 1, noNaN: true }), (all, share) => {
        const exact = all.toSorted((one, other) => one - other)[Math.max(0, Math.ceil(share * all.length) - 1)] ?? 0;
        const read = latencyQuantile(histogramOf(all), share) ?? 0;
        expect(Math.abs(read / exact - 1)).toBeLessThanOrEqual(LATENCY_ERROR + 1e-9);
      }),
      { numRuns: 500 },
    );
    expect(LATENCY_ERROR).toBeLessThan(0.12);
  });

  it('grows with the share, and with the latencies', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(latencies(1, 400_000), share, share, fc.double({ min: 1, max: 20, noNaN: true }), (all, one, other, factor) => {
        const at = (values: readonly number[], at: number) => latencyQuantile(histogramOf(values), at) ?? 0;
        expect(at(all, Math.max(one, other))).toBeGreaterThanOrEqual(at(all, Math.min(one, other)));
        const later = all.map((latencyMs) => latencyMs * factor);
        expect(at(later, one)).toBeGreaterThanOrEqual(at(all, one));
      }),
    );
  });

  it('of nothing is not known', () => {
    expect(latencyQuantile(histogramOf([]), 0.5)).toBeUndefined();
  });
});
