import * as z from 'zod/mini';
import { InferenceRequest } from '../inference-request.ts';
import { RequestError } from './error-body.ts';
import { InferenceAccepted } from './inference-accepted.ts';

/** Requests in one batch. */
export const MAX_BATCH_REQUESTS = 100;
/** A batch as a whole, in bytes of UTF-8. */
export const MAX_BATCH_BYTES = 4 * 1024 * 1024;

/** The body of `POST /v1/inferences/batch`. */
export const InferenceBatch = z.strictObject({
  /** 1 to 100, each read, and accepted or refused, by itself. */
  requests: z.array(InferenceRequest).check(z.minLength(1), z.maxLength(MAX_BATCH_REQUESTS)),
});
export type InferenceBatch = z.infer<typeof InferenceBatch>;

/** What became of one request of a batch: it has either `accepted` or `error`. */
export const BatchEntry = z.object({
  /** Its place in `requests`, from 0. */
  index: z.int(),
  accepted: z.optional(InferenceAccepted),
  error: z.optional(RequestError),
});
export type BatchEntry = z.infer<typeof BatchEntry>;

/** The answer to a batch: what became of each request, in their order. */
export const BatchAccepted = z.object({
  schemaVersion: z.string(),
  /** The `Idempotency-Key`, or a new one. A request without an id has the id `<batchId>.<index>`. */
  batchId: z.string(),
  accepted: z.int(),
  refused: z.int(),
  results: z.array(BatchEntry),
});
export type BatchAccepted = z.infer<typeof BatchAccepted>;
