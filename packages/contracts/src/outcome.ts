import * as z from 'zod/mini';

/** What an attempt came to. Health, failover and events all speak of attempts in these words. */
export const OutcomeKind = z.enum([
  'succeeded',
  'throttled',
  'not-ready',
  'faulted',
  'model-error',
  'timed-out',
  'malformed',
  'refused',
  'too-long',
  'rejected',
  'misconfigured',
  'cancelled',
]);
export type OutcomeKind = z.infer<typeof OutcomeKind>;

/** Tokens as the provider counted them. A number that the provider did not give is absent, never 0. */
export const Usage = z.object({
  inputTokens: z.int().check(z.gte(0)),
  outputTokens: z.int().check(z.gte(0)),
  cacheReadTokens: z.optional(z.int().check(z.gte(0))),
  /** All tokens written to a cache, however long they are kept. */
  cacheWriteTokens: z.optional(z.int().check(z.gte(0))),
  /** Those of them that are kept an hour. */
  cacheWrite1hTokens: z.optional(z.int().check(z.gte(0))),
  /** True when a cut stream gave no usage and the figures are counted from the text. */
  estimated: z.optional(z.boolean()),
});
export type Usage = z.infer<typeof Usage>;

/** One call to one target, without content. */
export const Attempt = z.object({
  /** `<request id>#<n>`; n counts from 1 over all receives of the request. */
  attemptId: z.string(),
  target: z.string(),
  model: z.string(),
  region: z.string(),
  /** Milliseconds since the epoch. */
  startedAt: z.int(),
  durationMs: z.number(),
  firstTokenMs: z.optional(z.number()),
  outcome: OutcomeKind,
  /** Set when the attempt ran longer than the route's slow threshold. */
  slow: z.optional(z.boolean()),
  /** The provider's error code (`ThrottlingException`) or ours (`FirstTokenTimeout`); never its message, which can quote the prompt. */
  error: z.optional(z.string()),
  /** HTTP status, where there was one. */
  status: z.optional(z.int()),
  /** The status that a 424 wraps. */
  originalStatus: z.optional(z.int()),
  /** What a throttle asked for. */
  retryAfterMs: z.optional(z.number()),
  usage: z.optional(Usage),
  /** Probability with which this target was drawn, 0..1. */
  probability: z.number(),
  /** True for the first draw of the plan; false for a retry or a failover. */
  firstDraw: z.boolean(),
});
export type Attempt = z.infer<typeof Attempt>;
