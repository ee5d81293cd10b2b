import { describe, expect, it } from 'vitest';
import { comparableName, parseQuotaName } from './quota-names.ts';

describe('parseQuotaName', () => {
  it.each([
    [
      'On-demand model inference requests per minute for Amazon Nova Lite',
      { scope: 'on-demand', kind: 'requestsPerMinute', model: 'amazon nova lite' },
    ],
    [
      'Cross-region model inference tokens per minute for Anthropic Claude Sonnet 4 V1',
      { scope: 'profile', kind: 'tokensPerMinute', model: 'anthropic claude sonnet 4' },
    ],
    [
      'Cross-Region InvokeModel tokens per minute for Meta Llama 3.3 70B Instruct',
      { scope: 'profile', kind: 'tokensPerMinute', model: 'meta llama 3.3 70b instruct' },
    ],
    [
      'Global cross-region model inference tokens per minute for Anthropic Claude Haiku 4.5',
      { scope: 'global-profile', kind: 'tokensPerMinute', model: 'anthropic claude haiku 4.5' },
    ],
  ])('reads %s', (name, expected) => expect(parseQuotaName(name)).toEqual(expected));

  it.each(['Model invocation max tokens per day for Amazon Nova Lite', 'Throttle rate limit for GetBlueprint', ''])(
    'passes over "%s"',
    (name) => {
      expect(parseQuotaName(name)).toBeUndefined();
    },
  );

  it('takes a variant with a longer context for another model', () => {
    const long = parseQuotaName('Cross-region model inference tokens per minute for Anthropic Claude Sonnet 4.5 V1 1M Context Length');
    expect(long?.model).not.toBe(comparableName('Anthropic Claude Sonnet 4.5'));
  });
});
