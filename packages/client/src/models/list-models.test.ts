import { loadCatalogue } from '@signalbox/catalogue';
import { describe, expect, it } from 'vitest';
import { createTestOutput } from '../testing/test-output.ts';
import { UsageError } from '../usage-error.ts';
import { type ListOptions, listModels } from './list-models.ts';

const catalogue = loadCatalogue();
const today = '2026-11-21';

function list(options: ListOptions, columns?: number) {
  const test = createTestOutput(columns === undefined ? {} : { columns });
  const exitCode = listModels({ catalogue, options, today, output: test.output });
  return { ...test, exitCode, lines: test.printed().split('\n') };
}
const idsOf = (options: ListOptions): string[] =>
  list({ ...options, json: true })
    .json()
    .map(({ id }: { id: string }) => id);

describe('listModels', () => {
  it('leaves out models that have ended, and says how many', () => {
    const { noted, lines } = list({ provider: 'Amazon' });
    expect(lines.join('\n')).not.toContain('ended');
    expect(noted()).toMatch(/\d+ models; \d+ ended models not shown, see them with --stage ended/);
  });

  it('shows those that have ended when they are asked for', () => {
    const ended = list({ stage: 'ended', json: true }).json();
    expect(ended.length).toBeGreaterThan(10);
    expect(new Set(ended.map(({ lifecycle }: { lifecycle: { stage: string } }) => lifecycle.stage))).toEqual(new Set(['ended']));
  });

  it('never shows an unknown price as 0', () => {
    const rows = list({}).lines.slice(1);
    const unpriced = list({ json: true })
      .json()
      .filter(({ price }: { price: { inputPerMTokens: number | null } }) => price.inputPerMTokens === null);
    expect(unpriced.length).toBeGreaterThan(0);
    for (const { id } of unpriced) expect(rows.find((row) => row.startsWith(`${id} `))).toMatch(/–/);
    expect(rows.filter((row) => / 0\.00 /.test(row))).toEqual([]);
  });

  it('sorts the cheapest first and what has no price last', () => {
    const prices = list({ sort: 'price', json: true })
      .json()
      .map(({ price }: { price: { inputPerMTokens: number | null } }) => price.inputPerMTokens ?? Infinity);
    expect(prices).toEqual([...prices].sort((left: number, right: number) => left - right || 0));
  });

  it('sorts the largest context first', () => {
    const contexts = list({ sort: 'context', json: true })
      .json()
      .map(({ contextTokens }: { contextTokens: number | null }) => contextTokens ?? 0);
    expect(contexts).toEqual([...contexts].sort((left: number, right: number) => right - left));
  });

  it('finds by words, provider, capability and region together', () => {
    expect(idsOf({ text: 'nova lite', provider: 'amazon', capability: 'tool-use', region: 'us-east-1' })).toContain(
      'amazon.nova-lite-v1:0',
    );
    expect(idsOf({ text: 'no such model' })).toEqual([]);
  });

  it('takes the price of the way in which a region can call the model', () => {
    const [haiku] = list({ text: 'claude-haiku-4-5', region: 'eu-west-1', json: true }).json();
    expect(haiku.priceBasis).toContain('through the profile eu');
  });

  it.each([
    [{ provider: 'Amazn' }, 'There are: AI21 Labs, Amazon'],
    [{ region: 'eu-west-9' }, 'eu-west-1, eu-west-2'],
  ])('says of %j what there is instead', (options, text) => {
    expect(() => list(options)).toThrow(UsageError);
    expect(() => list(options)).toThrow(text);
  });

  it.each([80, 100, 120, 160])('fits a terminal of %i columns and keeps ids whole', (columns) => {
    const { lines } = list({ stage: 'active' }, columns);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
    expect(lines.some((line) => line.startsWith('anthropic.claude-haiku-4-5-20251001-v1:0 '))).toBe(true);
  });
});
