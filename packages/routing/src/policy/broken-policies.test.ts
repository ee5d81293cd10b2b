import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadCatalogue } from '@signalbox/catalogue';
import { describe, expect, it } from 'vitest';
import type { AllowedModels } from './compile-options.ts';
import { compilePolicy, formatPolicyProblem } from './compile-policy.ts';

const FOLDER = join(import.meta.dirname, '__fixtures__/broken');
const names = readdirSync(FOLDER).flatMap((file) => (file.endsWith('.yaml') ? [file.slice(0, -'.yaml'.length)] : []));
const catalogue = loadCatalogue();
/** For the policies about it; the others may call anything. */
const allowed: AllowedModels = {
  models: ['amazon.nova-lite-v1:0', 'amazon.nova-micro-v1:0', 'anthropic.claude-haiku-4-5-20251001-v1:0'],
  regions: ['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'ca-central-1'],
  endpoints: ['signalbox-*'],
  globalProfiles: false,
};

function outputOf(name: string): string {
  const file = `${name}.yaml`;
  const text = readFileSync(join(FOLDER, file), 'utf8');
  const isAboutAllowed = name.startsWith('outside-allowed-');
  const compiled = compilePolicy({ file, text, catalogue, today: '2026-11-21', ...(isAboutAllowed && { allowed }) });
  if (compiled.kind === 'compiled') throw new Error(`${file} is not broken`);
  const lines = [
    ...compiled.problems.map((problem) => `error ${formatPolicyProblem(problem)}`),
    ...compiled.warnings.map((problem) => `warning ${formatPolicyProblem(problem)}`),
  ];
  return `${lines.join('\n')}\n`;
}

describe('a broken policy', () => {
  it.each(names)('is told of everything that is wrong: %s', async (name) => {
    const expected = join(FOLDER, `${name}.txt`);
    // A file that is missing would be written and called right; one that differs is written anew only by `vitest -u`.
    expect(existsSync(expected)).toBe(true);
    await expect(outputOf(name)).toMatchFileSnapshot(expected);
  });

  it('has its messages beside it, and no messages stand alone', () => {
    const expected = readdirSync(FOLDER).flatMap((file) => (file.endsWith('.txt') ? [file.slice(0, -'.txt'.length)] : []));
    expect(expected).toEqual(names);
    expect(names.length).toBeGreaterThanOrEqual(40);
  });
});
