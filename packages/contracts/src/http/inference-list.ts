import * as z from 'zod/mini';
import { Priority } from '../inference-request.ts';
import { InferenceStatus } from '../inference-state.ts';

/** Inferences in one answer of a listing, at most. */
export const MAX_LISTED_INFERENCES = 100;

/** An inference as a list shows it; its result stands at `location`. */
export const InferenceListing = z.object({
  id: z.string(),
  status: InferenceStatus,
  route: z.string(),
  priority: Priority,
  /** Empty when it has none, or was erased. */
  labels: z.record(z.string(), z.string()),
  /** ISO 8601. */
  acceptedAt: z.string(),
  /** Path of its status and result, below the base URL. */
  location: z.string(),
});
export type InferenceListing = z.infer<typeof InferenceListing>;

const count = z.int().check(z.gte(0));

/** How the requests of a batch stand. The others add up to `total`. */
export const BatchProgress = z.object({
  /** Different ids in the batch. */
  total: count,
  accepted: count,
  running: count,
  succeeded: count,
  failed: count,
  expired: count,
  rejected: count,
  /** Refused, or never recorded: send them again. */
  missing: count,
});
export type BatchProgress = z.infer<typeof BatchProgress>;

/** The answer of `GET /v1/inferences`. */
export const InferenceList = z.object({
  schemaVersion: z.string(),
  /** Newest first; those of a batch in its order. It may be empty while there is a `nextCursor`. */
  inferences: z.array(InferenceListing).check(z.maxLength(MAX_LISTED_INFERENCES)),
  /** `cursor` of the same query for what follows; absent at the end. */
  nextCursor: z.optional(z.string()),
  /** Of the whole batch; only when `batch` is asked. */
  progress: z.optional(BatchProgress),
});
export type InferenceList = z.infer<typeof InferenceList>;
