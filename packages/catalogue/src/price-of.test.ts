import { describe, expect, it } from 'vitest';
import { findModel, findProfile } from './__fixtures__/find-model.ts';
import { loadCatalogue } from './load-catalogue.ts';
import type { Model } from './model.ts';
import { PRICE_TIERS, type PriceTier } from './model-prices.ts';
import { priceOf } from './price-of.ts';

const haiku = 'anthropic.claude-haiku-4-5-20251001-v1:0';
const haikuInRegion = {
  inputPerMTokens: 1.1,
  outputPerMTokens: 5.5,
  cacheReadPerMTokens: 0.11,
  cacheWritePerMTokens: 1.375,
  cacheWrite1hPerMTokens: 2.2,
};
const haikuGlobal = {
  inputPerMTokens: 1,
  outputPerMTokens: 5,
  cacheReadPerMTokens: 0.1,
  cacheWritePerMTokens: 1.25,
  cacheWrite1hPerMTokens: 2,
};
const unknown = { inputPerMTokens: null, outputPerMTokens: null };

function ask(id: string, region: string, prefix?: string, tier?: PriceTier | 'default') {
  const model = findModel(id);
  return priceOf(model, { region, profile: prefix === undefined ? undefined : findProfile(model, prefix), tier });
}

describe('priceOf', () => {
  it.each<[name: string, args: Parameters<typeof ask>, price: object, basis: string]>([
    ['the listed price in its Region', [haiku, 'us-east-1'], haikuInRegion, 'price in us-east-1; AWS Bedrock pricing page, 2026-07-24'],
    [
      'the listed price in another large Region of the country',
      [haiku, 'us-west-2'],
      haikuInRegion,
      'price in us-west-2; AWS Bedrock pricing page, 2026-07-24',
    ],
    [
      'the listed price through the us profile',
      [haiku, 'us-east-2', 'us'],
      haikuInRegion,
      'price through the profile us from us-east-2; AWS Bedrock pricing page, 2026-07-24',
    ],
    [
      'the price of the global profile from anywhere',
      [haiku, 'sa-east-1', 'global'],
      haikuGlobal,
      'price of the global profile; AWS Bedrock pricing page, 2026-07-24',
    ],
    [
      'the default tier as no tier',
      [haiku, 'us-east-1', undefined, 'default'],
      haikuInRegion,
      'price in us-east-1; AWS Bedrock pricing page, 2026-07-24',
    ],
    [
      'a profile that a secondary list prices, with all listed rates where it is the same price',
      [haiku, 'eu-west-1', 'eu'],
      haikuInRegion,
      'price through the profile eu from eu-west-1; LiteLLM price list, 2026-07-24 (not checked against AWS)',
    ],
    [
      'a profile that a secondary list prices otherwise, without cache rates',
      ['amazon.nova-lite-v1:0', 'eu-west-1', 'eu'],
      { inputPerMTokens: 0.078, outputPerMTokens: 0.312 },
      'price through the profile eu from eu-west-1; LiteLLM price list, 2026-07-24 (not checked against AWS)',
    ],
    [
      'a Region that a secondary list prices',
      ['meta.llama3-70b-instruct-v1:0', 'sa-east-1'],
      { inputPerMTokens: 4.45, outputPerMTokens: 5.88 },
      'price in sa-east-1; LiteLLM price list, 2026-07-24 (not checked against AWS)',
    ],
    [
      'a tier',
      ['amazon.nova-pro-v1:0', 'us-east-1', undefined, 'priority'],
      { inputPerMTokens: 1.4, outputPerMTokens: 5.6 },
      'price in us-east-1 at tier priority; AWS Bedrock pricing page, 2026-07-24',
    ],
    [
      'the batch tier through the us profile',
      [haiku, 'us-east-1', 'us', 'batch'],
      { inputPerMTokens: 0.55, outputPerMTokens: 2.75 },
      'price through the profile us from us-east-1 at tier batch; AWS Bedrock pricing page, 2026-07-24',
    ],
  ])('states %s', (_, args, price, basis) => {
    expect(ask(...args)).toEqual({ price, basis, isEstimate: false });
  });

  it.each<[name: string, args: Parameters<typeof ask>, price: object, basis: string]>([
    [
      'a Region without a price',
      ['amazon.nova-lite-v1:0', 'eu-west-2'],
      { inputPerMTokens: 0.06, outputPerMTokens: 0.24 },
      'estimate: the price in the United States; none is known in eu-west-2;',
    ],
    [
      'a profile without a price',
      [haiku, 'ap-south-1', 'in'],
      haikuInRegion,
      'estimate: the price in the United States; none is known through the profile in from ap-south-1;',
    ],
    [
      'the us profile from Canada',
      [haiku, 'ca-central-1', 'us'],
      haikuInRegion,
      'estimate: the price in the United States; none is known through the profile us from ca-central-1;',
    ],
    [
      'a Region when only the global price is listed',
      ['openai.gpt-6-luna', 'us-east-1', 'us'],
      { inputPerMTokens: 0.1, outputPerMTokens: 0.5 },
      'estimate: the price of the global profile; none is known through the profile us from us-east-1;',
    ],
    [
      'a tier elsewhere',
      ['amazon.nova-pro-v1:0', 'eu-west-1', 'eu', 'priority'],
      { inputPerMTokens: 1.4, outputPerMTokens: 5.6 },
      'estimate: the priority price in the United States; none is known through the profile eu from eu-west-1 at tier priority;',
    ],
  ])('estimates %s, and says from what', (_, args, price, basis) => {
    const result = ask(...args);
    expect(result).toMatchObject({ price, isEstimate: true });
    expect(result.basis).toMatch(basis);
  });

  it.each<[name: string, args: Parameters<typeof ask>, basis: string]>([
    ['a model without a price', ['zai.glm-4.6', 'us-east-1'], 'no price is known in us-east-1'],
    [
      'a tier without a price, rather than the price of another',
      [haiku, 'us-east-1', undefined, 'flex'],
      'no price is known in us-east-1 at tier flex',
    ],
  ])('is null for %s', (_, args, basis) => {
    expect(ask(...args)).toEqual({ price: unknown, basis, isEstimate: false });
  });

  it('has the rates of long context', () => {
    expect(ask('openai.gpt-5.4', 'us-east-1').price.longContext).toEqual({
      thresholdTokens: 272_000,
      inputPerMTokens: 5.5,
      outputPerMTokens: 24.75,
    });
  });

  it('keeps the threshold where the rates past it are not known', () => {
    const longContext = { thresholdTokens: 100_000, inputPerMTokens: null, outputPerMTokens: null };
    expect(ask('anthropic.claude-haiku-5-5', 'us-east-1', 'us').price.longContext).toEqual(longContext);
    expect(ask('anthropic.claude-haiku-5-5', 'eu-west-1', 'global').price.longContext).toEqual(longContext);
    expect(ask('openai.gpt-5.4', 'us-east-1', undefined, 'priority').price.longContext).toEqual({
      ...longContext,
      thresholdTokens: 272_000,
    });
  });

  it('takes the Region of the policy over the listed one, with its cache rates', () => {
    const byRegion = { 'eu-west-2': { inputPerMTokens: 0.07, outputPerMTokens: 0.28, cacheReadPerMTokens: 0.02 } };
    const { models } = loadCatalogue({ overrides: { models: { 'amazon.nova-lite-v1:0': { prices: { byRegion } } } } });
    const model = models.find(({ id }) => id === 'amazon.nova-lite-v1:0') as Model;
    expect(priceOf(model, { region: 'eu-west-2' })).toMatchObject({
      price: byRegion['eu-west-2'],
      basis: 'price in eu-west-2; catalogue overrides of the policy',
      isEstimate: false,
    });
    expect(priceOf(model, { region: 'us-east-1' })).toMatchObject({
      price: { inputPerMTokens: 0.06 },
      basis: expect.stringContaining('AWS Bedrock pricing page'),
    });
  });

  it('says for every model, place and tier what the price rests on, and never gives 0', () => {
    for (const model of loadCatalogue().models) {
      for (const profile of [undefined, ...model.profiles]) {
        for (const tier of [undefined, ...PRICE_TIERS]) {
          const { price, basis, isEstimate } = priceOf(model, { region: 'eu-west-1', profile, tier });
          const { longContext, ...rates } = price;
          expect([...Object.values(rates), ...Object.values(longContext ?? {})]).not.toContain(0);
          expect(basis).toMatch(/^(price|estimate: the|no price is known) /);
          expect(basis.startsWith('estimate')).toBe(isEstimate);
        }
      }
    }
  });
});
