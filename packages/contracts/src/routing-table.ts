import * as z from 'zod/mini';
import { HealthThresholds } from './health-thresholds.ts';
import { JsonObject } from './json.ts';

const name = z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,62}$/));
const milliseconds = z.int().check(z.gte(1));

const dollars = z.nullable(z.number());
const rates = {
  inputPerMTokens: dollars,
  outputPerMTokens: dollars,
  cacheReadPerMTokens: z.optional(dollars),
  /** For tokens kept five minutes, which is what a cache point gets that names no time. */
  cacheWritePerMTokens: z.optional(dollars),
  /** For tokens kept an hour. */
  cacheWrite1hPerMTokens: z.optional(dollars),
};

/** US dollars per million tokens; null or absent where nobody has stated it, never 0 for that. */
export const Price = z.object({
  ...rates,
  /** The rates of a whole call whose input, cache included, is longer than the threshold. */
  longContext: z.optional(z.object({ thresholdTokens: z.int().check(z.gte(1)), ...rates })),
});
export type Price = z.infer<typeof Price>;

/** What is stated of every target, however it is called. */
const targetFacts = {
  id: name,
  /** The model in the catalogue's words, without a profile's prefix; of a model that the catalogue lacks, the policy's name for it. */
  model: z.string().check(z.minLength(1)),
  /** What is sent as model id: a model id, an inference profile id or an ARN; of SageMaker the endpoint's name, of another server its own name for the model. */
  modelId: z.string().check(z.minLength(1)),
  /** The region that is called; of a server outside AWS, the place that the policy gives it. */
  region: z.string().check(z.minLength(1)),
  /** Name of a class of the policy; a fallback of a lower class is a degraded answer. */
  class: name,
  capabilities: z.array(z.string()),
  inputModalities: z.array(z.string()),
  contextTokens: z.nullable(z.int()),
  maxOutputTokens: z.nullable(z.int()),
  price: Price,
  /** Regions where the model may run when it is called this way; null when that may be any, absent when it is `region` alone. */
  processingRegions: z.optional(z.nullable(z.array(z.string()))),
  /** BCP 47 tags of the languages that the model is said to know; absent where nobody has stated them. */
  languages: z.optional(z.array(z.string())),
  /** The account's quota for this target, over all processes. */
  rateLimits: z.optional(
    z.object({ requestsPerMinute: z.optional(z.int().check(z.gte(1))), tokensPerMinute: z.optional(z.int().check(z.gte(1))) }),
  ),
  /** What evaluation measured. */
  measured: z.optional(
    z.object({
      /** Milliseconds at the median, for a whole answer. */
      latencyMs: z.optional(z.number()),
      /** 0..1. */
      quality: z.optional(z.number()),
    }),
  ),
  /** What its health is judged by, where that differs from the controller's defaults; not part of its definition. */
  health: z.optional(HealthThresholds),
  /** Hash of what makes this target what it is, so that a redefined target does not inherit old health. */
  definition: z.string(),
};

/** Called by Bedrock's own API: Converse for chat, InvokeModel for embeddings. */
export const BedrockTarget = z.object({
  kind: z.literal('bedrock'),
  ...targetFacts,
  /** Bedrock's tier for the call; absent for its default. The price is the tier's. */
  serviceTier: z.optional(z.enum(['priority', 'flex'])),
});
export type BedrockTarget = z.infer<typeof BedrockTarget>;

/** Where a secret is read when it is needed; its value stands in no document. Names are below one prefix of the installation, the only one that roles may read. */
export const SecretReference = z.object({ from: z.enum(['ssm', 'secrets-manager']), name });
export type SecretReference = z.infer<typeof SecretReference>;

/** Called over HTTP in the shape of OpenAI's API: vLLM, Ollama, llama.cpp, Bedrock's endpoint of that shape, and many providers. */
export const OpenAiTarget = z.object({
  kind: z.literal('openai'),
  ...targetFacts,
  /** Up to and without `/chat/completions`. */
  baseUrl: z.url(),
  /** Sent as a bearer token; absent for a server that asks for none. */
  apiKey: z.optional(SecretReference),
  /** The name under which the server takes the limit of output; absent for `max_tokens`. */
  maxTokensField: z.optional(z.enum(['max_tokens', 'max_completion_tokens'])),
});
export type OpenAiTarget = z.infer<typeof OpenAiTarget>;

/** A SageMaker real-time endpoint whose container takes OpenAI's chat shape, as LMI and vLLM do. */
export const SageMakerTarget = z.object({
  kind: z.literal('sagemaker'),
  ...targetFacts,
  /** The inference component of the endpoint; absent for an endpoint that hosts one model by itself. */
  component: z.optional(z.string().check(z.minLength(1))),
});
export type SageMakerTarget = z.infer<typeof SageMakerTarget>;

/** One way to call a model, with everything inlined that a call or a choice needs. */
export const RoutingTarget = z.discriminatedUnion('kind', [BedrockTarget, OpenAiTarget, SageMakerTarget]);
export type RoutingTarget = z.infer<typeof RoutingTarget>;

export const RouteLimits = z.object({
  /** One attempt, start to end. */
  attemptMs: milliseconds,
  /** To the first token; with it the adapter streams from the provider. */
  firstTokenMs: z.optional(milliseconds),
  /** Between two tokens of a stream. */
  idleMs: z.optional(milliseconds),
  /** An attempt longer than this is flagged slow. */
  slowMs: z.optional(milliseconds),
  /** The longest `Retry-After` that is waited for; absent, none is: the next target is asked at once. */
  retryAfterMs: z.optional(milliseconds),
  /** Distinct targets tried in one receive. */
  maxTargets: z.int().check(z.gte(1), z.lte(10)),
});
export type RouteLimits = z.infer<typeof RouteLimits>;

export const RouteTargetWeight = z.object({
  target: name,
  weight: z.number().check(z.gt(0)),
  /** Tier, from 0; absent is 0. A tier is asked when those before it are unwell or have failed. */
  tier: z.optional(z.int().check(z.gte(0))),
});
export type RouteTargetWeight = z.infer<typeof RouteTargetWeight>;

/** Sends a request of one route to another by what is in it. */
export const RouteRule = z.object({
  name,
  /** An EventBridge pattern over the features of the request. */
  when: JsonObject,
  route: name,
});
export type RouteRule = z.infer<typeof RouteRule>;

export const RoutingStrategy = z.enum(['static', 'weighted', 'lowest-cost', 'lowest-latency']);
export type RoutingStrategy = z.infer<typeof RoutingStrategy>;

export const Guardrail = z.object({
  id: z.string().check(z.minLength(1)),
  /** A number, or `DRAFT`. */
  version: z.string().check(z.minLength(1)),
  /** The region that has it. */
  region: z.string().check(z.minLength(1)),
  applies: z.enum(['input', 'output', 'both']),
});
export type Guardrail = z.infer<typeof Guardrail>;

/** A named purpose a producer asks for. */
export const Route = z.object({
  name,
  operation: z.enum(['chat', 'embed', 'image', 'video']),
  strategy: RoutingStrategy,
  /** Tried first; `static` in this order, `weighted` by draw, the others by the figure that they name. */
  candidates: z.array(RouteTargetWeight).check(z.minLength(1)),
  /** Tried in this order when every candidate failed. */
  fallbacks: z.array(name),
  /** Tokens of output: what a request gets that names none, and the most it may ask for. */
  maxTokens: z.object({ default: z.int().check(z.gte(1)), cap: z.int().check(z.gte(1)) }),
  limits: RouteLimits,
  /** Asked in this order before anything else of the route; the first that matches takes the request to its route, whose own rules are not asked. */
  rules: z.optional(z.array(RouteRule)),
  /** `sessionId`, `tenant` or `labels.<name>`: requests with the same value prefer the same target. */
  stickyBy: z.optional(z.string()),
  /** Regions where content of this route may be processed; absent for any. */
  residency: z.optional(z.array(z.string())),
  /** A second call to the next target when the first has given nothing after a time, for at most this share of requests. */
  hedge: z.optional(z.object({ afterMs: milliseconds, budget: z.number().check(z.gt(0), z.lte(1)) })),
  /**
   * What becomes of a streamed answer that breaks off. `hold`: nothing is sent until the answer is whole, so that any failure is made good elsewhere.
   * `restart`, also when absent: others are asked until the first token was sent; after that the caller is told that the answer broke off.
   */
  rescue: z.optional(z.enum(['hold', 'restart'])),
  /** A Bedrock guardrail that looks at what is asked, what is answered, or both; what it blocks is refused. */
  guardrail: z.optional(Guardrail),
  /** No failover to a target whose estimated cost is more than this many times that of the first choice. */
  priceCeiling: z.optional(z.number().check(z.gte(1))),
});
export type Route = z.infer<typeof Route>;

/** The policy compiled: what processes read from AppConfig. */
export const RoutingTable = z.object({
  schemaVersion: z.string(),
  /** Hash of the content, so that the same policy has the same version. */
  version: z.string().check(z.minLength(1)),
  /** Classes from best to simplest. */
  classes: z.array(name).check(z.minLength(1)),
  targets: z.record(name, RoutingTarget),
  routes: z.record(name, Route),
  /** Reply queue names by the name a request uses; IAM allows `signalbox-reply-*`. */
  replyQueues: z.record(name, z.string().check(z.regex(/^signalbox-reply-[A-Za-z0-9_-]{1,60}$/))),
});
export type RoutingTable = z.infer<typeof RoutingTable>;
