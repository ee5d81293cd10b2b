import * as z from 'zod/mini';
import { Features } from './events/inference-events.ts';
import { Priority } from './inference-request.ts';
import { ErrorDetail, ServedBy, TableSource } from './inference-result.ts';
import { FailureReason } from './inference-state.ts';
import { Attempt, Usage } from './outcome.ts';

/** How an inference ended: what the inferences table keeps, and what its result and its event are derived from. Holds no content. */
export const InferenceRecord = z.object({
  schemaVersion: z.string(),
  id: z.string(),
  tenant: z.string(),
  status: z.enum(['succeeded', 'failed', 'expired', 'rejected']),
  reason: z.optional(FailureReason),
  error: z.optional(ErrorDetail),
  route: z.string(),
  priority: Priority,
  /** The SQS message that owned the request. */
  messageId: z.string(),
  /** Times it was parked. */
  deferrals: z.int(),
  stopReason: z.optional(z.string()),
  servedBy: z.optional(ServedBy),
  degraded: z.optional(z.object({ from: z.string(), reason: z.string() })),
  usage: z.optional(Usage),
  costUsd: z.optional(z.nullable(z.number())),
  timing: z.object({ queuedMs: z.number(), firstTokenMs: z.optional(z.number()), totalMs: z.number() }),
  attempts: z.array(Attempt),
  features: z.optional(Features),
  labels: z.optional(z.record(z.string(), z.string())),
  tableVersion: z.optional(z.string()),
  tableSource: z.optional(TableSource),
  traceparent: z.optional(z.string()),
  /** UTF-8 bytes of the output's JSON; 0 without one. */
  outputBytes: z.int(),
  /** ISO 8601. */
  deadline: z.string(),
  finishedAt: z.string(),
  /** When its content was erased, ISO 8601; absent while it is there. */
  erasedAt: z.optional(z.string()),
});
export type InferenceRecord = z.infer<typeof InferenceRecord>;
