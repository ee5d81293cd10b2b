import type { TopRoute, TopTarget, TopView } from '../top/top-view.ts';
import { testListing } from './test-targets.ts';

const LATENCY = { p50Ms: 812.4, p95Ms: 2_000, p99Ms: 12_345 };

/** A target of the tests as it is shown, with what a test says of it. */
export function testTopTarget(own: Partial<TopTarget> = {}): TopTarget {
  const traffic = { attempts: 600, failed: 30, throttled: 6, slow: 0, ...LATENCY };
  return { ...testListing(), traffic, lastChange: undefined, ...own };
}

export function testTopRoute(own: Partial<TopRoute> = {}): TopRoute {
  const traffic = { succeeded: 540, degraded: 60, failed: 6, expired: 0, deferrals: 3, ...LATENCY };
  return { name: 'default', traffic, isPanic: false, targetsUp: 2, targets: 2, ...own };
}

/** What is shown at noon, after a minute of listening. */
export function testTopView(own: Partial<TopView> = {}): TopView {
  return {
    at: Date.parse('2026-01-01T12:00:00Z'),
    installation: 'the embedded stack',
    tableVersion: 'abc123',
    health: { kind: 'current', seq: 7, publishedAt: '2026-01-01T11:59:59.000Z' },
    targets: [testTopTarget()],
    routes: [testTopRoute()],
    queues: [{ queue: 'standard', waiting: 12_345, inFlight: 10, parked: 3 }],
    traffic: { seconds: 60, rejected: 0, costUsd: 0.01, unread: 0 },
    isHeard: true,
    lagMs: 0,
    problems: [],
    ...own,
  };
}
