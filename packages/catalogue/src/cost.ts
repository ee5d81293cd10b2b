import type { Price, Usage } from '@signalbox/contracts';

const TOKENS_PER_PRICE = 1_000_000;

type Rates = Omit<Price, 'longContext'>;

/**
 * What the tokens cost in US dollars; null when nobody counted them, or when a price is unknown for tokens that were used.
 * Tokens read from and written to a cache are priced apart: `inputTokens` does not contain them.
 */
export function costOf({ usage, price }: { usage: Usage | undefined; price: Price }): number | null {
  if (!usage) return null;
  const { inputTokens, outputTokens, cacheReadTokens = 0, cacheWriteTokens = 0, cacheWrite1hTokens = 0 } = usage;
  // The tokens kept an hour are among those written; a provider that counts only them has written at least them.
  const written = Math.max(cacheWriteTokens, cacheWrite1hTokens);
  const rates = ratesFor(price, inputTokens + cacheReadTokens + written);
  const total = addUp([
    [inputTokens, rates.inputPerMTokens],
    [outputTokens, rates.outputPerMTokens],
    [cacheReadTokens, rates.cacheReadPerMTokens],
    [written - cacheWrite1hTokens, rates.cacheWritePerMTokens],
    [cacheWrite1hTokens, rates.cacheWrite1hPerMTokens],
  ]);
  // Binary fractions leave dust that nobody is billed for.
  return total === null ? null : Number((total / TOKENS_PER_PRICE).toPrecision(12));
}

/** What a call would cost in US dollars that reads nothing from a cache; null when a price is unknown that it needs. */
export function estimateCost({
  inputTokens,
  outputTokens,
  price,
}: {
  inputTokens: number;
  outputTokens: number;
  price: Price;
}): number | null {
  return costOf({ usage: { inputTokens, outputTokens }, price });
}

/** Past the threshold the whole call has the rates of long context; one of them that is not stated is not known. */
function ratesFor({ longContext, ...rates }: Price, inputTokens: number): Rates {
  return longContext && inputTokens > longContext.thresholdTokens ? longContext : rates;
}

function addUp(parts: readonly (readonly [tokens: number, pricePerMTokens: number | null | undefined])[]): number | null {
  let total = 0;
  for (const [tokens, pricePerMTokens] of parts) {
    if (tokens === 0) continue;
    if (pricePerMTokens === null || pricePerMTokens === undefined) return null;
    total += tokens * pricePerMTokens;
  }
  return total;
}
