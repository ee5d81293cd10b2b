import { readFileSync } from 'node:fs';
import { loadCatalogue } from '@signalbox/catalogue';
import { HealthThresholds, RoutingTable, type RoutingTarget } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { compilePolicy, formatPolicyProblem } from './compile-policy.ts';
import { policyHelp } from './policy-fields.ts';
import { PolicyHealth } from './policy-health.ts';
import { THRESHOLD_NAMES, USUAL_THRESHOLDS, usualText } from './resolve-health.ts';

const guide = readFileSync(new URL('../../../../docs/policy-health.md', import.meta.url), 'utf8');
const catalogue = loadCatalogue();

function policyWith({ target = '', defaults = '' }: { target?: string; defaults?: string }): string {
  return `version: 1
classes: [standard]
targets:
  lite:
    model: amazon.nova-lite-v1:0
    region: us-east-1
    class: standard
${target && `    health: ${target}\n`}  micro:
    model: amazon.nova-micro-v1:0
    region: us-east-1
    class: standard
defaults:
  maxTokens: { default: 1024, cap: 4096 }
  limits: { attempt: 60s, maxTargets: 2 }
${defaults && `  health: ${defaults}\n`}routes:
  default: { strategy: static, candidates: [lite, micro] }
`;
}

function tableOf(text: string): RoutingTable {
  const compiled = compilePolicy({ file: 'policy.yaml', text, catalogue, today: '2026-11-21' });
  if (compiled.kind === 'invalid') throw new Error(compiled.problems.map(formatPolicyProblem).join('\n'));
  expect(compiled.warnings).toEqual([]);
  return compiled.table;
}

function targetOf(text: string, id = 'lite'): RoutingTarget {
  const target = tableOf(text).targets[id];
  if (!target) throw new Error(`no target ${id}`);
  return target;
}

describe('health in a policy', () => {
  it('becomes exactly these thresholds of this target, in the units of the table', () => {
    const table = tableOf(
      policyWith({ target: '{ ejection: 90s, openRate: 50%, degradeMargin: 0, recoverFactor: 2.5, probesToPass: 2 }' }),
    );
    const health = { ejectionMs: 90_000, openRate: 0.5, degradeMargin: 0, recoverFactor: 2.5, probesToPass: 2 };
    expect(table.targets.lite?.health).toEqual(health);
    expect(table.targets.micro).not.toHaveProperty('health');
    expect(RoutingTable.parse(table)).toEqual(table);
  });

  it('takes what a target does not state from the defaults, threshold by threshold', () => {
    const text = policyWith({ target: '{ ejection: 1m }', defaults: '{ ejection: 40s, openFailures: 5 }' });
    expect(targetOf(text).health).toEqual({ ejectionMs: 60_000, openFailures: 5 });
    expect(targetOf(text, 'micro').health).toEqual({ ejectionMs: 40_000, openFailures: 5 });
  });

  it('is measured against what a target inherits, not only against what holds unless stated', () => {
    const text = policyWith({ target: '{ ejection: 4m }', defaults: '{ maxEjection: 5m }' });
    expect(targetOf(text).health).toEqual({ ejectionMs: 240_000, maxEjectionMs: 300_000 });
  });

  it('makes another table, but not another target: what was learnt of it still holds', () => {
    const [without, stated] = [policyWith({}), policyWith({ target: '{ ejection: 1m }' })];
    expect(targetOf(stated).definition).toBe(targetOf(without).definition);
    expect(tableOf(stated).version).not.toBe(tableOf(without).version);
  });

  it('can state every threshold of the table, and no other', () => {
    const all = THRESHOLD_NAMES.map((name) => `${name}: ${usualText(name)}`).join(', ');
    const { health } = targetOf(policyWith({ target: `{ ${all} }` }));
    expect(health).toEqual(USUAL_THRESHOLDS);
    expect(Object.keys(health ?? {}).sort()).toEqual(Object.keys(HealthThresholds.shape).sort());
    expect(HealthThresholds.safeParse(health).success).toBe(true);
  });

  it('may go as far as the table does', () => {
    const { health } = targetOf(policyWith({ target: '{ maxEjection: 24h, openRate: 100%, openFailures: 1000, slowLatencyFactor: 100 }' }));
    expect(HealthThresholds.parse(health)).toEqual({
      maxEjectionMs: 86_400_000,
      openRate: 1,
      openFailures: 1000,
      slowLatencyFactor: 100,
    });
  });
});

describe('the guide to health in a policy', () => {
  it('shows a policy that compiles to what it says', () => {
    const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(guide) ?? [];
    const { targets } = tableOf(example);
    expect(targets['cold-start']?.health).toEqual({ openFailures: 5, notReadyWaitMs: 180_000, maxEjectionMs: 300_000 });
    expect(targets.haiku?.health).toEqual({ openFailures: 5 });
  });

  it('quotes a message as it is told', () => {
    const text = policyWith({ target: '{ ejection: 3m }' });
    const compiled = compilePolicy({ file: 'policy.yaml', text, catalogue, today: '2026-11-21' });
    const told = compiled.kind === 'invalid' ? compiled.problems.map(formatPolicyProblem) : [];
    expect(told).toEqual([guide.split('\n').find((line) => line.startsWith('policy.yaml:'))]);
  });

  it('lists every threshold with what holds unless stated', () => {
    const rows = THRESHOLD_NAMES.map((name) => {
      const words = policyHelp.get(PolicyHealth.shape[name])?.description.replace(` ${usualText(name)} unless stated.`, '');
      return `| \`${name}\` | ${usualText(name)} | ${words} |`;
    });
    expect(guide.split('\n').filter((line) => line.startsWith('| `'))).toEqual(rows);
  });
});
