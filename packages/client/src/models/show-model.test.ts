import { loadCatalogue } from '@signalbox/catalogue';
import { describe, expect, it } from 'vitest';
import { createTestOutput } from '../testing/test-output.ts';
import { UsageError } from '../usage-error.ts';
import { showModel } from './show-model.ts';

const catalogue = loadCatalogue();
const today = '2026-11-21';
const haiku = 'anthropic.claude-haiku-4-5-20251001-v1:0';

function show(name: string, { columns, json }: { columns?: number; json?: boolean } = {}) {
  const test = createTestOutput(columns === undefined ? {} : { columns });
  const exitCode = showModel({ catalogue, name, today, json, output: test.output });
  return { ...test, exitCode };
}

describe('showModel', () => {
  it.each([
    [haiku, 'Claude Haiku 4.5 · Anthropic'],
    ['anthropic.claude-haiku-4-5', 'anthropic.claude-haiku-4-5 is another name of it'],
    [`us.${haiku}`, `us.${haiku} is its inference profile`],
    [`global.${haiku}`, `global.${haiku} is its global inference profile`],
    [`arn:aws:bedrock:us-east-1::foundation-model/${haiku}`, haiku],
  ])('finds %s', (name, text) => {
    const { printed, exitCode } = show(name);
    expect(exitCode).toBe(0);
    expect(printed()).toContain(text);
  });

  it('says what a model can, can not, and what nobody knows of it', () => {
    const text = show('amazon.nova-lite-v1:0').printed();
    expect(text).toMatch(/can {8}streaming, tool-use/);
    expect(text).toMatch(/can not {4}structured-output/);
    expect(text).toMatch(/not known {2}computer-use/);
  });

  it('shows prices of every kind, and a dash where none is stated', () => {
    const lines = show(haiku).printed().split('\n');
    expect(
      lines
        .find((line) => line.includes('us-east-1  '))
        ?.trim()
        .split(/ {2,}/),
    ).toEqual(['us-east-1', '$1.10', '$5.50', '$0.11', '$1.375', '$2.20']);
    expect(
      lines
        .find((line) => line.includes('tier batch'))
        ?.trim()
        .split(/ {2,}/),
    ).toEqual(['tier batch', '$0.55', '$2.75', '–', '–', '–']);
  });

  it('keeps apart what a secondary list says', () => {
    expect(show(haiku).printed()).toMatch(/profile eu \*[\s\S]*\* +LiteLLM price list, 2026-07-24 \(not checked against AWS\)/);
  });

  it('says when a model ends and how long that is', () => {
    expect(show('ai21.jamba-1-5-large-v1:0').printed()).toContain('legacy, ends on 2026-11-26, in 5 days');
  });

  it('says that an ended model can not be called, and what to move to', () => {
    const ended = catalogue.models.find(({ lifecycle }) => lifecycle.stage === 'ended' && lifecycle.successor !== null);
    const text = show(ended?.id ?? '').printed();
    expect(text).toContain('it can no longer be called');
    expect(text).toMatch(new RegExp(`move to +${ended?.lifecycle.successor?.replaceAll('.', '\\.')}`));
  });

  it('suggests the nearest names for one that it does not know', () => {
    expect(() => show('claude-haiku-4-5')).toThrow(UsageError);
    expect(() => show('claude-haiku-4-5')).toThrow(haiku);
    expect(() => show('zzzz')).toThrow('signalbox models list');
  });

  it('prints the record as JSON, with the profile that was named', () => {
    const shown = show(`us.${haiku}`, { json: true }).json();
    expect(shown).toMatchObject({ id: haiku, profile: { id: `us.${haiku}` }, lifecycleToday: { stage: 'active' } });
  });

  it('shows every model of the catalogue on 80 columns, broken at names only', () => {
    for (const { id } of catalogue.models) {
      const tooLong = show(id, { columns: 80 })
        .printed()
        .split('\n')
        .filter((line) => line.length > 80);
      // An address may be longer than a line, and is of no use in two pieces.
      expect(tooLong.filter((line) => !line.includes('https://'))).toEqual([]);
      expect(show(id).printed()).not.toMatch(/undefined|(?<!left )null|NaN|\[object/);
    }
  });
});
