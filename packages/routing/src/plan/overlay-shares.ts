import type { OverlayTarget, Priority, RoutingOverlay, RoutingTarget } from '@signalbox/contracts';
import { targetKey } from '@signalbox/contracts/target-key';
import { shareForPriority } from './share-for-priority.ts';

/** The probability, 0 to 1, with which a target enters the order of a request. */
export type Shares = (target: RoutingTarget) => number;

/**
 * The controller's heartbeat is five minutes while any share is below 1; an overlay three heartbeats old says nothing any more. It is
 * `OVERLAY_STALE_MS` of contracts, which cannot be had without all schemas; a test holds the two together.
 */
const STALE_MS = 15 * 60_000;

type SharesByPriority = Map<Priority, Shares | undefined>;
const sharesByOverlay = new WeakMap<RoutingOverlay, SharesByPriority>();

/**
 * The shares that fleet health gives. Undefined when every target enters for certain: without an overlay, with one that is stale, and
 * with one that has every target at 1. Where a target is well and only throttled, bulk gives way to what is more urgent.
 */
export function overlayShares(overlay: RoutingOverlay | undefined, now: number, priority: Priority = 'standard'): Shares | undefined {
  if (!overlay || isStale(overlay, now)) return undefined;
  const known: SharesByPriority = sharesByOverlay.get(overlay) ?? new Map();
  if (known.has(priority)) return known.get(priority);
  const shares = readShares(overlay, priority);
  sharesByOverlay.set(overlay, known.set(priority, shares));
  return shares;
}

/**
 * The shares that an operator's holds give, and no others: what was decided by hand is never overruled, also where everything that
 * was measured is. Undefined when there is none.
 */
export function manualShares(overlay: RoutingOverlay | undefined, now: number): Shares | undefined {
  if (!overlay || isStale(overlay, now)) return undefined;
  if (!Object.values(overlay.targets).some(({ manual, share }) => manual && share < 1)) return undefined;
  return (target) => {
    const entry = overlayEntry(overlay, target);
    return entry?.manual ? entry.share : 1;
  };
}

/** True when nobody has renewed the overlay for so long that its word no longer counts. */
export function isStale(overlay: RoutingOverlay, now: number): boolean {
  return now - overlay.publishedAt > STALE_MS;
}

/** What the overlay says of exactly this definition of a target: a redefined one does not inherit old health. */
export function overlayEntry(overlay: RoutingOverlay, target: RoutingTarget): OverlayTarget | undefined {
  const key = targetKey(target);
  return Object.hasOwn(overlay.targets, key) ? overlay.targets[key] : undefined;
}

function readShares(overlay: RoutingOverlay, priority: Priority): Shares | undefined {
  if (Object.values(overlay.targets).every(({ share }) => share >= 1)) return undefined;
  const known = new WeakMap<RoutingTarget, number>();
  return (target) => {
    const share = known.get(target) ?? shareOf(overlayEntry(overlay, target), priority);
    known.set(target, share);
    return share;
  };
}

/** Only the share of a closed circuit is all of the quota; what was decided by hand or for faults is the same for everybody. */
function shareOf(entry: OverlayTarget | undefined, priority: Priority): number {
  if (!entry) return 1;
  return entry.state === 'closed' && !entry.manual ? shareForPriority(entry.share, priority) : entry.share;
}
