import * as z from 'zod/mini';
import { TableSource } from '../inference-result.ts';
import { OverlayTarget, type RoutingOverlay } from '../routing-overlay.ts';
import type { RoutingTable, RoutingTarget } from '../routing-table.ts';
import { targetKey } from '../target-key.ts';

/** What a person decided of a target, and until when that stands. */
export const TargetHold = z.object({
  /** Absent when the overlay was written by a controller that does not say. */
  author: z.optional(z.string()),
  until: z.optional(z.iso.datetime()),
});
export type TargetHold = z.infer<typeof TargetHold>;

/** A target as an operator needs to know it: what it is, who asks it, and how it is. */
export const TargetListing = z.object({
  /** What the policy calls it. */
  target: z.string(),
  /** How it is called: by Bedrock, over HTTP by a server in the shape of OpenAI's API, or through a SageMaker endpoint. */
  kind: z.enum(['bedrock', 'openai', 'sagemaker']),
  model: z.string(),
  /** What is sent as model id; of SageMaker the endpoint's name. */
  modelId: z.string(),
  /** `external` for a server of which nobody says where it is. */
  region: z.string(),
  class: z.string(),
  /** Routes that may ask it, as a candidate or a fallback. */
  routes: z.array(z.string()),
  /** `unknown` when fleet health is stale or cannot be read. */
  state: z.enum([...OverlayTarget.shape.state.options, 'unknown']),
  /** Probability 0..1 with which it enters the order of a request; 1 when nobody knows better. */
  share: z.number().check(z.gte(0), z.lte(1)),
  /** Why its share is what it is; with stale health, what was said last. */
  reason: z.optional(z.string()),
  /** Since when that is so. */
  since: z.optional(z.iso.datetime()),
  /** Milliseconds at the median, as the fleet sees it; absent where nothing is to be said of the target. */
  latencyMs: z.optional(z.number()),
  /** Set when a person decided the share. */
  hold: z.optional(TargetHold),
});
export type TargetListing = z.infer<typeof TargetListing>;

const published = { seq: z.int(), publishedAt: z.iso.datetime() };

/** Whether what is said of the targets can be relied on. */
export const HealthReport = z.discriminatedUnion('kind', [
  /** Processes go by it. */
  z.object({ kind: z.literal('current'), ...published }),
  /** Nobody has renewed it for so long that processes route by the table alone. */
  z.object({ kind: z.literal('stale'), ...published }),
  /** Nothing was published yet, which is so until something is wrong: every target is taken as well. */
  z.object({ kind: z.literal('absent') }),
  /** It could not be read just now; processes go by what they read last. */
  z.object({ kind: z.literal('unreachable') }),
]);
export type HealthReport = z.infer<typeof HealthReport>;

/** The answer of `GET /v1/targets`. */
export const TargetList = z.object({
  tableVersion: z.string(),
  tableSource: TableSource,
  health: HealthReport,
  /** Routes of which no target is up: each request tries one after the other. */
  panic: z.array(z.string()),
  targets: z.array(TargetListing),
});
export type TargetList = z.infer<typeof TargetList>;

/** The overlay as it was read. */
export type OverlayReading = { kind: 'read'; overlay: RoutingOverlay | undefined } | { kind: 'unreachable' };

/** The controller renews an overlay that says something every five minutes; three heartbeats old, nobody goes by it any more. */
export const OVERLAY_STALE_MS = 15 * 60_000;

type ListInput = { table: RoutingTable; tableSource: TableSource; reading: OverlayReading; now: number };

/** The targets of a table, by name, with what fleet health says of each. */
export function listTargets({ table, tableSource, reading, now }: ListInput): TargetList {
  const overlay = reading.kind === 'read' ? reading.overlay : undefined;
  const health = reportHealth(reading, now);
  const targets = Object.values(table.targets).toSorted((left, right) => (left.id < right.id ? -1 : 1));
  return {
    tableVersion: table.version,
    tableSource,
    health,
    panic: health.kind === 'current' ? [...(overlay?.panic ?? [])] : [],
    targets: targets.map((target) => ({ ...describeTarget(target, table), ...describeHealth({ target, overlay, health }) })),
  };
}

function reportHealth(reading: OverlayReading, now: number): HealthReport {
  if (reading.kind === 'unreachable') return { kind: 'unreachable' };
  const { overlay } = reading;
  if (!overlay) return { kind: 'absent' };
  // One that says nothing is not renewed, and is never out of date.
  const isStale = !saysNothing(overlay) && now - overlay.publishedAt > OVERLAY_STALE_MS;
  return { kind: isStale ? 'stale' : 'current', seq: overlay.seq, publishedAt: toTime(overlay.publishedAt) };
}

function saysNothing({ targets, panic, suspectSlots = [] }: RoutingOverlay): boolean {
  return Object.keys(targets).length === 0 && panic.length === 0 && suspectSlots.length === 0;
}

function describeTarget({ id, kind, model, modelId, region, class: level }: RoutingTarget, { routes }: RoutingTable) {
  const asking = Object.values(routes).filter(
    ({ candidates, fallbacks }) => fallbacks.includes(id) || candidates.some(({ target }) => target === id),
  );
  return { target: id, kind, model, modelId, region, class: level, routes: asking.map(({ name }) => name).sort() };
}

type HealthInput = { target: RoutingTarget; overlay: RoutingOverlay | undefined; health: HealthReport };

function describeHealth({ target, overlay, health }: HealthInput): Pick<TargetListing, 'state' | 'share' | 'reason' | 'since' | 'hold'> {
  // The controller begins to publish when there is something to say.
  const isKnown = health.kind === 'current' || health.kind === 'absent';
  const key = targetKey(target);
  const entry = overlay && Object.hasOwn(overlay.targets, key) ? overlay.targets[key] : undefined;
  if (!entry) return { state: isKnown ? 'closed' : 'unknown', share: 1 };
  return {
    state: isKnown ? entry.state : 'unknown',
    share: isKnown ? entry.share : 1,
    reason: entry.reason,
    since: toTime(entry.since),
    ...(entry.latencyMs !== undefined && { latencyMs: entry.latencyMs }),
    ...(entry.manual && { hold: holdOf(entry) }),
  };
}

function holdOf({ hold }: OverlayTarget): TargetHold {
  return hold ? { author: hold.author, until: toTime(hold.until) } : {};
}

function toTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
