import * as z from 'zod/mini';
import { OutcomeKind } from '../outcome.ts';

const fields = {
  /** What was wrong and what to do. */
  message: z.string(),
  /** By the status: `invalid_request_error`, `authentication_error`, `permission_error`, `not_found_error`, `rate_limit_error` or `server_error`. */
  type: z.string(),
  code: z.string(),
  /** The field, parameter or header that the error is about; null when it is about none. */
  param: z.nullable(z.string()),
};

/** What is wrong with a request, in the shape that clients of OpenAI's API read. */
export const RequestError = z.object(fields);
export type RequestError = z.infer<typeof RequestError>;

/** What one attempt to answer came to, without content. */
export const AttemptSummary = z.object({
  target: z.string(),
  outcome: OutcomeKind,
  /** The provider's error code, or ours. */
  error: z.optional(z.string()),
  /** HTTP status, where there was one. */
  status: z.optional(z.int()),
  durationMs: z.number(),
});
export type AttemptSummary = z.infer<typeof AttemptSummary>;

/** The body of every answer that is a refusal or a failure. `attempts`, in their order, stands where models were asked. */
export const ErrorBody = z.object({
  error: z.object({ ...fields, request_id: z.string(), attempts: z.optional(z.array(AttemptSummary)) }),
});
export type ErrorBody = z.infer<typeof ErrorBody>;
