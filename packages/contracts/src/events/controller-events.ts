import * as z from 'zod/mini';
import { OverlayTarget } from '../routing-overlay.ts';
import { eventOf } from './event.ts';

/** The source of every event about the health of targets. */
export const CONTROLLER_SOURCE = 'signalbox.controller';

const share = z.number().check(z.gte(0), z.lte(1));

/** How a target stood, by what was measured of it; a hold by hand is told by RoutingOverlayChanged. */
export const TargetCondition = z.object({
  state: OverlayTarget.shape.state,
  /** Of its traffic, 0..1, that it is well enough for. */
  healthShare: share,
  /** Of its traffic, 0..1, that its quota bears; the two multiplied are its share. */
  throttleShare: share,
  /** When its state began, milliseconds since the epoch. */
  since: z.int(),
});
export type TargetCondition = z.infer<typeof TargetCondition>;

const TargetChange = z.object({
  stage: z.string(),
  target: z.string(),
  /** Hash of its definition: a redefined target starts anew. */
  definition: z.string(),
  previous: TargetCondition,
  current: TargetCondition,
  /** What an operator reads, at most 80 characters. */
  reason: z.string(),
});

/** A target gets no traffic but probes: it fails, or it is called wrongly (`misconfigured`). */
export const TargetEjected = eventOf(TargetChange);
export type TargetEjected = z.infer<typeof TargetEjected>;

/** A target keeps a part of its traffic, because more of its calls fail or are slow than those of others. */
export const TargetDegraded = eventOf(TargetChange);
export type TargetDegraded = z.infer<typeof TargetDegraded>;

/** The first requests of customers are let in to a target that was out, after probes of our own. */
export const TargetProbing = eventOf(TargetChange);
export type TargetProbing = z.infer<typeof TargetProbing>;

/** A target is well, or its quota bears all of its traffic, again. */
export const TargetRestored = eventOf(TargetChange);
export type TargetRestored = z.infer<typeof TargetRestored>;

/** A target is asked for more than its quota bears, and gets less. */
export const TargetThrottled = eventOf(TargetChange);
export type TargetThrottled = z.infer<typeof TargetThrottled>;

/** One overlay, as far as it differs from the other. */
export const OverlayExcerpt = z.object({
  /** Absent where there was no overlay. */
  seq: z.optional(z.int()),
  /** The targets whose entry changed, by `<target id>@<definition hash>`; one that is absent here was closed at full share. */
  targets: z.record(z.string(), OverlayTarget),
  /** All routes of which nobody is up. */
  panic: z.array(z.string()),
  /** All hash slots of tenants whose requests fail everywhere. */
  suspectSlots: z.array(z.int()),
});
export type OverlayExcerpt = z.infer<typeof OverlayExcerpt>;

/** The overlay by which every process routes was written with another content. */
export const RoutingOverlayChanged = eventOf(
  z.object({
    stage: z.string(),
    previous: OverlayExcerpt,
    current: OverlayExcerpt,
    /** What changed, target by target. */
    reason: z.string(),
  }),
);
export type RoutingOverlayChanged = z.infer<typeof RoutingOverlayChanged>;
