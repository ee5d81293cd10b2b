import { describe, expect, it } from 'vitest';
import { loadCatalogue } from './load-catalogue.ts';
import { resolveModel } from './resolve-model.ts';

const catalogue = loadCatalogue();
const haiku = 'anthropic.claude-haiku-4-5-20251001-v1:0';

describe('resolveModel', () => {
  it.each([
    ['an id', haiku, haiku, undefined],
    ['an alias', 'anthropic.claude-haiku-4-5', haiku, undefined],
    ['a profile id', `eu.${haiku}`, haiku, 'eu'],
    ['the global profile', `global.${haiku}`, haiku, 'global'],
    ['the ARN of a model', `arn:aws:bedrock:us-east-1::foundation-model/${haiku}`, haiku, undefined],
    ['the ARN of a model without a Region', `arn:aws:bedrock:::foundation-model/${haiku}`, haiku, undefined],
    ['the ARN of a profile', `arn:aws:bedrock:us-west-2:123456789012:inference-profile/us.${haiku}`, haiku, 'us'],
    [
      'an ARN of another partition',
      'arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/amazon.nova-lite-v1:0',
      'amazon.nova-lite-v1:0',
      undefined,
    ],
  ])('finds %s', (_, name, id, prefix) => {
    const found = resolveModel(catalogue, name);
    expect(found).toMatchObject({ kind: 'found', model: { id } });
    expect(found.kind === 'found' ? found.profile?.prefix : 'unknown').toBe(prefix);
  });

  it('finds every model by every name that the data gives it', () => {
    for (const model of catalogue.models) {
      for (const name of [model.id, ...model.aliases]) expect(resolveModel(catalogue, name)).toEqual({ kind: 'found', model });
      for (const profile of model.profiles) expect(resolveModel(catalogue, profile.id)).toEqual({ kind: 'found', model, profile });
    }
  });

  it.each([
    ['a part of an id', 'claude-haiku-4-5'],
    ['an id in other letters', haiku.toUpperCase()],
    ['an id with a space', `${haiku} `],
    ['the name of a model', 'Claude Haiku 4.5'],
    ['an ARN of another kind', `arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/${haiku}`],
    ['nothing', ''],
  ])('does not guess from %s', (_, name) => {
    expect(resolveModel(catalogue, name).kind).toBe('unknown');
  });

  it.each([
    ['amazon.nova-lit-v1:0', 'amazon.nova-lite-v1:0'],
    ['amazon.nova-lite-v1', 'amazon.nova-lite-v1:0'],
    ['nova-lite', 'amazon.nova-lite-v1:0'],
    ['anthropic.claude-sonnet-4.6', 'anthropic.claude-sonnet-4-6'],
    ['anthropic.claude-sonet-4-6', 'anthropic.claude-sonnet-4-6'],
    ['Claude Haiku 4.5', haiku],
    ['claude-haiku-4-5', haiku],
    ['anthropic.claude-3-5-sonnet-20241022-v2', 'anthropic.claude-3-5-sonnet-20241022-v2:0'],
    ['llama3.3', 'meta.llama3-3-70b-instruct-v1:0'],
  ])('suggests for %s first %s', (name, expected) => {
    expect(resolveModel(catalogue, name)).toMatchObject({
      kind: 'unknown',
      suggestions: expect.toSatisfy((names: string[]) => names[0] === expected),
    });
  });

  it('suggests the profiles that exist for one that does not', () => {
    const { id, profiles } = catalogue.byName.get('anthropic.claude-opus-4-1-20250805-v1:0')?.model ?? { id: '', profiles: [] };
    expect(resolveModel(catalogue, `eu.${id}`)).toEqual({ kind: 'unknown', suggestions: [id, ...profiles.map((profile) => profile.id)] });
    expect(profiles.map(({ prefix }) => prefix)).toEqual(['us']);
  });

  it('suggests models that can be called before ended ones', () => {
    const result = resolveModel(catalogue, 'claude haiku');
    const first = result.kind === 'unknown' ? catalogue.byName.get(result.suggestions[0] ?? '') : undefined;
    expect(first?.model.lifecycle.stage).toBe('active');
  });

  it('suggests nothing for what is like nothing', () => {
    expect(resolveModel(catalogue, 'xyzzy')).toEqual({ kind: 'unknown', suggestions: [] });
  });
});
