import { describe, expect, it } from 'vitest';
import { createTestOutput } from '../testing/test-output.ts';
import type { CheckResult } from './finding.ts';
import { printChecks } from './print-checks.ts';

const checks: CheckResult[] = [
  { check: 'Node.js', findings: [{ status: 'ok', found: '24.21.0' }] },
  {
    check: 'quotas',
    findings: [
      {
        status: 'warn',
        found: 'nova-lite: the policy says 500 requests per minute, the account has 100',
        advice: 'lower rateLimits in the policy',
      },
    ],
  },
  { check: 'permissions', findings: [{ status: 'skipped', found: 'not on the embedded stack' }] },
];
const failing: CheckResult[] = [{ check: 'credentials', findings: [{ status: 'fail', found: 'none' }] }];

describe('printChecks', () => {
  it('prints a line for each finding and what to do under it', () => {
    const { output, printed } = createTestOutput();
    expect(printChecks(checks, { output })).toBe(0);
    expect(printed().split('\n')).toEqual([
      'ok       Node.js        24.21.0',
      'warn     quotas         nova-lite: the policy says 500 requests per minute, the account has 100',
      '                        → lower rateLimits in the policy',
      'skipped  permissions    not on the embedded stack',
      '',
      'All is well (1 warning, 1 skipped)',
    ]);
  });

  it('keeps to the width of a narrow terminal', () => {
    const { output, printed } = createTestOutput({ columns: 60 });
    printChecks(checks, { output });
    expect(
      Math.max(
        ...printed()
          .split('\n')
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(60);
  });

  it('fails when one check fails', () => {
    const { output, printed } = createTestOutput();
    expect(printChecks(failing, { output })).toBe(1);
    expect(printed()).toContain('1 failure');
  });

  it('prints the same as JSON', () => {
    const { output, json } = createTestOutput();
    expect(printChecks(failing, { output, json: true })).toBe(1);
    expect(json()).toEqual({ ok: false, checks: failing });
  });
});
