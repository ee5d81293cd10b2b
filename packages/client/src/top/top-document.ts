import type { TopTarget, TopView } from './top-view.ts';
import type { Latency } from './traffic.ts';

/** The view as plain data for programs: rates per second, shares 0..1, null where nothing was seen. */
export function toTopDocument({ at, targets, routes, traffic, lagMs, ...view }: TopView): object {
  const { seconds } = traffic;
  return {
    at: new Date(at).toISOString(),
    ...view,
    observedSeconds: round(seconds),
    lagMs,
    costUsdPerHour: round((traffic.costUsd / seconds) * 3_600, 6),
    rejectedPerSecond: round(traffic.rejected / seconds),
    unreadEvents: traffic.unread,
    targets: targets.map((target) => ({ ...plain(target), ...targetFigures(target, seconds) })),
    routes: routes.map(({ traffic: counts, ...route }) => ({
      ...route,
      ...Object.fromEntries(
        (['succeeded', 'degraded', 'failed', 'expired', 'deferrals'] as const).map((name) => [
          `${name}PerSecond`,
          round((counts?.[name] ?? 0) / seconds),
        ]),
      ),
      ...latencyFigures(counts),
    })),
  };
}

function plain({ traffic: _, lastChange, ...listing }: TopTarget): object {
  return { ...listing, ...(lastChange && { lastChange: { ...lastChange, at: new Date(lastChange.at).toISOString() } }) };
}

function targetFigures({ traffic }: TopTarget, seconds: number): object {
  const { attempts = 0, failed = 0, throttled = 0, slow = 0 } = traffic ?? {};
  return {
    callsPerSecond: round(attempts / seconds),
    failedShare: shareOf(failed, attempts),
    throttledShare: shareOf(throttled, attempts),
    slowShare: shareOf(slow, attempts),
    ...latencyFigures(traffic),
  };
}

function shareOf(count: number, all: number): number | null {
  return all === 0 ? null : round(count / all, 4);
}

function latencyFigures(latency: Latency | undefined): Record<keyof Latency, number | null> {
  return { p50Ms: latency?.p50Ms ?? null, p95Ms: latency?.p95Ms ?? null, p99Ms: latency?.p99Ms ?? null };
}

function round(value: number, digits = 2): number {
  return Number(value.toFixed(digits));
}
