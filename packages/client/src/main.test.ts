import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { TEST_POLICY } from './testing/test-policy.ts';
import { testStack } from './testing/test-stack.ts';

const COMMAND = join(import.meta.dirname, '../bin/signalbox.mjs');
const folder = mkdtempSync(join(tmpdir(), 'signalbox-main-'));
mkdirSync(join(folder, 'policy'));
writeFileSync(join(folder, 'policy', 'routing.yaml'), TEST_POLICY);
writeFileSync(join(folder, 'broken.yaml'), TEST_POLICY.replace('[nova-lite]', '[nova-lit]'));
writeFileSync(join(folder, 'stack.json'), JSON.stringify(testStack));
afterAll(() => rmSync(folder, { recursive: true }));

type Ended = { code: number | null; stdout: string; stderr: string };

/** Runs the real command in a pipe. */
function run(args: string[], { input }: { input?: string } = {}): Promise<Ended> {
  const child = spawn(process.execPath, [COMMAND, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, AWS_EC2_METADATA_DISABLED: 'true' },
  });
  const ended = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (ended.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (ended.stderr += text));
  child.stdin.end(input ?? '');
  return new Promise((resolve, reject) => child.on('error', reject).on('close', (code) => resolve({ code, ...ended })));
}

// Each starts a process, so few do, and together.
describe.concurrent('signalbox', () => {
  it.each<[string, string[], number]>([
    ['an unknown option', ['policy', 'check', '--srtict'], 2],
    ['a policy with a problem', ['policy', 'check', 'broken.yaml'], 1],
    ['no stack', ['policy', 'history'], 2],
    ['a file of requests that is not there', ['send', 'none.jsonl', '--stack', 'stack.json'], 2],
    ['a gateway that is away', ['result', 'one', '--stack', 'stack.json'], 1],
    ['a stack that is not running', ['policy', 'history', '--stack', 'stack.json'], 1],
    ['a redrive of nothing', ['rejected', 'redrive', '--stack', 'stack.json'], 2],
    ['a redrive of some and of all', ['deadletters', 'redrive', 'a', '--all', '--stack', 'stack.json'], 2],
    ['a change without a value', ['rejected', 'redrive', '--all', '--set', 'route', '--stack', 'stack.json'], 2],
    ['two installations at once', ['send', 'requests.jsonl', '--gateway', 'https://gateway.test', '--stack', 'stack.json'], 2],
    ['a gateway without a key', ['send', 'requests.jsonl', '--gateway', 'https://gateway.test'], 2],
    ['a rejected queue that is away', ['rejected', 'list', '--stack', 'stack.json'], 1],
    ['dead letters that are away', ['deadletters', 'show', 'a', '--stack', 'stack.json'], 1],
    ['targets that are away', ['targets', 'list', '--stack', 'stack.json'], 1],
    ['a hold without a reason', ['targets', 'eject', 'nova-lite', '--for', '2h', '--stack', 'stack.json'], 2],
    ['a hold without an end', ['targets', 'drain', 'nova-lite', '--reason', 'upgrade', '--stack', 'stack.json'], 2],
    ['a hold for no time', ['targets', 'eject', 'nova-lite', '--reason', 'upgrade', '--for', '2', '--stack', 'stack.json'], 2],
    ['a picture of a stack that is away', ['top', '--stack', 'stack.json'], 1],
    ['an outage of a stack that is away', ['chaos', 'outage', 'amazon.nova-lite-v1:0', '--stack', 'stack.json'], 1],
    ['keys that are away', ['keys', 'list', '--stack', 'stack.json'], 1],
    ["a key's secret on the command line", ['keys', 'revoke', 'sbx_3f9a0c12_secret', '--stack', 'stack.json'], 2],
    ['a change of no limit', ['tenants', 'set', 'acme', '--stack', 'stack.json'], 2],
    ['a bus that is away', ['events', 'tail', '--stack', 'stack.json'], 1],
  ])('ends on %s as scripts expect', async (_, args, code) => {
    const ended = await run(args);
    expect({ code: ended.code, stderr: ended.stderr }).toMatchObject({ code });
    // Wrong use is explained in words, never by a stack trace.
    expect(ended.stderr).not.toMatch(/^\s+at /m);
    expect(ended.stdout + ended.stderr).not.toBe('');
  });

  it('writes no colours into a pipe', async () => {
    const { stdout } = await run(['models', 'list']);
    expect(stdout).toContain('amazon.nova-lite-v1:0');
    expect(stdout).not.toContain('\u001b');
  });

  it('reads a policy from a pipe and writes its table into the next', async () => {
    const { code, stdout } = await run(['policy', 'compile', '-'], { input: TEST_POLICY });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toHaveProperty('routes.default');
  });

  it('does not complain when its reader has read enough', async () => {
    const child = spawn('sh', ['-c', `"${process.execPath}" "${COMMAND}" models list --json | head -1`], { cwd: folder });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});
