import type { Price } from '@signalbox/contracts';
import { describeSource, type FactSource } from './fact-source.ts';
import type { Model, Profile } from './model.ts';
import type { ModelPrices, PriceTier } from './model-prices.ts';

export type PriceQuery = { region: string; profile?: Profile | undefined; tier?: PriceTier | 'default' | undefined };

export type ModelPrice = {
  price: Price;
  /** In words: which price, from where, of when. */
  basis: string;
  /** True when nobody states a price for this place and tier, and the nearest one that is stated stands in. */
  isEstimate: boolean;
};

/** Regions that share the price which AWS lists for the United States. */
const LISTED_REGIONS: readonly string[] = ['us-east-1', 'us-east-2', 'us-west-2'];

const NO_PRICE: Price = { inputPerMTokens: null, outputPerMTokens: null };

type Found = { price: Price; what: string; isEstimate?: boolean; source?: FactSource | null | undefined };

/**
 * What tokens of the model cost, called in a Region, by its id or a profile, at a tier. A price that is not stated for the
 * place is replaced by that of the United States, and the basis says so; a tier without a price has none, and rates that the
 * chosen price does not state stay null.
 */
export function priceOf(model: Model, query: PriceQuery): ModelPrice {
  const { prices } = model;
  const { tier } = query;
  const found = tier === undefined || tier === 'default' ? findStandard(prices, query) : findTier(prices, tier, query);
  if (!found) return { price: NO_PRICE, basis: `no price is known ${describeQuery(query)}`, isEstimate: false };
  const sources = found.source ? [found.source] : prices.sources;
  return {
    price: keepThreshold(prices, found.price),
    basis: [found.what, ...sources.map(describeSource)].join('; '),
    isEstimate: found.isEstimate ?? false,
  };
}

function findStandard(prices: ModelPrices, query: PriceQuery): Found | undefined {
  const { inRegion, global } = prices;
  if (query.profile?.scope === 'global') return global ? findListed(global, 'price of the global profile') : findStandIn(prices, query);
  if (isListedPlace(query) && inRegion) return findListed(inRegion, `price ${describeQuery(query)}`);
  return findPlace(prices, query) ?? findStandIn(prices, query);
}

type ListedRates = NonNullable<ModelPrices['inRegion'] | ModelPrices['global']>;

function findListed(rates: ListedRates, what: string): Found {
  return { price: toPrice(rates), what, source: rates.source };
}

/** The price of exactly this Region or profile. Where it is the listed price over again, so are the rates that it does not name. */
function findPlace({ inRegion, byRegion, byProfile }: ModelPrices, query: PriceQuery): Found | undefined {
  const place = query.profile ? byProfile[query.profile.prefix] : byRegion[query.region];
  if (!place) return undefined;
  const { source, ...rates } = place;
  const isListedPrice = rates.inputPerMTokens === inRegion?.inputPerMTokens && rates.outputPerMTokens === inRegion.outputPerMTokens;
  return { price: isListedPrice ? { ...toPrice(inRegion), ...rates } : rates, what: `price ${describeQuery(query)}`, source };
}

function findStandIn({ inRegion, global }: ModelPrices, query: PriceQuery): Found | undefined {
  const listed = inRegion ?? global;
  if (!listed) return undefined;
  const which = inRegion ? 'the price in the United States' : 'the price of the global profile';
  return { ...findListed(listed, `estimate: ${which}; none is known ${describeQuery(query)}`), isEstimate: true };
}

/** Tiers are listed for the United States. */
function findTier({ tiers }: ModelPrices, tier: PriceTier, query: PriceQuery): Found | undefined {
  const rates = tiers[tier];
  if (!rates) return undefined;
  const { inputPerMTokens = null, outputPerMTokens = null, source } = rates;
  const price = { inputPerMTokens, outputPerMTokens };
  if (isListedPlace(query)) return { price, what: `price ${describeQuery(query)}`, source };
  return {
    price,
    what: `estimate: the ${tier} price in the United States; none is known ${describeQuery(query)}`,
    isEstimate: true,
    source,
  };
}

/** AWS charges by the Region of the call, with no fee for a profile: the listed price holds there by the model's id and by its `us` profile. */
function isListedPlace({ profile, region }: PriceQuery): boolean {
  return LISTED_REGIONS.includes(region) && (!profile || profile.prefix === 'us');
}

/** A model that charges more for long input does so at every place and tier, even where the higher rates are not known. */
function keepThreshold({ inRegion, global }: ModelPrices, price: Price): Price {
  const threshold = inRegion?.longContext?.thresholdTokens ?? global?.longContext?.thresholdTokens;
  if (price.longContext || threshold === undefined) return price;
  return { ...price, longContext: { thresholdTokens: threshold, inputPerMTokens: null, outputPerMTokens: null } };
}

function toPrice(rates: ListedRates): Price {
  const { inputPerMTokens, outputPerMTokens, cacheReadPerMTokens, cacheWritePerMTokens, cacheWrite1hPerMTokens, longContext } = rates;
  const price = { inputPerMTokens, outputPerMTokens, cacheReadPerMTokens, cacheWritePerMTokens, cacheWrite1hPerMTokens };
  return longContext ? { ...price, longContext } : price;
}

function describeQuery({ region, profile, tier }: PriceQuery): string {
  const place = profile ? `through the profile ${profile.prefix} from ${region}` : `in ${region}`;
  return tier === undefined || tier === 'default' ? place : `${place} at tier ${tier}`;
}
