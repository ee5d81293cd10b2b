import type { RoutingOverlay } from '@signalbox/contracts';
import type { PlannedTarget } from './planned-target.ts';

/** The controller's heartbeat is five minutes while any share is below 1; an overlay three heartbeats old says nothing any more. */
const STALE_MS = 15 * 60_000;

type EnterInput = { targets: readonly PlannedTarget[]; overlay: RoutingOverlay | undefined; now: number; random: () => number };

/** The planned targets that health lets in: each enters with the probability that the overlay states for its definition, 1 where it states none. */
export function enterByShare({ targets, overlay, now, random }: EnterInput): readonly PlannedTarget[] {
  if (!overlay || now - overlay.publishedAt > STALE_MS) return targets;
  return targets.filter(({ target }) => {
    const share = overlay.targets[`${target.id}@${target.definition}`]?.share ?? 1;
    return share >= 1 || random() < share;
  });
}
