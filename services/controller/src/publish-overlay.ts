import type { RoutingOverlay } from '@signalbox/contracts';
import { UnavailableError } from '@signalbox/runtime/errors';
import { overlayDueAt, toOverlay } from './health/index.ts';
import type { Judgement } from './judge-fleet.ts';
import { toOverlayChanged } from './overlay-changed.ts';
import type { Note, OverlayStore, Publish, StoredOverlay } from './ports.ts';

const TRIES = 10;
/** Clocks of processes differ by less; one that is further ahead is wrong. */
const CLOCK_SKEW_MS = 1_000;
/** Changes are a second apart: so long, by any clock, a change is waited for here. What is due later is the next judgement's. */
const LONGEST_WAIT_MS = 1_000 + CLOCK_SKEW_MS;

export type PublishOverlayPorts = {
  overlay: OverlayStore;
  publish: Publish;
  note: Note;
  stage: string;
  now: () => number;
  sleep: (ms: number) => Promise<unknown>;
};

export type OverlayWritten = 'written' | 'unchanged' | 'superseded';

/**
 * Writes the overlay that follows from a judgement, when it says something new or its heartbeat is due, and tells the bus. Guarded by its
 * sequence; a judgement that is older than the overlay's own writes nothing.
 */
export function createPublishOverlay(ports: PublishOverlayPorts): (judgement: Judgement) => Promise<OverlayWritten> {
  return async ({ evaluation, fleetVersion }) => {
    for (let tried = 0; tried < TRIES; tried++) {
      const stored = await ports.overlay.read();
      if (stored && stored.fleetVersion > fleetVersion) return 'superseded';
      const now = ports.now();
      const next = toOverlay({ evaluation, seq: nextSeq(stored, now), now });
      const waitMs = dueIn(stored, next);
      if (waitMs === undefined || waitMs > LONGEST_WAIT_MS) return 'unchanged';
      if (waitMs > 0) await ports.sleep(waitMs);
      else if ((await ports.overlay.write({ overlay: next, fleetVersion }, stored?.seq)) === 'written') {
        if (stored && !stored.overlay) ports.note('error', 'An overlay that nobody could read was replaced', { seq: stored.seq });
        const event = toOverlayChanged({ previous: stored?.overlay, current: next, stage: ports.stage });
        if (event) await ports.publish(event);
        return 'written';
      }
    }
    throw new UnavailableError({ message: `The routing overlay was written by others ${TRIES} times before it could be.` });
  };
}

/** The first one begins at the time in seconds, which no sequence outruns: processes that knew a lost overlay accept the new one. */
function nextSeq(stored: StoredOverlay | undefined, now: number): number {
  return stored ? stored.seq + 1 : Math.floor(now / 1_000);
}

/** Milliseconds until the overlay is to be written; undefined when it is not. One that nobody can read is replaced at once. */
function dueIn(stored: StoredOverlay | undefined, next: RoutingOverlay): number | undefined {
  if (stored && !stored.overlay) return 0;
  const { publishedAt: now } = next;
  const dueAt = overlayDueAt(stored?.overlay && withPossibleTime(stored.overlay, now), next);
  return dueAt === undefined ? undefined : dueAt - now;
}

/** A clock that was far ahead must not hold back what follows. */
function withPossibleTime(overlay: RoutingOverlay, now: number): RoutingOverlay {
  return overlay.publishedAt > now + CLOCK_SKEW_MS ? { ...overlay, publishedAt: 0 } : overlay;
}
