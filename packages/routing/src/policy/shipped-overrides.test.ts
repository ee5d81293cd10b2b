import { readFileSync } from 'node:fs';
import { lifecycleAt, loadCatalogue, priceOf, resolveModel } from '@signalbox/catalogue';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const text = readFileSync(new URL('../../../../policy/catalogue.yaml', import.meta.url), 'utf8');

describe('policy/catalogue.yaml', () => {
  it('changes nothing until somebody writes something', () => {
    expect(loadCatalogue({ overrides: parse(text) }).models).toEqual(loadCatalogue().models);
  });

  it('has an example that does what it says', () => {
    const example = text.split('\n').flatMap((line) => (line.startsWith('#   ') ? [line.slice('# '.length)] : []));
    const catalogue = loadCatalogue({ overrides: parse(example.join('\n')) });
    const modelOf = (name: string) => {
      const found = resolveModel(catalogue, name);
      if (found.kind === 'unknown') throw new Error(`${name} is not known`);
      return found.model;
    };
    expect(priceOf(modelOf('anthropic.claude-sonnet-5'), { region: 'us-east-1' }).price).toMatchObject({ inputPerMTokens: 1.9 });
    expect(lifecycleAt(modelOf('amazon.nova-micro-v1:0'), '2026-11-21')).toMatchObject({ successor: 'amazon.nova-2-lite-v1:0' });
    expect(modelOf('acme.wonder-1').limits.contextTokens).toBe(200_000);
  });
});
