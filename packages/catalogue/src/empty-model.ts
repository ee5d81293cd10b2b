import { CAPABILITIES, type Capability } from './capabilities.ts';
import type { Model } from './model.ts';

/** The model of an id of which nothing is known: what a new model of the overrides is merged into. */
export function emptyModel(id: string): Omit<Model, 'name' | 'provider' | 'inputModalities' | 'outputModalities' | 'apis'> {
  return {
    id,
    aliases: [],
    family: null,
    limits: { contextTokens: null, maxOutputTokens: null, source: null, confidence: null },
    knowledgeCutoff: null,
    embeddingDimensions: null,
    capabilities: Object.fromEntries(CAPABILITIES.map((name) => [name, null])) as Record<Capability, null>,
    reasoningMode: null,
    promptCaching: null,
    languages: null,
    mantleApis: null,
    regions: null,
    onDemandRegions: null,
    mantleRegions: null,
    profiles: [],
    prices: noPrices(),
    lifecycle: {
      stage: 'unknown',
      asOf: null,
      launchedOn: null,
      endsOn: null,
      endsNoSoonerThan: null,
      stillActive: null,
      successor: null,
      notes: [],
    },
    customization: { methods: [], regions: null, newJobsAllowed: null, fineTuneModelId: null, distillation: null, prices: null },
    provisionedThroughput: { supported: null, modelIds: null, perModelUnitHour: null },
    strengths: [],
    bestFor: [],
    tagsSource: null,
    licence: { name: null, url: null, weights: null, source: null },
    benchmarks: [],
    modelCardUrl: null,
    disagreements: [],
    sources: [],
  };
}

function noPrices(): Model['prices'] {
  return {
    asOf: null,
    sources: [],
    inRegion: null,
    global: null,
    tiers: {},
    byRegion: {},
    byProfile: {},
    extendedAccess: null,
    reserved: null,
    media: {},
    disputed: [],
  };
}
