import * as z from 'zod/mini';

const ReasonText = z.string().check(z.maxLength(80));

/** What health says of one target, while it is not closed at full share. */
export const OverlayTarget = z.object({
  state: z.enum(['closed', 'degraded', 'open', 'half-open', 'misconfigured']),
  /** Probability 0..1 with which the target enters a request's ordering. */
  share: z.number().check(z.gte(0), z.lte(1)),
  reason: ReasonText,
  /** Milliseconds since the epoch. */
  since: z.int(),
  /** Milliseconds at the median, where measured. */
  latencyMs: z.optional(z.number()),
  /** True for an operator's hold. */
  manual: z.optional(z.boolean()),
  /** Of a hold by hand: who decided it, and until when, milliseconds since the epoch. */
  hold: z.optional(z.object({ author: z.string(), until: z.int() })),
});
export type OverlayTarget = z.infer<typeof OverlayTarget>;

/** Fleet health in one document of at most 64 KB, sparse. Keys of `targets` are `<target id>@<definition hash>`. */
export const RoutingOverlay = z.object({
  schemaVersion: z.string(),
  /** Grows by one with every write; a reader never goes back. */
  seq: z.int().check(z.gte(0)),
  /** Heartbeat, milliseconds since the epoch. */
  publishedAt: z.int(),
  targets: z.record(z.string(), OverlayTarget),
  /** Routes whose every target is out. */
  panic: z.array(z.string()),
  /** Hash slots of tenants whose requests fail everywhere. */
  suspectSlots: z.optional(z.array(z.int())),
});
export type RoutingOverlay = z.infer<typeof RoutingOverlay>;
