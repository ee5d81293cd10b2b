import { routingTable } from '@signalbox/contracts/samples';
import type { Context, EventBridgeEvent } from 'aws-lambda';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { saveFleet } from '../health/index.ts';
import { START } from '../health/testing/make-buckets.ts';
import { circuits, makeHealth } from '../health/testing/make-health.ts';
import { makeWorld } from '../testing/make-world.ts';

const fixture = makeWorld(routingTable);
vi.mock('../adapters/connect-judge.ts', () => ({
  connectJudge: () => ({ ports: fixture.ports, judge: fixture.judge }),
  note: fixture.ports.note,
}));

const KEY = 'nova-lite@9d0c1b2a';

/** As EventBridge invokes a function by a schedule. */
const scheduled: EventBridgeEvent<'Scheduled Event', object> = {
  version: '0',
  id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: '111122223333',
  time: '2026-09-21T14:13:20Z',
  region: 'us-east-1',
  resources: ['arn:aws:events:us-east-1:111122223333:rule/signalbox-test-evaluate-health-EveryMinute'],
  detail: {},
};
const context = { functionName: 'signalbox-test', getRemainingTimeInMillis: () => 30_000 } as Context;

beforeAll(() => {
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'SILENT');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'true');
});
beforeEach(() => {
  Object.assign(fixture.world, {
    now: START,
    turnAt: undefined,
    overlay: undefined,
    fleet: undefined,
    metrics: new Map(),
    holds: new Map(),
  });
  fixture.world.before = async () => undefined;
});

describe('evaluate-health', () => {
  it('judges once a minute also when no events come, unless somebody just has', async () => {
    const { handler } = await import('./evaluate-health.ts');
    await handler(scheduled, context);
    expect(fixture.world.metrics.get('HealthJudgements')).toBe(1);
    fixture.world.now += 60_000;
    fixture.world.turnAt = fixture.world.now - 2_000;
    await handler(scheduled, context);
    expect(fixture.world.metrics.get('HealthJudgements')).toBe(1);
    fixture.world.now += 60_000;
    await handler(scheduled, context);
    expect(fixture.world.metrics.get('HealthJudgements')).toBe(2);
  });

  it('fails when the fleet cannot be judged, so that Lambda tries again and it is seen', async () => {
    const { handler } = await import('./evaluate-health.ts');
    fixture.world.now += 600_000;
    fixture.world.before = async (access) => {
      if (access === 'read fleet') throw new Error('table throttled');
    };
    await expect(handler(scheduled, context)).rejects.toThrow('table throttled');
  });
});

describe('record-probe', () => {
  const task = { purpose: 'recovery', key: KEY, id: 'nova-lite', seq: 7, run: 1, probeAt: '2026-09-21T14:13:50.000Z', probesLeft: 50 };

  it('takes the whole state of an execution, and gives its next one', async () => {
    fixture.world.fleet = {
      text: saveFleet({ targets: { [KEY]: { ...makeHealth({ seq: 7, circuit: circuits.open() }), definition: '9d0c1b2a' } } }),
      version: 1,
    };
    const { handler } = await import('./record-probe.ts');
    const result = { kind: 'probed', outcome: 'succeeded', slow: false, startedAt: START, latencyMs: 200 };
    expect(await handler({ ...task, next: 'probe', probe: { result } })).toEqual({
      next: 'probe',
      ...task,
      probesLeft: 49,
      probeAt: new Date(START + 2_000).toISOString(),
    });
  });

  it('takes a probe that failed for good as one that was not made', async () => {
    const { handler } = await import('./record-probe.ts');
    const failure = { Error: 'Lambda.Unknown', Cause: 'out of memory' };
    expect(await handler({ ...task, failure })).toMatchObject({ next: 'probe', probesLeft: 49 });
  });

  it.each([{}, { ...task, purpose: 'mischief' }, { ...task, probesLeft: 0 }])('refuses a state that is none: %j', async (state) => {
    const { handler } = await import('./record-probe.ts');
    await expect(handler(state)).rejects.toThrow();
  });
});

describe('hold-target', () => {
  it('answers who called it through Lambda', async () => {
    const { handler } = await import('./hold-target.ts');
    const command = { action: 'drain', target: 'nova-lite', reason: 'upgrade', author: 'ann', until: START + 60_000 };
    expect(await handler(command)).toMatchObject({ before: { share: 1 }, after: { share: 0, manual: true, hold: { author: 'ann' } } });
    expect(await handler({ ...command, until: 0 })).toEqual({ error: expect.stringMatching(/past/) });
  });

  it('writes states by force, so that nobody who judged without the hold writes the overlay after it', async () => {
    const { handler } = await import('./hold-target.ts');
    await handler({ action: 'eject', target: 'nova-lite', reason: 'r', author: 'ann', until: START + 60_000 });
    const version = fixture.world.fleet?.version ?? 0;
    fixture.world.now += 1_500;
    await handler({ action: 'release', target: 'nova-lite', reason: 'done', author: 'ann' });
    expect(fixture.world.fleet?.version).toBeGreaterThan(version);
  });
});
