import type { RoutingTable } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import type { ReleaseOutcome, ReleaseProgress } from '../releases/types.ts';
import { createTestOutput } from '../testing/test-output.ts';
import { sourceOf, TEST_POLICY } from '../testing/test-policy.ts';
import { testTable } from '../testing/test-table.ts';
import { compileSource } from './compile-source.ts';
import { type DeployPorts, deployPolicy } from './deploy-policy.ts';

const now = new Date('2026-11-21T12:00:00Z');
const released: ReleaseOutcome = {
  kind: 'released',
  tableVersion: 'v2',
  previousTableVersion: 'v1',
  number: 8,
  notes: ['the copy in S3 is written'],
};
const rolledBack: ReleaseOutcome = {
  kind: 'rolled-back',
  tableVersion: 'v2',
  inForce: 'v1',
  number: 8,
  because: 'alarm failure-rate',
  notes: [],
};
const progress = (percentage: number, state: ReleaseProgress['state']): ReleaseProgress => ({
  number: 8,
  tableVersion: 'v2',
  state,
  percentage,
  events: [],
});

type Options = {
  text?: string;
  running?: RoutingTable | null;
  outcome?: ReleaseOutcome;
  answer?: boolean;
  columns?: number;
  json?: boolean;
  emergency?: boolean;
};

async function deploy({ text = TEST_POLICY, running = testTable(), outcome = released, answer, columns, ...options }: Options = {}) {
  const test = createTestOutput(columns === undefined ? {} : { columns });
  const questions: string[] = [];
  const deployed: { version: string; expectVersion: string | undefined }[] = [];
  const ports: DeployPorts = {
    installationName: 'stage prod in us-east-1',
    readRunningTable: async () => (running ? { table: running, number: 7, since: undefined } : undefined),
    deploy: async ({ table, expectVersion, onProgress }) => {
      deployed.push({ version: table.version, expectVersion });
      onProgress(progress(20, 'DEPLOYING'));
      onProgress(progress(100, 'BAKING'));
      return outcome;
    },
    confirm: answer === undefined ? undefined : async (question) => questions.push(question) > 0 && answer,
    output: test.output,
  };
  const source = sourceOf(text);
  const exitCode = await deployPolicy({ source, compiled: compileSource(source, { now }), ...options }, ports);
  return { ...test, questions, deployed, exitCode };
}

describe('deployPolicy', () => {
  it('shows what changes, releases it, and says what it came to', async () => {
    const { exitCode, printed, noted, deployed, statuses } = await deploy();
    expect(exitCode).toBe(0);
    expect(printed()).toMatch(
      /^version [0-9a-f]+, against version v1, in force on stage prod in us-east-1\n[\s\S]* {2}\+ target nova-micro/,
    );
    expect(printed()).toContain('released: version v2 is in force everywhere (release 8, before it v1)');
    expect(noted()).toContain('the copy in S3 is written');
    expect(deployed).toEqual([{ version: expect.any(String), expectVersion: 'v1' }]);
    expect(statuses).toEqual(['release 8 20 % rolling out', 'release 8 100 % everywhere, watched by alarms', '']);
  });

  it('asks first where somebody can answer, and releases nothing on a no', async () => {
    const no = await deploy({ answer: false });
    expect(no).toMatchObject({
      exitCode: 1,
      deployed: [],
      questions: ['Release it to stage prod in us-east-1, in steps that alarms roll back?'],
    });
    expect(no.noted()).toContain('Nothing was released.');
    expect(await deploy({ answer: true })).toMatchObject({ exitCode: 0, questions: [expect.any(String)] });
    expect((await deploy({ answer: true, emergency: true })).questions[0]).toContain('everywhere at once and without a way back by alarms');
  });

  it('fails when alarms roll it back', async () => {
    const { exitCode, printed } = await deploy({ outcome: rolledBack });
    expect(exitCode).toBe(1);
    expect(printed()).toContain('rolled back: release 8 of version v2, alarm failure-rate; version v1 is in force');
  });

  it('refuses a policy with problems before anything is asked', async () => {
    const { exitCode, deployed, noted, printed } = await deploy({ text: TEST_POLICY.replace('[nova-lite]', '[nova-lit]'), answer: true });
    expect({ exitCode, deployed, printed: printed() }).toEqual({ exitCode: 1, deployed: [], printed: '' });
    expect(noted()).toContain('refused: policy/routing.yaml has 1 problem; nothing was released');
  });

  it('asks nothing when the policy is in force already', async () => {
    const compiled = compileSource(sourceOf(TEST_POLICY), { now });
    const running = compiled.kind === 'compiled' ? compiled.table : null;
    const { exitCode, questions, printed } = await deploy({
      running,
      answer: true,
      outcome: { kind: 'unchanged', tableVersion: 'v1', number: 7 },
    });
    expect({ exitCode, questions }).toEqual({ exitCode: 0, questions: [] });
    expect(printed()).toBe('unchanged: version v1 is in force already');
  });

  it('shows a first release as all new', async () => {
    const { printed, deployed } = await deploy({ running: null });
    expect(printed()).toContain('the first table of stage prod in us-east-1');
    expect(deployed[0]?.expectVersion).toBeUndefined();
  });

  it('prints JSON alone, with the rest beside it', async () => {
    const { json, noted } = await deploy({ json: true });
    expect(json()).toEqual(released);
    expect(noted()).toContain('against version v1');
  });

  it('draws a bar on a terminal', async () => {
    expect((await deploy({ columns: 80 })).statuses[0]).toBe('release 8 [####................] 20 % rolling out');
  });
});
