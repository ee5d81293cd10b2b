import type { Price, Usage } from '@signalbox/contracts';

const TOKENS_PER_PRICE = 1_000_000;

/**
 * What the tokens cost in US dollars; null when nobody counted them, or when a price is unknown for tokens that were used.
 * Tokens read from and written to a cache are priced apart: `inputTokens` does not contain them.
 */
export function costOf({ usage, price }: { usage: Usage | undefined; price: Price }): number | null {
  if (!usage) return null;
  const parts: [tokens: number | undefined, pricePerMTokens: number | null | undefined][] = [
    [usage.inputTokens, price.inputPerMTokens],
    [usage.outputTokens, price.outputPerMTokens],
    [usage.cacheReadTokens, price.cacheReadPerMTokens],
    [usage.cacheWriteTokens, price.cacheWritePerMTokens],
  ];
  let total = 0;
  for (const [tokens = 0, pricePerMTokens] of parts) {
    if (tokens === 0) continue;
    if (pricePerMTokens === null || pricePerMTokens === undefined) return null;
    total += tokens * pricePerMTokens;
  }
  // Binary fractions leave dust that nobody is billed for.
  return Number((total / TOKENS_PER_PRICE).toPrecision(12));
}
