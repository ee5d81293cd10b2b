import * as z from 'zod/mini';
import { FailureReason, InferenceStatus } from './inference-state.ts';
import { Json } from './json.ts';
import { Attempt, Usage } from './outcome.ts';

/** What answered. */
export const ServedBy = z.object({ target: z.string(), model: z.string(), region: z.string() });
export type ServedBy = z.infer<typeof ServedBy>;

/** Where a process has its routing table from: the first is usual, the others mean AppConfig could not be reached at its start. */
export const TableSource = z.enum(['appconfig', 's3', 'snapshot']);
export type TableSource = z.infer<typeof TableSource>;

/** What stands against an error: which rule was broken and what to do. Never content. */
export const ErrorDetail = z.object({
  code: z.string(),
  message: z.string(),
  problems: z.optional(z.array(z.object({ path: z.string(), message: z.string() }))),
});
export type ErrorDetail = z.infer<typeof ErrorDetail>;

/** The document that `GET /v1/inferences/{id}` and a reply queue give. */
export const InferenceResult = z.object({
  schemaVersion: z.string(),
  id: z.string(),
  status: InferenceStatus,
  /** Set when status is `failed`. */
  reason: z.optional(FailureReason),
  error: z.optional(ErrorDetail),
  route: z.optional(z.string()),
  /** The model's message in Converse form: `{ message: { role, content[] } }`. */
  output: z.optional(Json),
  /** A presigned link to the output where it is too large for this answer; valid for an hour at most, less when the credentials that signed it end sooner: read it at once. */
  outputUrl: z.optional(z.string()),
  stopReason: z.optional(z.string()),
  servedBy: z.optional(ServedBy),
  /** Answered by a fallback of a lower class than the route's candidates. */
  degraded: z.optional(z.object({ from: z.string(), reason: z.string() })),
  usage: z.optional(Usage),
  /** US dollars; null when a price is unknown. */
  costUsd: z.optional(z.nullable(z.number())),
  /** Milliseconds. `queuedMs`: from send to the receive that ended it; `totalMs`: from send to the record. */
  timing: z.optional(z.object({ queuedMs: z.number(), firstTokenMs: z.optional(z.number()), totalMs: z.number() })),
  attempts: z.optional(z.array(Attempt)),
  tableVersion: z.optional(z.string()),
  tableSource: z.optional(TableSource),
  labels: z.optional(z.record(z.string(), z.string())),
  /** ISO 8601. */
  finishedAt: z.optional(z.string()),
  /** ISO 8601. Since then there is no `output`, no label, and of an error only its code. */
  erasedAt: z.optional(z.string()),
});
export type InferenceResult = z.infer<typeof InferenceResult>;
