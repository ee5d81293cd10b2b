import * as z from 'zod/mini';
import { eventOf } from './event.ts';

/** The source of every event about the routing table. */
export const ROUTING_SOURCE = 'signalbox.routing';

/** A routing table as it was released. */
export const ReleasedTable = z.object({
  /** The table's own version, a hash of its content. */
  tableVersion: z.string(),
  /** AppConfig's number of the hosted version; absent where nobody knows it any more. */
  hostedVersion: z.optional(z.int()),
});
export type ReleasedTable = z.infer<typeof ReleasedTable>;

const release = {
  stage: z.string(),
  /** AppConfig's number of the deployment. */
  deploymentNumber: z.int(),
  /** What the person who released it wrote. */
  description: z.optional(z.string()),
};

/** A routing table is in force in every process that asks for it. */
export const RoutingTableReleased = eventOf(
  z.object({
    ...release,
    /** In force until then; absent for the first release of all. */
    previous: z.optional(ReleasedTable),
    current: ReleasedTable,
  }),
);
export type RoutingTableReleased = z.infer<typeof RoutingTableReleased>;

/** A release was taken back: while it was under way, by an alarm or a person, or after its end, by a person. */
export const RoutingTableRolledBack = eventOf(
  z.object({
    ...release,
    /** The one that was taken back. */
    previous: ReleasedTable,
    /** In force again; absent when there was none before. */
    current: z.optional(ReleasedTable),
    reason: z.object({
      /** Who ended it: an alarm, a person, or AppConfig itself after an error of its own. */
      kind: z.enum(['alarm', 'person', 'error']),
      /** AppConfig's own words; of an alarm, its ARN. */
      detail: z.string(),
    }),
  }),
);
export type RoutingTableRolledBack = z.infer<typeof RoutingTableRolledBack>;
