import * as z from 'zod/mini';
import type { Counter } from './counters-of.ts';
import { LIMIT_KINDS } from './limit-kind.ts';
import { windowEnd, windowStart } from './limit-window.ts';

/** What the store knows of one counter. */
export const CounterState = z.object({
  /** When its window began. */
  window: z.int(),
  /** Counted in this window, in whole units. */
  used: z.number(),
  /** What processes hold, summed by the second (of the epoch) at which it is theirs no more: as small with a thousand processes as with one. */
  held: z.record(z.string(), z.number()),
});
export type CounterState = z.infer<typeof CounterState>;

/** The one item of a tenant: every counter by its id. */
export const LimitsState = z.object({ counters: z.record(z.string(), CounterState) });
export type LimitsState = z.infer<typeof LimitsState>;

export const EMPTY_STATE: LimitsState = { counters: {} };

/** The counter as it stands at `now`: a new window begins with nothing used, and what was held too long is free again. */
export function counterAt(state: LimitsState, counter: Pick<Counter, 'id' | 'kind'>, now: number): CounterState {
  const known = state.counters[counter.id];
  const current = windowStart(counter.kind, now);
  if (!known) return { window: current, used: 0, held: {} };
  // Another's clock may be ahead of ours: its window stands.
  if (known.window >= current) return { ...known, held: liveHolds(known.held, now) };
  return { window: current, used: 0, held: LIMIT_KINDS[counter.kind].style === 'rate' ? {} : liveHolds(known.held, now) };
}

export function heldIn({ held }: CounterState): number {
  return Object.values(held).reduce((sum, amount) => sum + amount, 0);
}

/** Counters that say nothing any more: of a route that is gone, or of a limit that was taken back. */
export function withoutIdle(state: LimitsState, now: number): LimitsState {
  const counters = Object.entries(state.counters).filter(([id, known]) => {
    const kind = (id.split('|')[1] ?? id) as Counter['kind'];
    if (!(kind in LIMIT_KINDS)) return false;
    if (Object.keys(liveHolds(known.held, now)).length > 0) return true;
    return LIMIT_KINDS[kind].style !== 'slots' && windowEnd(kind, known.window) > now;
  });
  return { counters: Object.fromEntries(counters) };
}

function liveHolds(held: CounterState['held'], now: number): CounterState['held'] {
  return Object.fromEntries(Object.entries(held).filter(([until, amount]) => Number(until) * 1_000 > now && amount > 0));
}
