export type QuotaKind = 'requestsPerMinute' | 'tokensPerMinute';
export type QuotaScope = 'on-demand' | 'profile' | 'global-profile';
export type ParsedQuota = { scope: QuotaScope; kind: QuotaKind; model: string };

const NAME = /^(On-demand|Cross-region|Global cross-region) (?:model inference|InvokeModel) (requests|tokens) per minute for (.+)$/i;
const SCOPES: Readonly<Record<string, QuotaScope>> = {
  'on-demand': 'on-demand',
  'cross-region': 'profile',
  'global cross-region': 'global-profile',
};

/** Service Quotas names Bedrock's limits in a sentence, and knows no model ids: `Cross-region model inference tokens per minute for Amazon Nova Lite`. */
export function parseQuotaName(name: string): ParsedQuota | undefined {
  const [, scope = '', unit, model] = NAME.exec(name) ?? [];
  const known = SCOPES[scope.toLowerCase()];
  if (!known || !model) return undefined;
  return { scope: known, kind: unit?.toLowerCase() === 'requests' ? 'requestsPerMinute' : 'tokensPerMinute', model: comparableName(model) };
}

/** A model's name as quotas can be compared by it: `Anthropic Claude Sonnet 4 V1` as `anthropic claude sonnet 4`. */
export function comparableName(name: string): string {
  const words = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9.]+/g, ' ')
    .trim();
  return words.replace(/ v1$/, '');
}
