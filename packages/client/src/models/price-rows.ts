import { describeSource, type Model } from '@signalbox/catalogue';

type Rate = number | null | undefined;

/** One price of a model: which, and its rates in US dollars per million tokens. */
export type PriceRow = {
  what: string;
  input: Rate;
  output: Rate;
  cacheRead?: Rate;
  cacheWrite?: Rate;
  cacheWrite1h?: Rate;
  source?: string;
};

type Rates = NonNullable<Model['prices']['global']>;

/** Every price for tokens that is stated of a model. */
export function priceRows({ prices }: Model): PriceRow[] {
  const { inRegion, global, tiers, byRegion, byProfile, extendedAccess } = prices;
  return [
    ...(inRegion ? ratesOf(inRegion.region, inRegion) : []),
    ...(global ? ratesOf('global profile', global) : []),
    ...Object.entries(tiers).map(([tier, rates]) => ({
      what: `tier ${tier}`,
      input: rates?.inputPerMTokens,
      output: rates?.outputPerMTokens,
    })),
    ...Object.entries(byProfile).map(([prefix, rates]) => placeOf(`profile ${prefix}`, rates)),
    ...Object.entries(byRegion).map(([region, rates]) => placeOf(region, rates)),
    ...(extendedAccess
      ? [{ what: `from ${extendedAccess.from} on`, input: extendedAccess.inputPerMTokens, output: extendedAccess.outputPerMTokens }]
      : []),
  ];
}

function ratesOf(what: string, rates: Rates): PriceRow[] {
  const { longContext } = rates;
  const row = { what, input: rates.inputPerMTokens, output: rates.outputPerMTokens };
  const caching = {
    cacheRead: rates.cacheReadPerMTokens,
    cacheWrite: rates.cacheWritePerMTokens,
    cacheWrite1h: rates.cacheWrite1hPerMTokens,
  };
  const long = longContext && {
    what: `${what}, input over ${longContext.thresholdTokens.toLocaleString('en-US')}`,
    input: longContext.inputPerMTokens,
    output: longContext.outputPerMTokens,
  };
  return [{ ...row, ...caching }, ...(long ? [long] : [])];
}

function placeOf(what: string, { inputPerMTokens, outputPerMTokens, source }: Model['prices']['byRegion'][string]): PriceRow {
  return { what, input: inputPerMTokens, output: outputPerMTokens, ...(source && { source: describeSource(source) }) };
}

/** Prices for what is not text: `perImage` as `per image`. */
export function mediaPrices({ prices }: Model): [what: string, dollars: number | null][] {
  return Object.entries(prices.media).flatMap(([field, value]) =>
    typeof value === 'number' || value === null ? [[inWords(field), value]] : [],
  );
}

function inWords(field: string): string {
  return field
    .replaceAll('MTokens', ' million tokens')
    .replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .replaceAll(/ +/g, ' ');
}
