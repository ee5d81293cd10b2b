import type { RoutingTarget } from '@signalbox/contracts';
import { targetKey } from '@signalbox/contracts/target-key';
import { createBoundedMap } from './bounded-map.ts';

/** What is left of a target's share after a 429. */
const CUT = 0.7;
const RECOVERY_PER_SECOND = 0.05;
/** A target that throttles is well: it always keeps some requests, by which it is seen to recover. */
const MIN_SHARE = 0.05;
/** A request is parked for no longer than this either; a header that says more is more likely wrong. */
const MAX_REST_MS = 900_000;

type Throttled = { share: number; cutAt: number; restsUntil: number };
type Note = { startedAt: number; now: number; retryAfterMs?: number | undefined };

/** How this process eases off targets that answered 429. Times in milliseconds since the epoch. */
export type LocalThrottle = {
  /** Notes a 429 to a call begun at `startedAt`. */
  note: (target: RoutingTarget, note: Note) => void;
  /** 0.05 to 1: the share of requests that should still try it. */
  shareOf: (target: RoutingTarget, now: number) => number;
  /** For how much longer the target asked to be left alone; 0 when it may be called. */
  restMs: (target: RoutingTarget, now: number) => number;
  /** True when no target is held back at all. */
  isQuiet: (now: number) => boolean;
};

/** Each 429 takes the share of its target down to 0.7 of what it was, each second gives 0.05 back; `Retry-After` is kept to the end. */
export function createLocalThrottle(): LocalThrottle {
  const throttled = createBoundedMap<Throttled>();
  return {
    note: (target, { startedAt, now, retryAfterMs = 0 }) => {
      const state = throttled.get(targetKey(target), () => ({ share: 1, cutAt: Number.NEGATIVE_INFINITY, restsUntil: 0 }));
      state.restsUntil = Math.max(state.restsUntil, now + Math.min(retryAfterMs, MAX_REST_MS));
      // Calls begun before the last cut were sent at the old rate: ten of them that come back together are one piece of news.
      if (startedAt < state.cutAt) return;
      state.share = Math.max(MIN_SHARE, shareAt(state, now) * CUT);
      state.cutAt = now;
    },
    shareOf: (target, now) => shareAt(throttled.peek(targetKey(target)), now),
    restMs: (target, now) => (throttled.size === 0 ? 0 : Math.max(0, (throttled.peek(targetKey(target))?.restsUntil ?? 0) - now)),
    isQuiet: (now) => {
      if (throttled.size === 0) return true;
      for (const [key, state] of throttled.entries()) if (shareAt(state, now) >= 1 && state.restsUntil <= now) throttled.delete(key);
      return throttled.size === 0;
    },
  };
}

function shareAt(state: Throttled | undefined, now: number): number {
  if (!state || state.share >= 1) return 1;
  return Math.min(1, state.share + (Math.max(0, now - state.cutAt) / 1_000) * RECOVERY_PER_SECOND);
}
