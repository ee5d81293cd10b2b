import { isRecord } from './is-record.ts';

/** Who is named for figures that an override states without a source. */
const OVERRIDE_SOURCE = { name: 'catalogue overrides of the policy', date: null };

/** A price that is overridden replaces the whole one that was there: a new rate beside an old one would be neither price. */
const NEW_PRICE = {
  inputPerMTokens: null,
  outputPerMTokens: null,
  cacheReadPerMTokens: null,
  cacheWritePerMTokens: null,
  cacheWrite1hPerMTokens: null,
  longContext: undefined,
  source: OVERRIDE_SOURCE,
};
const NEW_SHORT_PRICE = { inputPerMTokens: null, outputPerMTokens: null, source: OVERRIDE_SOURCE };
const NEW_LIMITS = { source: OVERRIDE_SOURCE, confidence: null };

type Fields = Record<string, unknown>;

/** Fills in what an override leaves out. Figures that it states are no longer those of their source. */
export function completeOverride(change: Fields): Fields {
  return {
    ...change,
    ...(isRecord(change.limits) && { limits: { ...NEW_LIMITS, ...change.limits } }),
    ...(isRecord(change.prices) && { prices: completePrices(change.prices) }),
  };
}

function completePrices(prices: Fields): Fields {
  const { inRegion, global, tiers, byRegion, byProfile } = prices;
  return {
    ...prices,
    ...(isRecord(inRegion) && { inRegion: { region: 'us-east-1', ...NEW_PRICE, ...inRegion } }),
    ...(isRecord(global) && { global: { ...NEW_PRICE, ...global } }),
    ...(isRecord(tiers) && { tiers: completeEach(tiers, NEW_SHORT_PRICE) }),
    ...(isRecord(byRegion) && { byRegion: completeEach(byRegion, NEW_SHORT_PRICE) }),
    ...(isRecord(byProfile) && { byProfile: completeEach(byProfile, NEW_SHORT_PRICE) }),
  };
}

function completeEach(prices: Fields, blank: Fields): Fields {
  return Object.fromEntries(Object.entries(prices).map(([name, price]) => [name, isRecord(price) ? { ...blank, ...price } : price]));
}
