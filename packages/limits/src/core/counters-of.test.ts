import { describe, expect, it } from 'vitest';
import { countersOf } from './counters-of.ts';

describe('the counters of a request', () => {
  it('are none when nothing is limited', () => {
    expect(countersOf({ limits: {}, routes: { other: { concurrency: 1 } } }, 'default')).toEqual([]);
  });

  it('are those of its tenant and those of its route, money in billionths of a dollar', () => {
    const limits = { requestsPerMinute: 60, usdPerDay: 0.1 };
    expect(countersOf({ limits, routes: { default: { usdPerDay: 0.000_001 } } }, 'default')).toEqual([
      { id: 'requests-per-minute', kind: 'requests-per-minute', scope: 'tenant', limit: 60 },
      { id: 'usd-per-day', kind: 'usd-per-day', scope: 'tenant', limit: 100_000_000 },
      { id: 'default|usd-per-day', kind: 'usd-per-day', scope: 'route', limit: 1_000 },
    ]);
  });
});
