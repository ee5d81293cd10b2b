import { describe, expect, it } from 'vitest';
import { createTestOutput } from '../testing/test-output.ts';
import { sourceOf, TEST_POLICY } from '../testing/test-policy.ts';
import { UsageError } from '../usage-error.ts';
import { checkPolicyFile } from './check-policy-file.ts';
import { compilePolicyFile } from './compile-policy-file.ts';
import { compileSource } from './compile-source.ts';

const now = new Date('2026-11-21T12:00:00Z');
const BROKEN = TEST_POLICY.replace('candidates: [nova-lite]', 'candidates: [nova-lit]').replace(
  'region: us-east-1, class: simple',
  'region: nowhere-1, class: simple',
);
const UNUSED = TEST_POLICY.replace(', fallbacks: [nova-micro]', '');

type Options = { columns?: number; strict?: boolean; json?: boolean; isHeldAgainst?: boolean };

function check(text: string, { columns, isHeldAgainst = true, ...options }: Options = {}) {
  const source = sourceOf(text);
  const test = createTestOutput(columns === undefined ? {} : { columns });
  const exitCode = checkPolicyFile({ source, compiled: compileSource(source, { now }), isHeldAgainst, output: test.output, ...options });
  return { ...test, exitCode };
}

describe('checkPolicyFile', () => {
  it('says that a policy is fine, and what it holds', () => {
    const { exitCode, printed } = check(TEST_POLICY);
    expect(exitCode).toBe(0);
    expect(printed()).toMatch(/^ok: policy\/routing\.yaml, no problems; 3 targets, 3 routes, version [0-9a-f]+$/);
  });

  it('says when no installation was asked what it allows', () => {
    expect(check(TEST_POLICY).noted()).toBe('');
    expect(check(TEST_POLICY, { isHeldAgainst: false }).noted()).toContain('with --stack or --stage it is');
    expect(check(BROKEN, { isHeldAgainst: false }).noted()).toBe('');
  });

  it('prints each problem in a line that an editor can follow', () => {
    const { exitCode, printed } = check(BROKEN);
    expect(exitCode).toBe(1);
    const lines = printed().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^policy\/routing\.yaml:6:\d+ targets\.nova-micro\.region: /);
    expect(lines[1]).toMatch(/^policy\/routing\.yaml:11:\d+ routes\.default\.candidates\[0\]: .*did you mean "nova-lite"\?$/);
    expect(lines[2]).toBe('failed: policy/routing.yaml has 2 problems');
  });

  it('shows the line and a caret on a terminal', () => {
    const { printed } = check(BROKEN, { columns: 80 });
    expect(printed()).toContain('   11 |   default: { strategy: static, candidates: [nova-lit]');
    const lines = printed().split('\n');
    const excerpt = lines.findIndex((line) => line.startsWith('   11 |'));
    expect(lines[excerpt]?.slice(lines[excerpt + 1]?.indexOf('^'))).toMatch(/^nova-lit/);
  });

  it('passes with warnings, and fails with them under --strict', () => {
    expect(check(UNUSED)).toMatchObject({ exitCode: 0 });
    expect(check(UNUSED).printed()).toMatch(/:6:\d+ warning targets\.nova-micro: is used by no route/);
    const strict = check(UNUSED, { strict: true });
    expect(strict.exitCode).toBe(1);
    expect(strict.printed()).toContain('--strict takes warnings as problems');
  });

  it('prints the same as JSON', () => {
    expect(check(BROKEN, { json: true }).json()).toMatchObject({ ok: false, problems: [{ line: 6 }, { line: 11 }] });
    expect(check(TEST_POLICY, { json: true }).json()).toMatchObject({
      ok: true,
      problems: [],
      table: { routes: ['default', 'extract', 'thorough'] },
    });
  });

  it('holds a policy against what an installation allows', () => {
    const source = sourceOf(TEST_POLICY);
    const allowed = { models: ['amazon.nova-lite-v1:0', 'amazon.nova-micro-v1:0'], regions: ['us-east-1'], globalProfiles: false };
    const { output, printed } = createTestOutput();
    expect(checkPolicyFile({ isHeldAgainst: true, source, compiled: compileSource(source, { now, allowed }), output })).toBe(1);
    expect(printed()).toContain('AllowedModels');
  });
});

describe('compilePolicyFile', () => {
  function compile(text: string, out?: string) {
    const source = sourceOf(text);
    const test = createTestOutput();
    const files = new Map<string, string>();
    const writeFile = (path: string, content: string) => void files.set(path, content);
    return {
      ...test,
      files,
      exitCode: compilePolicyFile({ source, compiled: compileSource(source, { now }), out, output: test.output, writeFile }),
    };
  }

  it('prints the table alone, and says its version and size beside it', () => {
    const { exitCode, json, noted } = compile(TEST_POLICY);
    expect(exitCode).toBe(0);
    expect(Object.keys(json().routes)).toEqual(['default', 'extract', 'thorough']);
    expect(noted()).toMatch(new RegExp(`^version ${json().version}, [\\d,]+ bytes when released$`));
  });

  it('writes it to a file', () => {
    const { files, printed, noted } = compile(TEST_POLICY, 'table.json');
    expect(printed()).toBe('');
    expect(JSON.parse(files.get('table.json') ?? '')).toHaveProperty('targets.nova-lite');
    expect(noted()).toMatch(/^table\.json: version /);
  });

  it('says which file could not be written, and why', () => {
    const source = sourceOf(TEST_POLICY);
    const { output } = createTestOutput();
    const writeFile = () => {
      throw new Error('no such folder');
    };
    const write = () => compilePolicyFile({ source, compiled: compileSource(source, { now }), out: 'no/table.json', output, writeFile });
    expect(write).toThrow(UsageError);
    expect(write).toThrow('no/table.json cannot be written: no such folder');
  });

  it('writes nothing of a policy with problems, and keeps them off the output', () => {
    const { exitCode, files, printed, noted } = compile(BROKEN, 'table.json');
    expect(exitCode).toBe(1);
    expect(files.size).toBe(0);
    expect(printed()).toBe('');
    expect(noted()).toContain('nothing was written');
  });
});
