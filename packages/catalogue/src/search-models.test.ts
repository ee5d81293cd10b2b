import { describe, expect, it } from 'vitest';
import { loadCatalogue } from './load-catalogue.ts';
import { searchModels } from './search-models.ts';

const catalogue = loadCatalogue();
const idsOf = (filter: Parameters<typeof searchModels>[1]) => searchModels(catalogue, filter).map(({ id }) => id);

describe('searchModels', () => {
  it('gives every model without a filter', () => {
    expect(searchModels(catalogue, {})).toEqual(catalogue.models);
  });

  it('takes only models with every word, whatever their case', () => {
    expect(idsOf({ text: 'NOVA lite' })).toEqual(['amazon.nova-lite-v1:0', 'amazon.nova-2-lite-v1:0']);
    expect(idsOf({ text: 'nova grok' })).toEqual([]);
    expect(idsOf({ text: ' ' })).toHaveLength(catalogue.models.length);
  });

  it('takes only models of a provider', () => {
    expect(new Set(searchModels(catalogue, { provider: 'xai' }).map(({ provider }) => provider))).toEqual(new Set(['xAI']));
  });

  it('takes only models that are known to have the capability', () => {
    expect(idsOf({ text: 'haiku', capability: 'computer-use' })).toContain('anthropic.claude-haiku-4-5-20251001-v1:0');
    expect(idsOf({ text: 'haiku', capability: 'computer-use' })).not.toContain('anthropic.claude-haiku-5-5');
  });

  it('takes models that are offered in the Region, also by a profile only', () => {
    expect(idsOf({ text: 'nova lite', region: 'eu-west-1' })).toContain('amazon.nova-lite-v1:0');
    expect(idsOf({ text: 'nova lite', region: 'us-gov-west-1' })).toEqual([]);
  });

  it('takes models by their stage on a day, or on that of the evidence', () => {
    expect(idsOf({ text: 'jamba 1.5', stage: 'legacy', date: '2026-11-20' })).toHaveLength(2);
    expect(idsOf({ text: 'jamba 1.5', stage: 'ended', date: '2026-11-26' })).toHaveLength(2);
    expect(idsOf({ text: 'jamba 1.5', stage: 'legacy' })).toHaveLength(2);
  });

  it('joins the parts of a filter', () => {
    const ids = idsOf({ provider: 'Anthropic', capability: 'reasoning', region: 'eu-central-1', stage: 'active', date: '2026-11-20' });
    expect(ids).toContain('anthropic.claude-sonnet-4-6');
    expect(ids.every((id) => id.startsWith('anthropic.'))).toBe(true);
  });
});
