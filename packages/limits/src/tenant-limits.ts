import * as z from 'zod/mini';

const whole = z.int().check(z.gte(1));
const dollars = z.number().check(z.gte(0.000001), z.lte(1_000_000));

/** What a tenant may use. What is not stated is unlimited. */
export const Limits = z.object({
  /** Requests begun in a minute of the clock. */
  requestsPerMinute: z.optional(whole),
  /** Tokens of input and output in a minute of the clock. */
  tokensPerMinute: z.optional(whole),
  /** Requests under way at once. */
  concurrency: z.optional(whole),
  /** US dollars in a day, UTC. */
  usdPerDay: z.optional(dollars),
  /** US dollars in a month, UTC. */
  usdPerMonth: z.optional(dollars),
});
export type Limits = z.infer<typeof Limits>;

const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** True for what can be the name of a tenant or a route. */
export function isName(text: string): boolean {
  return NAME.test(text);
}

/** A tenant's limits as operators set them: over all its routes, and of single routes beside that. */
export const TenantLimits = z.object({
  tenant: z.string().check(z.regex(NAME)),
  limits: Limits,
  routes: z.record(z.string().check(z.regex(NAME)), Limits),
  /** Counts the changes, from 1. */
  seq: z.int().check(z.gte(1)),
  /** ISO 8601. */
  updatedAt: z.string(),
});
export type TenantLimits = z.infer<typeof TenantLimits>;
