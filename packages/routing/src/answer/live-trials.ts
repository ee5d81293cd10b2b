import { createBoundedMap } from './bounded-map.ts';

/** Between two trials of a route in one process; jittered by a fifth either way. */
const INTERVAL_MS = 10_000;
/** An answer lets the requests that come within this time go as well, so that what waited is worked off soon after the targets heal. */
const OPEN_MS = 10_000;

/** While every target of a route is out, a live request now and then finds out whether that is still so. Times in milliseconds since the epoch. */
export type LiveTrials = {
  /** True when this request may be the trial; then the next one has to wait. */
  take: (route: string, now: number) => boolean;
  /** Notes that a call which health would have held back was answered. */
  noteAnswer: (route: string, now: number) => void;
  /** True when such a call was answered a moment ago. */
  wasAnswered: (route: string, now: number) => boolean;
};

type Trials = { nextAt: number; answeredAt: number };

export function createLiveTrials({ random }: { random: () => number }): LiveTrials {
  const routes = createBoundedMap<Trials>();
  const make = (): Trials => ({ nextAt: Number.NEGATIVE_INFINITY, answeredAt: Number.NEGATIVE_INFINITY });
  return {
    take: (route, now) => {
      const trials = routes.get(route, make);
      if (now < trials.nextAt) return false;
      trials.nextAt = now + INTERVAL_MS * (0.8 + 0.4 * random());
      return true;
    },
    noteAnswer: (route, now) => {
      routes.get(route, make).answeredAt = now;
    },
    wasAnswered: (route, now) => now - (routes.peek(route)?.answeredAt ?? Number.NEGATIVE_INFINITY) < OPEN_MS,
  };
}
