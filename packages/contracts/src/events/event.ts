import * as z from 'zod/mini';

/** What stands around every event. */
export const EventMetadata = z.object({
  /** The same event published twice has the same id; consumers deduplicate on it. */
  id: z.string().check(z.minLength(1)),
  /** `major.minor` of the event's own schema. */
  version: z.string(),
  /** ISO 8601. */
  occurredAt: z.iso.datetime({ offset: true }),
  /** The request this belongs to. */
  correlationId: z.string(),
  /** The message or event that caused it. */
  causationId: z.optional(z.string()),
  traceparent: z.optional(z.string()),
});
export type EventMetadata = z.infer<typeof EventMetadata>;

/** The detail of an event: metadata and data. */
export function eventOf<Data extends z.core.$ZodType>(data: Data) {
  return z.object({ metadata: EventMetadata, data });
}

/** An event ready for the bus. */
export type OutgoingEvent = { source: string; detailType: string; detail: { metadata: EventMetadata; data: unknown } };
