import * as z from 'zod/mini';
import { InferenceId, Priority } from '../inference-request.ts';
import { InferenceStatus } from '../inference-state.ts';

/** The answer to a request that was accepted, now or before: from here on there will be an answer or a reason. */
export const InferenceAccepted = z.object({
  schemaVersion: z.string(),
  id: InferenceId,
  /** `accepted` at first; a repeated request finds how it stands by now. */
  status: InferenceStatus,
  /** The route that it asks. */
  route: z.string(),
  /** The queue that it stands on. */
  priority: Priority,
  /** Path of its status and result, below the base URL. */
  location: z.string(),
  /** ISO 8601; after it the request ends as `expired`. */
  deadline: z.string(),
});
export type InferenceAccepted = z.infer<typeof InferenceAccepted>;
