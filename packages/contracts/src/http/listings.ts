import * as z from 'zod/mini';
import { TableSource } from '../inference-result.ts';

/** A route as a producer needs to know it. */
export const RouteListing = z.object({
  /** What a request names in `route`. */
  name: z.string(),
  operation: z.enum(['chat', 'embed', 'image', 'video']),
  /** Tokens of output: what a request gets that names none, and the most it may ask for; absent for embeddings, which have none. */
  maxTokens: z.optional(z.object({ default: z.int(), cap: z.int() })),
  /** Models that may answer, candidates first. */
  models: z.array(z.string()),
  /** Routes to which rules of this one may send a request. */
  rulesLeadTo: z.array(z.string()),
});
export type RouteListing = z.infer<typeof RouteListing>;

/** The answer of `GET /v1/routes`. */
export const RouteList = z.object({
  tableVersion: z.string(),
  tableSource: TableSource,
  /** The route of a request that names none. */
  defaultRoute: z.string(),
  routes: z.array(RouteListing),
  /** Names that a request may give in `reply.queue`. */
  replyQueues: z.array(z.string()),
});
export type RouteList = z.infer<typeof RouteList>;

/** The answer of `GET /v1/models`, in the shape of OpenAI's API. */
export const ModelList = z.object({
  object: z.literal('list'),
  data: z.array(z.object({ id: z.string(), object: z.literal('model'), owned_by: z.string() })),
});
export type ModelList = z.infer<typeof ModelList>;
