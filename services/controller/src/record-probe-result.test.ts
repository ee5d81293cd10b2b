import { beforeEach, describe, expect, it } from 'vitest';
import { type FleetHealth, restoreFleet, saveFleet } from './health/index.ts';
import { observe, START } from './health/testing/make-buckets.ts';
import { circuits, makeHealth } from './health/testing/make-health.ts';
import type { ProbeResult, ProbeTask } from './probe-task.ts';
import { createRecordProbeResult } from './record-probe-result.ts';
import { makeWorld, told } from './testing/make-world.ts';

const KEY = 'a@d0';
const recovery: ProbeTask = { purpose: 'recovery', key: KEY, id: 'a', seq: 7, run: 1, probeAt: '2026-09-21T14:13:50.000Z', probesLeft: 50 };
const evidence: ProbeTask = { purpose: 'evidence', key: KEY, id: 'a', gapMs: 3_000, probeAt: '2026-09-21T14:13:50.000Z', probesLeft: 3 };
const probed = (outcome: Extract<ProbeResult, { kind: 'probed' }>['outcome']): ProbeResult => ({
  kind: 'probed',
  outcome,
  slow: false,
  startedAt: fixture.world.now,
  latencyMs: 250,
});

let fixture: ReturnType<typeof makeWorld>;
let record: ReturnType<typeof createRecordProbeResult>;
const stored = () => restoreFleet(fixture.world.fleet?.text).fleet;

function keep(fleet: FleetHealth): void {
  fixture.world.fleet = { text: saveFleet(fleet), version: fixture.world.now };
}

beforeEach(() => {
  fixture = makeWorld();
  fixture.world.now = START + 30_000;
  record = createRecordProbeResult({ ...fixture.ports, judge: fixture.judge });
  keep({ targets: { [KEY]: makeHealth({ seq: 7, circuit: circuits.open() }), 'b@d0': makeHealth() } });
});

describe('a probe of a recovery', () => {
  it('that passes is noted, and followed by the next one', async () => {
    const step = await record(recovery, probed('succeeded'));
    expect(step).toEqual({ next: 'probe', ...recovery, probesLeft: 49, probeAt: new Date(START + 32_000).toISOString() });
    expect(stored().targets[KEY]).toMatchObject({ circuit: { kind: 'open', recovery: { passes: 1, heardAt: START + 30_000 } } });
    expect(fixture.world.events).toEqual([]);
  });

  it('that is the third to pass ends it: the target is let in, the overlay says so, and the bus hears of it', async () => {
    await fixture.judge();
    expect(fixture.world.overlay?.overlay?.targets[KEY]).toMatchObject({ share: 0 });
    fixture.world.now += 2_000;
    for (let count = 0; count < 20; count++) await fixture.observe(observe({ target: 'b', at: fixture.world.now, count: 100 }));
    keep({ targets: { ...stored().targets, [KEY]: makeHealth({ seq: 7, circuit: circuits.open({}, { passes: 2 }) }) } });
    expect(await record(recovery, probed('succeeded'))).toEqual({ next: 'end', result: 'returning: 3 probes passed' });
    expect(fixture.world.overlay?.overlay?.targets[KEY]).toMatchObject({ state: 'half-open', share: 0.1 });
    expect(told(fixture.world)).toContain('TargetProbing');
    expect(stored().targets[KEY]).toMatchObject({ seq: 8, circuit: { kind: 'half-open' } });
  });

  it('that is refused makes the target misconfigured, and that is told; its recovery goes on', async () => {
    expect(await record(recovery, probed('misconfigured'))).toMatchObject({ next: 'probe', seq: 7, run: 1 });
    expect(told(fixture.world)).toContain('TargetEjected');
    expect(fixture.world.events.find(({ detailType }) => detailType === 'TargetEjected')?.detail.data).toMatchObject({
      current: { state: 'misconfigured' },
    });
    expect(stored().targets[KEY]?.circuit.kind).toBe('misconfigured');
  });

  it.each([
    ['of an older state', { ...recovery, seq: 6 }],
    ['of a run that was taken for dead', { ...recovery, run: 2 }],
  ])('%s writes nothing, and ends', async (_, task) => {
    const before = structuredClone(fixture.world.fleet);
    expect(await record(task, probed('succeeded'))).toEqual({ next: 'end', result: 'the target has moved on' });
    expect(fixture.world.fleet).toEqual(before);
  });

  it.each([
    ['that left the table', { ...recovery, id: 'x', key: 'x@d0' }],
    ['that was redefined', { ...recovery, key: 'a@d1' }],
  ])('of a target %s ends', async (_, task) => {
    expect(await record(task, probed('succeeded'))).toEqual({ next: 'end', result: 'nothing is kept of the target' });
  });

  it('is noted on what a judgement has written meanwhile, not over it', async () => {
    let isFirst = true;
    fixture.world.before = async (access) => {
      if (access !== 'write fleet' || !isFirst) return;
      isFirst = false;
      keep({ targets: { ...stored().targets, 'b@d0': makeHealth({ seq: 99 }) } });
      if (fixture.world.fleet) fixture.world.fleet = { ...fixture.world.fleet, version: fixture.world.now + 1 };
    };
    await record(recovery, probed('succeeded'));
    expect(stored().targets).toMatchObject({ [KEY]: { circuit: { recovery: { passes: 1 } } }, 'b@d0': { seq: 99 } });
  });

  it('ends after the last that its execution may make; the judge starts another', async () => {
    expect(await record({ ...recovery, probesLeft: 1 }, probed('faulted'))).toEqual({
      next: 'end',
      result: 'all probes of this execution are made',
    });
    expect(stored().targets[KEY]?.circuit.kind).toBe('open');
  });
});

describe('a probe for evidence', () => {
  it('counts like traffic, in the bucket in which it began', async () => {
    expect(await record(evidence, probed('succeeded'))).toEqual({
      next: 'probe',
      ...evidence,
      probesLeft: 2,
      probeAt: new Date(START + 33_000).toISOString(),
    });
    expect(fixture.world.counters.get(KEY)?.get(START + 30_000)?.counters).toMatchObject({ attempts: 1, faults: 0 });
    expect(fixture.world.metrics.get('HealthJudgements')).toBeUndefined();
  });

  it('is judged at once when it speaks against the target: three take it out', async () => {
    keep({ targets: { [KEY]: makeHealth() } });
    let task = evidence;
    for (let count = 0; count < 3; count++) {
      const step = await record(task, probed('timed-out'));
      if (step.next === 'probe' && step.purpose === 'evidence') task = step;
      fixture.world.now += 3_000;
    }
    expect(stored().targets[KEY]).toMatchObject({ circuit: { kind: 'open', reason: 'ejected: the last 3 calls all failed' } });
    expect(fixture.world.overlay?.overlay?.targets[KEY]?.state).toBe('open');
  });

  it.each([
    ['succeeded', undefined],
    ['faulted', 1],
  ] as const)('that is the first of three and %s leaves %s judgements', async (outcome, judgements) => {
    await record(evidence, probed(outcome));
    expect(fixture.world.metrics.get('HealthJudgements')).toBe(judgements);
  });

  it('is judged when it is the last', async () => {
    expect(await record({ ...evidence, probesLeft: 1 }, probed('succeeded'))).toMatchObject({ next: 'end' });
    expect(fixture.world.metrics.get('HealthJudgements')).toBe(1);
  });
});

it('one that was not made is made half a minute later, and says nothing of the target', async () => {
  const before = structuredClone(fixture.world.fleet);
  expect(await record(recovery, { kind: 'skipped' })).toEqual({
    next: 'probe',
    ...recovery,
    probesLeft: 49,
    probeAt: new Date(START + 60_000).toISOString(),
  });
  expect(fixture.world.fleet).toEqual(before);
});

it('one of a target that is gone is the last', async () => {
  expect(await record(evidence, { kind: 'gone' })).toMatchObject({ next: 'end' });
});
