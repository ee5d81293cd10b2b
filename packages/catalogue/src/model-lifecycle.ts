import * as z from 'zod/mini';
import { FactDate, FactDay } from './fact-source.ts';

/** From launch to end of life. AWS ends models Region by Region; the days here are those of most Regions. */
export const ModelLifecycle = z.strictObject({
  /** On the day of `asOf`; what it is on another day, `lifecycleAt` tells. */
  stage: z.enum(['preview', 'active', 'legacy', 'ended', 'unknown']),
  /** Null for a model of the policy's own. */
  asOf: z.nullable(FactDay),
  launchedOn: z.nullable(FactDate),
  /** The first day on which it can no longer be called; null when none is announced or known. */
  endsOn: z.nullable(FactDay),
  /** AWS's promise that it does not end earlier. */
  endsNoSoonerThan: z.nullable(FactDay),
  /** Where an ended model was still listed as active, and when. */
  stillActive: z.nullable(z.strictObject({ regions: z.array(z.string()), asOf: FactDay })),
  /** Id of the model to move to; our suggestion, not AWS's. */
  successor: z.nullable(z.string()),
  notes: z.array(z.string()),
});
export type ModelLifecycle = z.infer<typeof ModelLifecycle>;
