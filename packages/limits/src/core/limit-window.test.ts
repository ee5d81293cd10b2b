import { describe, expect, it } from 'vitest';
import type { LimitKind } from './limit-kind.ts';
import { windowEnd, windowStart } from './limit-window.ts';

describe('the window of a limit', () => {
  it.each<[LimitKind, string, string, string]>([
    ['requests-per-minute', '2026-09-21T10:00:59.999Z', '2026-09-21T10:00:00.000Z', '2026-09-21T10:01:00.000Z'],
    ['tokens-per-minute', '2026-09-21T10:01:00.000Z', '2026-09-21T10:01:00.000Z', '2026-09-21T10:02:00.000Z'],
    ['usd-per-day', '2026-09-21T23:59:59.999Z', '2026-09-21T00:00:00.000Z', '2026-09-22T00:00:00.000Z'],
    ['usd-per-month', '2026-02-28T23:59:59.999Z', '2026-02-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z'],
    ['usd-per-month', '2026-12-31T12:00:00.000Z', '2026-12-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
  ])('of %s at %s is from %s to %s', (kind, at, from, to) => {
    const start = windowStart(kind, Date.parse(at));
    expect([new Date(start).toISOString(), new Date(windowEnd(kind, start)).toISOString()]).toEqual([from, to]);
  });

  it('of concurrency has no end', () => {
    expect([windowStart('concurrency', 1_790_000_000_000), windowEnd('concurrency', 0)]).toEqual([0, Number.POSITIVE_INFINITY]);
  });
});
