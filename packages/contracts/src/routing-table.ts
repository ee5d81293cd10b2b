import * as z from 'zod/mini';

const name = z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,62}$/));
const milliseconds = z.int().check(z.gte(1));

/** US dollars per million tokens; null where nobody has stated it. */
export const Price = z.object({
  inputPerMTokens: z.nullable(z.number()),
  outputPerMTokens: z.nullable(z.number()),
  cacheReadPerMTokens: z.optional(z.nullable(z.number())),
  cacheWritePerMTokens: z.optional(z.nullable(z.number())),
});
export type Price = z.infer<typeof Price>;

/** One way to call a model, with everything inlined that a call or a choice needs. */
export const RoutingTarget = z.object({
  id: name,
  kind: z.enum(['bedrock']),
  /** The model in the catalogue's words, without a profile's prefix. */
  model: z.string().check(z.minLength(1)),
  /** What is sent as model id: a model id, an inference profile id or an ARN. */
  modelId: z.string().check(z.minLength(1)),
  region: z.string().check(z.minLength(1)),
  /** Name of a class of the policy; a fallback of a lower class is a degraded answer. */
  class: name,
  capabilities: z.array(z.string()),
  inputModalities: z.array(z.string()),
  contextTokens: z.nullable(z.int()),
  maxOutputTokens: z.nullable(z.int()),
  price: Price,
  /** Hash of what makes this target what it is, so that a redefined target does not inherit old health. */
  definition: z.string(),
});
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
  /** Distinct targets tried in one receive. */
  maxTargets: z.int().check(z.gte(1), z.lte(10)),
});
export type RouteLimits = z.infer<typeof RouteLimits>;

export const RouteTargetWeight = z.object({ target: name, weight: z.number().check(z.gt(0)) });
export type RouteTargetWeight = z.infer<typeof RouteTargetWeight>;

/** A named purpose a producer asks for. */
export const Route = z.object({
  name,
  operation: z.enum(['chat', 'embed', 'image', 'video']),
  strategy: z.enum(['static', 'weighted']),
  /** Tried first; `static` in this order, `weighted` by draw. */
  candidates: z.array(RouteTargetWeight).check(z.minLength(1)),
  /** Tried in this order when every candidate failed. */
  fallbacks: z.array(name),
  /** Tokens of output: what a request gets that names none, and the most it may ask for. */
  maxTokens: z.object({ default: z.int().check(z.gte(1)), cap: z.int().check(z.gte(1)) }),
  limits: RouteLimits,
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
