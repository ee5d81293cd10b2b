import * as z from 'zod/mini';
import { Priority } from '../inference-request.ts';
import { ErrorDetail, ServedBy, TableSource } from '../inference-result.ts';
import { FailureReason } from '../inference-state.ts';
import { Attempt, Usage } from '../outcome.ts';
import { eventOf } from './event.ts';

/** The source of every event about inferences. */
export const INFERENCE_SOURCE = 'signalbox.inference';

/** What can be said of a request without its content. */
export const Features = z.object({
  inputModalities: z.array(z.string()),
  /** By the estimator that the table names; absent when none ran. */
  estimatedInputTokens: z.optional(z.int()),
  hasTools: z.boolean(),
  language: z.optional(z.string()),
  labels: z.optional(z.record(z.string(), z.string())),
  matchedRule: z.optional(z.string()),
});
export type Features = z.infer<typeof Features>;

const subject = {
  /** The inference id. */
  id: z.string(),
  tenant: z.string(),
  route: z.string(),
  priority: Priority,
  stage: z.string(),
  tableVersion: z.optional(z.string()),
  tableSource: z.optional(TableSource),
  features: z.optional(Features),
  /** The attempts of the receive that ended it. */
  attempts: z.array(Attempt),
  deferrals: z.int(),
};
const ending = {
  ...subject,
  usage: z.optional(Usage),
  costUsd: z.optional(z.nullable(z.number())),
  timing: z.optional(z.object({ queuedMs: z.number(), firstTokenMs: z.optional(z.number()), totalMs: z.number() })),
};

/** A request was answered. */
export const InferenceCompleted = eventOf(
  z.object({
    ...ending,
    stopReason: z.string(),
    servedBy: ServedBy,
    degraded: z.optional(z.object({ from: z.string(), reason: z.string() })),
    outputBytes: z.int(),
  }),
);
export type InferenceCompleted = z.infer<typeof InferenceCompleted>;

/** A request ended without an answer, for a reason of its own. */
export const InferenceFailed = eventOf(z.object({ ...ending, reason: FailureReason, error: ErrorDetail }));
export type InferenceFailed = z.infer<typeof InferenceFailed>;

/** A request's deadline passed. */
export const InferenceExpired = eventOf(z.object({ ...ending, deadline: z.string() }));
export type InferenceExpired = z.infer<typeof InferenceExpired>;

/** A message was not a request that can be taken; it lies in the rejected queue. */
export const InferenceRejected = eventOf(
  z.object({
    /** The id that the message gave, where it could be read. */
    id: z.optional(z.string()),
    messageId: z.string(),
    tenant: z.optional(z.string()),
    priority: Priority,
    /** `malformed`, `unknown-route`, `id-reused`, `payload-missing`, … */
    reason: z.string(),
    problems: z.array(z.object({ path: z.string(), message: z.string() })),
  }),
);
export type InferenceRejected = z.infer<typeof InferenceRejected>;

/** A request waits: nothing could answer it now. On the 1st, 2nd, 4th, 8th … deferral only. */
export const InferenceDeferred = eventOf(z.object({ ...subject, delaySeconds: z.int(), reason: z.string() }));
export type InferenceDeferred = z.infer<typeof InferenceDeferred>;
