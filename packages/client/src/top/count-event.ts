import {
  AttemptsObserved,
  InferenceCompleted,
  InferenceDeferred,
  InferenceExpired,
  InferenceFailed,
  type ObservedAttempts,
} from '@signalbox/contracts';
import { healthClass } from '@signalbox/routing/health-class';
import type { BusEvent } from '../events/read-bus-event.ts';

/** Calls of a target, and some of the latencies of those that were answered. */
export type TargetCounts = { attempts: number; failed: number; throttled: number; slow: number; latencies: number[] };
/** Requests of a route by what became of them; `deferrals` tells of the first, second, fourth … wait of each. */
export type RouteCounts = { succeeded: number; degraded: number; failed: number; expired: number; deferrals: number; latencies: number[] };
export type Totals = {
  rejected: number;
  costUsd: number;
  /** Events that are not of the shape that this build knows. */
  unread: number;
};
/** What happened in a second. */
export type Counts = Totals & { targets: Map<string, TargetCounts>; routes: Map<string, RouteCounts> };

/** Latencies that are kept of a target, or a route, and a second: enough for a p99, and a bound for memory. */
const MOST_LATENCIES = 500;
const FAILED: ReadonlySet<string> = new Set(['fault', 'not-ready', 'misconfigured', 'ambiguous']);
const ENDINGS = { InferenceCompleted, InferenceFailed, InferenceExpired, InferenceDeferred };
const COUNTED_AS = { InferenceFailed: 'failed', InferenceExpired: 'expired', InferenceDeferred: 'deferrals' } as const;
type EndingType = keyof typeof ENDINGS;

/** Adds an event to its second. */
export function countEvent(counts: Counts, { type, metadata, data }: BusEvent): void {
  if (type === 'InferenceRejected') counts.rejected += 1;
  else if (type === 'AttemptsObserved') {
    const observed = AttemptsObserved.safeParse({ metadata, data });
    if (!observed.success) counts.unread += 1;
    for (const observation of observed.data?.data.observations ?? []) countAttempts(counts, observation);
  } else if (Object.hasOwn(ENDINGS, type)) {
    const ending = ENDINGS[type as EndingType].safeParse({ metadata, data });
    if (!ending.success) counts.unread += 1;
    else countEnding(counts, type as EndingType, ending.data.data);
  }
}

function countAttempts(
  { targets }: Counts,
  { target, outcome, slow, originalStatus, count: attempts, latenciesMs }: ObservedAttempts,
): void {
  const counts = targets.get(target) ?? { attempts: 0, failed: 0, throttled: 0, slow: 0, latencies: [] };
  targets.set(target, counts);
  const kind = healthClass({ outcome, slow, originalStatus });
  counts.attempts += attempts;
  if (FAILED.has(kind)) counts.failed += attempts;
  if (kind === 'throttle') counts.throttled += attempts;
  if (slow) counts.slow += attempts;
  if (outcome === 'succeeded') keep(counts.latencies, latenciesMs);
}

type Ending = {
  route: string;
  costUsd?: number | null | undefined;
  degraded?: object | undefined;
  timing?: { totalMs: number } | undefined;
};

function countEnding(counts: Counts, type: EndingType, { route: name, costUsd, degraded, timing }: Ending): void {
  const route = counts.routes.get(name) ?? { succeeded: 0, degraded: 0, failed: 0, expired: 0, deferrals: 0, latencies: [] };
  counts.routes.set(name, route);
  counts.costUsd += costUsd ?? 0;
  if (type !== 'InferenceCompleted') {
    route[COUNTED_AS[type]] += 1;
    return;
  }
  route[degraded ? 'degraded' : 'succeeded'] += 1;
  if (timing) keep(route.latencies, [timing.totalMs]);
}

function keep(kept: number[], latencies: readonly number[]): void {
  kept.push(...latencies.slice(0, Math.max(0, MOST_LATENCIES - kept.length)));
}
