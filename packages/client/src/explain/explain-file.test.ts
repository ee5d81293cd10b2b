import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inferenceRequest } from '@signalbox/contracts/samples';
import { afterAll, describe, expect, it } from 'vitest';
import { createTestOutput } from '../testing/test-output.ts';
import { TEST_POLICY } from '../testing/test-policy.ts';
import { UsageError } from '../usage-error.ts';
import { type ExplainFlags, explainFile } from './explain-file.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const folder = mkdtempSync(join(tmpdir(), 'signalbox-explain-'));
mkdirSync(join(folder, 'policy'));
const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
write('policy/routing.yaml', TEST_POLICY);
write('broken.yaml', TEST_POLICY.replace('[nova-lite]', '[nova-lit]'));
write('request.json', JSON.stringify(inferenceRequest, null, 2));
write(
  'requests.jsonl',
  `${JSON.stringify(inferenceRequest)}\n${JSON.stringify({ ...inferenceRequest, route: 'extract' })}\n{"schemaVersion":"1.0"}\n`,
);
write('overlay.json', JSON.stringify({ schemaVersion: '1.0', seq: 1, publishedAt: 1, targets: {}, panic: [] }));
afterAll(() => rmSync(folder, { recursive: true }));

async function explainIn(file: string, options: ExplainFlags = {}, readStdin?: () => string) {
  const test = createTestOutput();
  const exitCode = await explainFile({ file, options, from: folder, now: NOW, output: test.output, ...(readStdin && { readStdin }) });
  return { ...test, exitCode };
}

describe('explainFile', () => {
  it('explains one request by the policy of the folder, and says so', async () => {
    const { exitCode, printed, noted } = await explainIn('request.json');
    expect(exitCode).toBe(0);
    expect(printed()).toMatch(/^route default\n/);
    expect(noted()).toMatch(/By policy\/routing\.yaml, version [0-9a-f]+, as if every target were well\./);
  });

  it('reads a request that begins with a byte order mark', async () => {
    write('marked.json', `\uFEFF${JSON.stringify(inferenceRequest)}`);
    expect((await explainIn('marked.json')).exitCode).toBe(0);
  });

  it('says what it takes when a folder is named', async () => {
    await expect(explainIn('policy')).rejects.toThrow(new UsageError('policy is a folder; name a file in it.'));
  });

  it('explains many in a table, and fails when one of them would be refused', async () => {
    const { exitCode, printed } = await explainIn('requests.jsonl');
    expect(exitCode).toBe(1);
    expect(printed()).toMatch(/extract +nova-lite +0\.75 +37\.5 %/);
    expect(printed()).toContain('line 3: messages is required for operation "chat"');
  });

  it('reads standard input', async () => {
    expect(await explainIn('-', { json: true }, () => JSON.stringify(inferenceRequest))).toMatchObject({ exitCode: 0 });
  });

  it('takes an overlay of another time as of that time', async () => {
    expect((await explainIn('request.json', { overlay: 'overlay.json' })).noted()).toContain('with fleet health from overlay.json');
  });

  it('says what is wrong with the policy instead', async () => {
    const { exitCode, printed, noted } = await explainIn('request.json', { policy: 'broken.yaml' });
    expect({ exitCode, printed: printed() }).toEqual({ exitCode: 1, printed: '' });
    expect(noted()).toContain('broken.yaml does not compile');
  });

  it.each<[string, ExplainFlags, string]>([
    ['missing.json', {}, 'There is no file missing.json.'],
    ['request.json', { overlay: 'request.json' }, 'request.json is no routing overlay'],
    ['request.json', { overlay: 'broken.yaml' }, 'broken.yaml is no routing overlay'],
    ['request.json', { live: true, policy: 'broken.yaml' }, 'leave out --policy and --overlay'],
    ['request.json', { stage: 'prod' }, '--stage and --stack go with --live'],
    ['broken.yaml', {}, 'broken.yaml is not JSON'],
  ])('refuses %s with %j', async (file, options, message) => {
    await expect(explainIn(file, options)).rejects.toThrow(UsageError);
    await expect(explainIn(file, options)).rejects.toThrow(message);
  });
});
