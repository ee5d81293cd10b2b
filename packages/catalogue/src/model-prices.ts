import * as z from 'zod/mini';
import { FactDate, FactSource } from './fact-source.ts';

/** US dollars; null where nobody has stated it, never 0 for that. */
const dollars = z.nullable(z.number().check(z.gte(0)));
const tokenRates = { inputPerMTokens: dollars, outputPerMTokens: dollars };

/** The rates of a whole call whose input, cache included, is longer than the threshold. */
const LongContextRates = z.strictObject({ thresholdTokens: z.int().check(z.gte(1)), ...tokenRates });

const allRates = {
  ...tokenRates,
  cacheReadPerMTokens: dollars,
  /** For tokens kept five minutes. */
  cacheWritePerMTokens: dollars,
  /** For tokens kept an hour. */
  cacheWrite1hPerMTokens: dollars,
  longContext: z.optional(LongContextRates),
  /** Absent when it is one of the price record's. */
  source: z.optional(FactSource),
};

/** The rates of one place, from a list that is not AWS's, or from an override. */
const PlaceRates = z.strictObject({
  ...tokenRates,
  cacheReadPerMTokens: z.optional(dollars),
  cacheWritePerMTokens: z.optional(dollars),
  cacheWrite1hPerMTokens: z.optional(dollars),
  /** Null when it is one of the price record's. */
  source: z.nullable(FactSource),
});
export type PlaceRates = z.infer<typeof PlaceRates>;

const TierRates = z.strictObject({
  inputPerMTokens: z.optional(dollars),
  outputPerMTokens: z.optional(dollars),
  perImage: z.optional(dollars),
  perDocumentImage: z.optional(dollars),
  perSecondVideo: z.optional(dollars),
  perSecondAudio: z.optional(dollars),
  source: z.optional(FactSource),
});

/** Dollars per hour for each thousand tokens a minute that are reserved. */
const ReservedRates = z.strictObject({
  inputOneMonth: dollars,
  inputThreeMonths: dollars,
  outputOneMonth: dollars,
  outputThreeMonths: dollars,
});

/** What is not charged by text token; each field is there only for models that have it. */
const MediaPrices = z.strictObject({
  perImage: z.optional(dollars),
  perImageBy: z.optional(
    z.array(z.strictObject({ maxResolution: z.string(), quality: z.optional(z.string()), steps: z.optional(z.string()), dollars })),
  ),
  perDocumentImage: z.optional(dollars),
  perSecond: z.optional(dollars),
  /** What the seconds are of, where it is not the output. */
  perSecondOf: z.optional(z.string()),
  perSecondBy: z.optional(z.array(z.strictObject({ resolution: z.string(), dollars }))),
  perSecondAudio: z.optional(dollars),
  perQuery: z.optional(dollars),
  speechInputPerMTokens: z.optional(dollars),
  speechOutputPerMTokens: z.optional(dollars),
});

export const PRICE_TIERS = ['batch', 'flex', 'priority', 'latency-optimized'] as const;
export type PriceTier = (typeof PRICE_TIERS)[number];

/** What a model costs, by place and tier. Tokens in dollars per million. */
export const ModelPrices = z.strictObject({
  /** The day of the newest figure; null when there is no figure. */
  asOf: z.nullable(FactDate),
  sources: z.array(FactSource),
  /** In a Region of the United States, or through their geographic profile; null when not known. */
  inRegion: z.nullable(z.strictObject({ region: z.string(), ...allRates })),
  /** Through the global profile, wherever it is called from; null when not known or when there is none. */
  global: z.nullable(z.strictObject(allRates)),
  /** By tier, where `inRegion` holds. */
  tiers: z.partialRecord(z.enum(PRICE_TIERS), TierRates),
  /** By Region, for calls without a profile. */
  byRegion: z.record(z.string(), PlaceRates),
  /** By prefix of a geographic profile. AWS charges by the Region of the call, so this is true of most of its Regions only. */
  byProfile: z.record(z.string(), PlaceRates),
  /** What a model costs between the end of its standard support and its end of life. */
  extendedAccess: z.nullable(z.strictObject({ ...tokenRates, from: FactDate, regions: z.string() })),
  reserved: z.nullable(z.strictObject({ inRegion: ReservedRates, global: ReservedRates })),
  media: MediaPrices,
  /** What speaks against the figures, or was left out of them. */
  disputed: z.array(z.string()),
});
export type ModelPrices = z.infer<typeof ModelPrices>;
