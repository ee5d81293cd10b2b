import type { Price } from '@signalbox/contracts';

/** US dollars of a call that uses so many tokens; NaN when a price that it needs is unknown. */
export type CostOfTokens = (inputTokens: number, outputTokens: number) => number;

type Rates = Pick<Price, 'inputPerMTokens' | 'outputPerMTokens'>;

const TOKENS_PER_PRICE = 1_000_000;

/** The catalogue's `estimateCost`, unrounded and with one target's rates at hand: for ranking many targets in the time of a few calls of it. */
export function prepareCost({ longContext, ...short }: Price): CostOfTokens {
  const threshold = longContext?.thresholdTokens ?? Number.POSITIVE_INFINITY;
  const [usual, long] = [perToken(short), perToken(longContext ?? short)];
  return (inputTokens, outputTokens) => {
    const { input, output } = inputTokens > threshold ? long : usual;
    // No tokens cost nothing, at an unknown price too.
    return (inputTokens === 0 ? 0 : inputTokens * input) + (outputTokens === 0 ? 0 : outputTokens * output);
  };
}

function perToken({ inputPerMTokens, outputPerMTokens }: Rates): { input: number; output: number } {
  return { input: (inputPerMTokens ?? Number.NaN) / TOKENS_PER_PRICE, output: (outputPerMTokens ?? Number.NaN) / TOKENS_PER_PRICE };
}
