import { readFileSync } from 'node:fs';
import { StateMachine } from 'aws-local-stepfunctions';
import { beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { restoreFleet, saveFleet } from './health/index.ts';
import { START } from './health/testing/make-buckets.ts';
import { circuits, makeHealth } from './health/testing/make-health.ts';
import { ProbeResult, ProbeTask, toEvidence, toRecovery } from './probe-task.ts';
import { createRecordProbeResult } from './record-probe-result.ts';
import { makeWorld, told } from './testing/make-world.ts';

const text = readFileSync(new URL('../probe-target.asl.json', import.meta.url), 'utf8');
const functions = { ProbeTargetFunctionArn: 'probe', RecordProbeFunctionArn: 'record' };
const definition = JSON.parse(text.replaceAll(/\$\{(\w+)\}/g, (_, name: keyof typeof functions) => functions[name]));
const recoveryOrder = { key: 'a@d0', id: 'a', seq: 7, run: 1, probeAt: START + 30_000 };

type Task = { FunctionName: string; Payload: Record<string, unknown> };
type Outcomes = ('succeeded' | 'faulted' | 'crash')[];

let fixture: ReturnType<typeof makeWorld>;
let probedAt: number[];

beforeEach(() => {
  fixture = makeWorld();
  probedAt = [];
  const targets = { 'a@d0': makeHealth({ seq: 7, circuit: circuits.open() }), 'b@d0': makeHealth() };
  fixture.world.fleet = { text: saveFleet({ targets }), version: START };
});

/** Runs the state machine as it is deployed, with its waits in virtual time; the last outcome goes on. */
async function run(input: object, outcomes: Outcomes): Promise<unknown> {
  const record = createRecordProbeResult({ ...fixture.ports, judge: fixture.judge });
  let calls = 0;
  const handlers = {
    ProbeTarget: async ({ FunctionName, Payload }: Task) => {
      expect(FunctionName).toBe('probe');
      const { probeAt } = ProbeTask.parse(Payload);
      fixture.world.now = Math.max(fixture.world.now, Date.parse(probeAt));
      const outcome = outcomes[Math.min(calls++, outcomes.length - 1)];
      if (outcome === 'crash') throw new Error('out of memory');
      probedAt.push(fixture.world.now - START);
      return { Payload: { kind: 'probed', outcome, slow: false, startedAt: fixture.world.now, latencyMs: 200 } };
    },
    RecordProbe: async ({ FunctionName, Payload }: Task) => {
      expect(FunctionName).toBe('record');
      const { probe } = Payload as { probe?: { result: unknown } };
      return { Payload: await record(ProbeTask.parse(Payload), probe ? ProbeResult.parse(probe.result) : { kind: 'skipped' }) };
    },
  };
  const execution = new StateMachine(definition).run(input as never, {
    overrides: {
      taskResourceLocalHandlers: handlers as never,
      waitTimeOverrides: { WaitUntilDue: 0 },
      retryIntervalOverrides: { ProbeTarget: [0, 0], RecordProbe: [0, 0, 0] },
    },
  });
  return execution.result;
}

describe('the execution of a recovery', () => {
  it('probes when it is due, three times two seconds apart, and ends when the target is let in', async () => {
    expect(await run(toRecovery(recoveryOrder).input, ['succeeded'])).toMatchObject({ next: 'end' });
    expect(probedAt).toEqual([30_000, 32_000, 34_000]);
    expect(restoreFleet(fixture.world.fleet?.text).fleet.targets['a@d0']?.circuit.kind).toBe('closed');
    expect(told(fixture.world)).toContain('TargetRestored');
  });

  it('waits longer after each probe that fails, and then begins to count anew', async () => {
    await run(toRecovery(recoveryOrder).input, ['faulted', 'faulted', 'succeeded', 'faulted', 'succeeded']);
    const waits = probedAt.map((at, index) => at - (probedAt[index - 1] ?? at));
    expect(waits).toEqual([0, 10_000, 15_000, 2_000, 10_000, 2_000, 2_000]);
  });

  it('makes fifty probes at most', async () => {
    await run(toRecovery(recoveryOrder).input, ['faulted']);
    expect(probedAt).toHaveLength(50);
  });

  it('goes on after a probe that could not be made, without a word on the target', async () => {
    await run(toRecovery(recoveryOrder).input, ['crash', 'crash', 'crash', 'succeeded']);
    expect(probedAt).toEqual([60_000, 62_000, 64_000]);
  });

  it('that is stale ends after its first probe', async () => {
    const before = structuredClone(fixture.world.fleet);
    expect(await run(toRecovery({ ...recoveryOrder, seq: 6 }).input, ['succeeded'])).toEqual({
      next: 'end',
      result: 'the target has moved on',
    });
    expect([probedAt.length, fixture.world.fleet]).toEqual([1, before]);
  });
});

it('the execution for evidence makes as many probes as were ordered', async () => {
  const { input } = toEvidence({ key: 'b@d0', id: 'b', count: 3, gapMs: 3_000, reason: 'too few calls' }, START);
  await run(input, ['succeeded']);
  expect(probedAt).toEqual([0, 3_000, 6_000]);
});

describe('the name of an execution', () => {
  it('is the same for the same order, and another one for every other', () => {
    const names = [recoveryOrder, { ...recoveryOrder, run: 2 }, { ...recoveryOrder, seq: 8 }, { ...recoveryOrder, key: 'b@d0' }].map(
      (order) => toRecovery(order).name,
    );
    expect(new Set(names).size).toBe(4);
    expect(toRecovery({ ...recoveryOrder, probeAt: START + 99_000 }).name).toBe(names[0]);
    for (const name of names) expect(name).toMatch(/^[\w-]{1,80}$/);
  });
});

it('the template gives the machine what its definition asks for', () => {
  const template = parse(readFileSync(new URL('../template.yaml', import.meta.url), 'utf8'), { logLevel: 'silent' });
  const { DefinitionSubstitutions } = template.Resources.ProbeMachine.Properties;
  const asked = [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name);
  expect(Object.keys(DefinitionSubstitutions).sort()).toEqual(asked.sort());
});
