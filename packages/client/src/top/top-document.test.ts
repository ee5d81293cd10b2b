import { expect, it } from 'vitest';
import { testTopRoute, testTopTarget, testTopView } from '../testing/test-top.ts';
import { toTopDocument } from './top-document.ts';

const lastChange = { at: Date.parse('2026-01-01T11:59:00Z'), type: 'TargetRestored', reason: '3 probes passed' };

it('has the figures of what is shown, per second', () => {
  expect(toTopDocument(testTopView({ targets: [testTopTarget({ lastChange })] }))).toEqual({
    ...{ at: '2026-01-01T12:00:00.000Z', installation: 'the embedded stack', tableVersion: 'abc123' },
    health: { kind: 'current', seq: 7, publishedAt: '2026-01-01T11:59:59.000Z' },
    ...{ isHeard: true, lagMs: 0, observedSeconds: 60, costUsdPerHour: 0.6, rejectedPerSecond: 0, unreadEvents: 0, problems: [] },
    targets: [
      expect.objectContaining({
        ...{ target: 'nova-lite', state: 'closed', share: 1, routes: ['default'] },
        ...{ callsPerSecond: 10, failedShare: 0.05, throttledShare: 0.01, slowShare: 0, p50Ms: 812.4, p95Ms: 2_000, p99Ms: 12_345 },
        lastChange: { at: '2026-01-01T11:59:00.000Z', type: 'TargetRestored', reason: '3 probes passed' },
      }),
    ],
    routes: [
      {
        ...{ name: 'default', isPanic: false, targetsUp: 2, targets: 2, p50Ms: 812.4, p95Ms: 2_000, p99Ms: 12_345 },
        ...{ succeededPerSecond: 9, degradedPerSecond: 1, failedPerSecond: 0.1, expiredPerSecond: 0, deferralsPerSecond: 0.05 },
      },
    ],
    queues: [{ queue: 'standard', waiting: 12_345, inFlight: 10, parked: 3 }],
  });
});

it('says null where nothing was seen', () => {
  const document = toTopDocument(
    testTopView({ targets: [testTopTarget({ traffic: undefined })], routes: [testTopRoute({ traffic: undefined })] }),
  );
  expect(document).toMatchObject({
    targets: [{ callsPerSecond: 0, failedShare: null, p50Ms: null }],
    routes: [{ succeededPerSecond: 0, p99Ms: null }],
  });
});
