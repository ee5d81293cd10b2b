import type { BedrockTarget, Requirements } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import type { RequestFeatures } from '../features/request-features.ts';
import { makeRequest } from '../testing/make-request.ts';
import { makeTable, makeTarget } from '../testing/make-table.ts';
import { knowsLanguage } from './find-exclusion.ts';
import { plan } from './plan.ts';

type Given = { target: Partial<BedrockTarget>; request?: Partial<RequestFeatures>; requirements?: Requirements };

/** Why the one target of a route is excluded; undefined when it is not. */
function reasonOf({ target, request = {}, requirements }: Given): string | undefined {
  const made = makeTable({ targets: [makeTarget('only', target)] });
  const asked = makeRequest({ ...request, ...(requirements && { requirements }) });
  return plan({ ...made, request: asked, random: () => 0 }).excluded[0]?.reason;
}

describe('a target is excluded by length', () => {
  const target = { contextTokens: 1_000, maxOutputTokens: 500 };
  const request = (estimatedInputTokens: number) => ({ estimatedInputTokens, inputCharacters: 900, maxTokens: 500 });

  it('when input and output together are above its context even by a generous estimate', () => {
    expect(reasonOf({ target, request: request(626) })).toBe('context-tokens');
  });

  it('but not when they just fit', () => {
    expect(reasonOf({ target, request: request(625) })).toBeUndefined();
  });
});

describe('a target is excluded by cost', () => {
  const target = { price: { inputPerMTokens: 1, outputPerMTokens: 2 } };
  const request = { estimatedInputTokens: 100, maxTokens: 450 };

  it('above what the request allows, not at it', () => {
    expect(reasonOf({ target, request, requirements: { maxCostUsd: 0.001 } })).toBeUndefined();
    expect(reasonOf({ target, request, requirements: { maxCostUsd: 0.00099 } })).toBe('cost');
  });

  it('when nobody knows its price, but only where the request sets a bound', () => {
    const unknown = { price: { inputPerMTokens: null, outputPerMTokens: 1 } };
    expect(reasonOf({ target: unknown, requirements: { maxCostUsd: 5 } })).toBe('price-unknown');
    expect(reasonOf({ target: unknown, requirements: { capabilities: ['tool-use'] } })).toBeUndefined();
  });
});

describe('a language', () => {
  it.each<[string[], string, boolean]>([
    [['en', 'pt'], 'pt', true],
    [['pt-BR'], 'pt', true],
    [['pt'], 'pt-BR', true],
    [['PT-br'], 'pt-BR', true],
    [['zh-Hans'], 'zh-Hant', false],
    [['pt'], 'p', false],
    [[], 'pt', false],
  ])('of %j serves %s: %s', (known, wanted, expected) => {
    expect(knowsLanguage(known, wanted)).toBe(expected);
  });
});
