import * as z from 'zod/mini';
import { CAPABILITIES } from './capabilities.ts';
import { FactDate, FactSource } from './fact-source.ts';
import { ModelCustomization, ProvisionedThroughput } from './model-customization.ts';
import { ModelLifecycle } from './model-lifecycle.ts';
import { ModelPrices } from './model-prices.ts';

const text = z.string().check(z.minLength(1));
const tokens = z.nullable(z.int().check(z.gte(1)));
const regions = z.nullable(
  z.array(z.string().check(z.regex(/^[a-z]{2,4}(-[a-z]+)+-\d$/, { error: 'must be the name of a Region, such as eu-west-1' }))),
);
const answer = z.nullable(z.boolean());

/** An inference profile of the system: one id that reaches a model in several Regions. */
export const Profile = z.strictObject({
  /** Prefix and model id. */
  id: text,
  /** `us`, `eu`, `apac`, `global` … */
  prefix: text,
  scope: z.enum(['geo', 'global']),
  /** Regions that it can be called from; null when not known. */
  sourceRegions: regions,
  /** Regions that content may be processed in, over all source Regions; null when that is any, or not known. */
  destinationRegions: regions,
});
export type Profile = z.infer<typeof Profile>;

const Benchmark = z.strictObject({
  name: text,
  score: z.number(),
  /** What the score counts; results compare only within one benchmark, metric, harness and version. */
  metric: text,
  /** Address of the result. */
  source: text,
  date: z.nullable(FactDate),
  harness: z.optional(text),
  variant: z.optional(text),
  version: z.optional(text),
});

/** What is known of a model. Null is not known, never no and never 0. */
export const Model = z.strictObject({
  /** As Bedrock has it, without the prefix of a profile. */
  id: text,
  /** Other spellings of the id. */
  aliases: z.array(text),
  name: text,
  provider: text,
  family: z.nullable(text),
  inputModalities: z.array(z.enum(['text', 'image', 'document', 'video', 'audio'])),
  outputModalities: z.array(z.enum(['text', 'image', 'video', 'audio', 'embedding'])),
  limits: z.strictObject({
    /** Input and output together. */
    contextTokens: tokens,
    maxOutputTokens: tokens,
    source: z.nullable(FactSource),
    /** `aws` when AWS states them; a `secondary` maximum of output is weak, as lists fill in 4096 or 8192 for unknown. */
    confidence: z.nullable(z.enum(['aws', 'secondary'])),
  }),
  /** The month that its training data ends with. */
  knowledgeCutoff: z.nullable(FactDate),
  embeddingDimensions: z.nullable(z.int().check(z.gte(1))),
  capabilities: z.record(z.enum(CAPABILITIES), answer),
  /** How thinking is asked for. */
  reasoningMode: z.nullable(z.enum(['extended', 'adaptive', 'adaptive-always-on', 'effort', 'effort-cannot-disable'])),
  /** By cache points of the request, or by the provider itself; and the fewest tokens that are kept. */
  promptCaching: z.nullable(z.strictObject({ explicit: answer, implicit: answer, minTokens: tokens })),
  languages: z.nullable(
    z.strictObject({
      /** BCP 47 tags; may be fewer than `count`. */
      tags: z.nullable(z.array(text)),
      count: z.nullable(z.int().check(z.gte(1))),
      note: z.nullable(text),
      source: FactSource,
    }),
  ),
  /** How it is called, the usual way first. `mantle` is Bedrock's endpoint in the shape of other providers' APIs. */
  apis: z.array(z.enum(['converse', 'invoke', 'async-invoke', 'bidirectional-stream', 'mantle'])).check(z.minLength(1)),
  mantleApis: z.nullable(z.array(z.enum(['completions', 'responses', 'messages']))),
  /** Where it is offered in any way. */
  regions,
  /** Where it can be called by its id, without a profile; empty where AWS lists it for profiles only. */
  onDemandRegions: regions,
  mantleRegions: regions,
  profiles: z.array(Profile),
  prices: ModelPrices,
  lifecycle: ModelLifecycle,
  customization: ModelCustomization,
  provisionedThroughput: ProvisionedThroughput,
  /** Words for choosing, with who says so; not measurements. */
  strengths: z.array(text),
  bestFor: z.array(text),
  tagsSource: z.nullable(text),
  licence: z.strictObject({
    name: z.nullable(text),
    url: z.nullable(text),
    weights: z.nullable(z.enum(['open', 'closed'])),
    source: z.nullable(text),
  }),
  /** Public results, as published. */
  benchmarks: z.array(Benchmark),
  modelCardUrl: z.nullable(text),
  /** Fields on which sources differ: the value that was chosen, and the others. */
  disagreements: z.array(
    z.strictObject({ field: text, chosen: z.unknown(), others: z.array(z.strictObject({ value: z.unknown(), source: FactSource })) }),
  ),
  /** Everything that the record was made from. */
  sources: z.array(FactSource),
});
export type Model = z.infer<typeof Model>;
