import type { RoutingOverlay } from '@signalbox/contracts';
import { OVERLAY } from './thresholds.ts';

/**
 * When an overlay is to be written, in milliseconds since the epoch; undefined when it says what the one before says, and that needs
 * no renewing. Changes are a second apart; a heartbeat keeps shares below 1 from being taken for forgotten ones.
 */
export function overlayDueAt(previous: RoutingOverlay | undefined, next: RoutingOverlay): number | undefined {
  if (!previous) return saysNothing(next) ? undefined : next.publishedAt;
  if (contentOf(previous) !== contentOf(next)) return Math.max(next.publishedAt, previous.publishedAt + OVERLAY.writeEveryMs);
  return saysNothing(next) ? undefined : previous.publishedAt + OVERLAY.heartbeatMs;
}

function saysNothing({ targets, panic, suspectSlots = [] }: RoutingOverlay): boolean {
  return Object.keys(targets).length === 0 && panic.length === 0 && suspectSlots.length === 0;
}

/** Without what moves all the time: a median that is a little higher is no reason for a write. */
function contentOf({ targets, panic, suspectSlots = [] }: RoutingOverlay): string {
  const entries = Object.entries(targets).map(([key, { state, share, reason, since, manual = false }]) => [
    key,
    state,
    share,
    reason,
    since,
    manual,
  ]);
  return JSON.stringify([entries, panic, suspectSlots]);
}
