import type { OverlayTarget, RoutingOverlay, RoutingTarget } from '@signalbox/contracts';

/** The probability, 0 to 1, with which a target enters the order of a request. */
export type Shares = (target: RoutingTarget) => number;

/** The controller's heartbeat is five minutes while any share is below 1; an overlay three heartbeats old says nothing any more. */
const STALE_MS = 15 * 60_000;

const sharesByOverlay = new WeakMap<RoutingOverlay, Shares | undefined>();

/**
 * The shares that fleet health gives. Undefined when every target enters for certain: without an overlay, with one that is stale, and
 * with one that has every target at 1.
 */
export function overlayShares(overlay: RoutingOverlay | undefined, now: number): Shares | undefined {
  if (!overlay || isStale(overlay, now)) return undefined;
  if (!sharesByOverlay.has(overlay)) sharesByOverlay.set(overlay, readShares(overlay));
  return sharesByOverlay.get(overlay);
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
export function overlayEntry(overlay: RoutingOverlay, { id, definition }: RoutingTarget): OverlayTarget | undefined {
  const key = `${id}@${definition}`;
  return Object.hasOwn(overlay.targets, key) ? overlay.targets[key] : undefined;
}

function readShares(overlay: RoutingOverlay): Shares | undefined {
  if (Object.values(overlay.targets).every(({ share }) => share >= 1)) return undefined;
  const known = new WeakMap<RoutingTarget, number>();
  return (target) => {
    const share = known.get(target) ?? overlayEntry(overlay, target)?.share ?? 1;
    known.set(target, share);
    return share;
  };
}
