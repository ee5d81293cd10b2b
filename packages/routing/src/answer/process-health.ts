import type { ModelReply, Priority, RoutingOverlay, RoutingTable, RoutingTarget } from '@signalbox/contracts';
import { overlayEntry, type Shares } from '../plan/overlay-shares.ts';
import { shareForPriority } from '../plan/share-for-priority.ts';
import { healthClass } from './health-class.ts';
import { createHedgeBudget, type HedgeBudget } from './hedge-budget.ts';
import { binds, type Hold, type Tolerance } from './hold.ts';
import { createLiveTrials, type LiveTrials } from './live-trials.ts';
import { createLocalBreaker } from './local-breaker.ts';
import { createLocalQuota } from './local-quota.ts';
import { createLocalThrottle } from './local-throttle.ts';
import type { Quota } from './quota.ts';
import { createRecentCalls, type RecentCalls } from './recent-calls.ts';
import { createRetryBudget } from './retry-budget.ts';
import { createSteadyClock } from './steady-clock.ts';
import type { TokenBucket } from './token-bucket.ts';

/** For whom a target is judged, and when, in milliseconds since the epoch. */
export type Asker = {
  tenant: string;
  /** Under throttling bulk gives way; absent: as standard. */
  priority?: Priority | undefined;
  now: number;
  /** What a call to the target would reserve. Asked for targets with stated limits only. */
  tokensFor: (target: RoutingTarget) => number;
  tolerance: Tolerance;
};

/** A call that begins; `request` names its request across tenants. `isSuspect`: of a tenant slot whose requests fail everywhere. */
export type BegunCall = { target: RoutingTarget; request: string; isSuspect?: boolean } & Asker;

/** How a call ended. `isSlow` by its route; `isCutOff` by the end of its receive, so that nobody knows what it would have come to. */
export type CallEnding = { reply: ModelReply; isSlow: boolean; isCutOff: boolean; now: number };

/**
 * What one process learned from its own calls, and what it allows itself. One per process, shared by all its requests. It may be told times
 * of a clock that is set back: what it holds out is not held longer for that.
 */
export type ProcessHealth = {
  recentCalls: RecentCalls;
  retryBudget: TokenBucket;
  hedgeBudget: HedgeBudget;
  trials: LiveTrials;
  /** Shares of targets for one plan, 0 to 1; undefined when every target is at 1. */
  sharesFor: (asker: Asker, table: RoutingTable) => Shares | undefined;
  /** Why a target must not be called now; undefined when it may be. */
  holdOf: (target: RoutingTarget, asker: Asker) => Hold | undefined;
  /** Notes that a call begins; gives what is to be called once when it is over. */
  begin: (call: BegunCall) => (ending: CallEnding) => void;
  /** Notes what the fleet says now: a target that it lets in again, by probes, is probed here as well, however long it was to be out. */
  heed: (overlay: RoutingOverlay | undefined, table: RoutingTable, now: number) => void;
  /** Notes that a request which failed at this target was answered by another. */
  vouch: (target: RoutingTarget, request: string, now: number) => void;
};

type Options = {
  /** 0 up to, not including, 1. */
  random: () => number;
  /** Absent, this process counts by itself. */
  quota?: Quota;
};

/**
 * @example
 * const health = createProcessHealth({ random: Math.random });
 * const answer = createAnswer({ callModel, now: Date.now, random: Math.random, sleep, health });
 */
export function createProcessHealth({ random, quota = createLocalQuota() }: Options): ProcessHealth {
  const breaker = createLocalBreaker({ random });
  const throttle = createLocalThrottle();
  const trials = createLiveTrials({ random });
  const steady = createSteadyClock();
  let heeded: RoutingOverlay | undefined;

  /** `now` is steady, whatever the asker's own. */
  function holdOf(target: RoutingTarget, { tenant, tokensFor, tolerance }: Asker, now: number): Hold | undefined {
    const restMs = throttle.restMs(target, now);
    if (restMs > 0) return { cause: 'resting', forMs: restMs };
    const quotaMs = target.rateLimits ? quota.waitMs({ target, tokens: tokensFor(target), now }) : 0;
    if (quotaMs > 0) return { cause: 'at-quota', forMs: quotaMs };
    const hold = breaker.holdOf(target, tenant, now);
    return hold && binds(hold, tolerance) ? hold : undefined;
  }

  return {
    recentCalls: createRecentCalls(),
    retryBudget: createRetryBudget(),
    hedgeBudget: createHedgeBudget(),
    trials: {
      take: (route, now) => trials.take(route, steady(now)),
      noteAnswer: (route, now) => trials.noteAnswer(route, steady(now)),
      wasAnswered: (route, now) => trials.wasAnswered(route, steady(now)),
    },
    holdOf: (target, asker) => holdOf(target, asker, steady(asker.now)),
    sharesFor: (asker, table) => {
      const { tolerance, priority } = asker;
      const now = steady(asker.now);
      const isQuiet = throttle.isQuiet(now) && breaker.isQuiet(now) && !hasRateLimits(table);
      if (isQuiet) return undefined;
      const shareOf = (target: RoutingTarget) =>
        tolerance === 'desperate' ? 1 : shareForPriority(throttle.shareOf(target, now), priority);
      return (target) => (holdOf(target, asker, now) ? 0 : shareOf(target));
    },
    begin: ({ target, request, tenant, isSuspect = false, tokensFor, now: begunAt }) => {
      const startedAt = steady(begunAt);
      const settleQuota = target.rateLimits && quota.reserve({ target, tokens: tokensFor(target), now: startedAt });
      const endWatch = breaker.begin(target, { request, tenant, startedAt, isSuspect });
      return ({ reply, isSlow, isCutOff, now: endedAt }) => {
        const now = steady(endedAt);
        const judged = {
          outcome: reply.outcome,
          slow: isSlow,
          ...(reply.outcome !== 'succeeded' && { originalStatus: reply.originalStatus }),
        };
        const health = healthClass(judged);
        endWatch(isCutOff && health === 'ambiguous' ? 'nothing' : health, now);
        settleQuota?.(tokensUsed(reply));
        if (reply.outcome === 'throttled') throttle.note(target, { startedAt, now, retryAfterMs: reply.retryAfterMs });
      };
    },
    heed: (overlay, table, now) => {
      if (overlay === heeded) return;
      heeded = overlay;
      if (!overlay || breaker.isQuiet(steady(now))) return;
      for (const target of Object.values(table.targets)) {
        const entry = overlayEntry(overlay, target);
        if (entry?.state === 'half-open') breaker.readmit(target, entry.since, steady(now));
      }
    },
    vouch: (target, request, now) => breaker.vouch(target, request, steady(now)),
  };
}

/** What Bedrock counts at the end of a call; undefined where nobody said, and the reservation stands. */
function tokensUsed(reply: ModelReply): number | undefined {
  if (reply.outcome === 'throttled') return 0;
  return reply.usage && reply.usage.inputTokens + (reply.usage.cacheWriteTokens ?? 0) + reply.usage.outputTokens;
}

const limitedTables = new WeakMap<RoutingTable, boolean>();

function hasRateLimits(table: RoutingTable): boolean {
  const known = limitedTables.get(table) ?? Object.values(table.targets).some(({ rateLimits }) => rateLimits);
  limitedTables.set(table, known);
  return known;
}

/** A request across tenants: ids are unique to their tenant. */
export function requestKey(tenant: string, id: string): string {
  return `${tenant}#${id}`;
}
