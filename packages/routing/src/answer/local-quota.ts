import type { RoutingTarget } from '@signalbox/contracts';
import { targetKey } from '@signalbox/contracts/target-key';
import { createBoundedMap } from './bounded-map.ts';
import type { Quota } from './quota.ts';

/** What was booked in one second. */
type Booked = { second: number; requests: number; tokens: number };
type Limits = { requests: number; tokens: number };

/** A booking of the first instant of a second must still count at the last instant of the minute after it. */
const WINDOW_SECONDS = 61;

/**
 * Counts the calls of this process over the last minute, in steps of a second, so that no minute has more than the target's limits, but for
 * one large request. Tokens count
 * as Bedrock counts them: input and maximum output from the start of the call, what was used from its end.
 */
export function createLocalQuota(): Quota {
  const bookedByTarget = createBoundedMap<Booked[]>();
  return {
    waitMs: ({ target, tokens, now }) => {
      if (!target.rateLimits) return 0;
      const booked = bookedByTarget.peek(targetKey(target)) ?? [];
      return waitMs({ booked, limits: limitsOf(target), tokens, now });
    },
    reserve: ({ target, tokens, now }) => {
      if (!target.rateLimits) return () => undefined;
      const booked = bookedByTarget.get(targetKey(target), () => []);
      const slot = bookIn(booked, Math.floor(now / 1_000));
      slot.requests++;
      slot.tokens += tokens;
      return (used = tokens) => {
        slot.tokens += used - tokens;
      };
    },
  };
}

function bookIn(booked: Booked[], second: number): Booked {
  while (booked[0] && booked[0].second <= second - WINDOW_SECONDS) booked.shift();
  const last = booked.at(-1);
  if (last && last.second >= second) return last;
  const slot = { second, requests: 0, tokens: 0 };
  booked.push(slot);
  return slot;
}

type WaitInput = { booked: readonly Booked[]; limits: Limits; tokens: number; now: number };

/** The oldest seconds leave the window one after another, until the rest leaves room. */
function waitMs({ booked, limits, tokens, now }: WaitInput): number {
  const second = Math.floor(now / 1_000);
  const counted = booked.filter((one) => one.second > second - WINDOW_SECONDS);
  let requests = counted.reduce((sum, one) => sum + one.requests, 0);
  let used = counted.reduce((sum, one) => sum + one.tokens, 0);
  const fits = () => requests + 1 <= limits.requests && haveRoom({ used, tokens, limit: limits.tokens });
  if (fits()) return 0;
  for (const one of counted) {
    requests -= one.requests;
    used -= one.tokens;
    if (fits()) return Math.max(1, (one.second + WINDOW_SECONDS) * 1_000 - now);
  }
  return 0;
}

/**
 * A request that needs more than half of the limit would hardly ever find room between small ones: it is let in while no more than half is used.
 * Whether it may go beyond the limit is for the provider to say.
 */
function haveRoom({ used, tokens, limit }: { used: number; tokens: number; limit: number }): boolean {
  return tokens > limit / 2 ? used <= limit / 2 : used + tokens <= limit;
}

function limitsOf({ rateLimits }: RoutingTarget): Limits {
  return {
    requests: rateLimits?.requestsPerMinute ?? Number.POSITIVE_INFINITY,
    tokens: rateLimits?.tokensPerMinute ?? Number.POSITIVE_INFINITY,
  };
}
