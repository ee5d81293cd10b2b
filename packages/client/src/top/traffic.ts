import type { BusEvent } from '../events/read-bus-event.ts';
import { type Counts, countEvent, type RouteCounts, type TargetCounts, type Totals } from './count-event.ts';
import { percentile } from './percentile.ts';

/** Milliseconds below which half, 95 and 99 % of the answers came; undefined without an answer. */
export type Latency = { p50Ms: number | undefined; p95Ms: number | undefined; p99Ms: number | undefined };
/** What was seen of a target: calls that ended, whoever asked for them. */
export type TargetTraffic = Omit<TargetCounts, 'latencies'> & Latency;
/** What became of the requests of a route. */
export type RouteTraffic = Omit<RouteCounts, 'latencies'> & Latency;
/** Counts over the last `seconds`, which are fewer at the beginning. */
export type Traffic = Totals & {
  seconds: number;
  targets: ReadonlyMap<string, TargetTraffic>;
  routes: ReadonlyMap<string, RouteTraffic>;
};

export const WINDOW_SECONDS = 60;

/** Adds up events by the second in which they happened, over the last minute. */
export function createTraffic({ startedAt }: { startedAt: number }) {
  const seconds = new Map<number, Counts>();
  const isRecent = (second: number, now: number) => second > now / 1_000 - WINDOW_SECONDS;
  return {
    add(event: BusEvent, now: number): void {
      for (const old of seconds.keys()) if (!isRecent(old, now)) seconds.delete(old);
      // A clock that is ahead of this one must not put events into seconds that are not summed up yet.
      const second = Math.floor(Math.min(Date.parse(event.metadata.occurredAt), now) / 1_000);
      if (!isRecent(second, now)) return;
      const counts = seconds.get(second) ?? { targets: new Map(), routes: new Map(), rejected: 0, costUsd: 0, unread: 0 };
      seconds.set(second, counts);
      countEvent(counts, event);
    },
    summarize(now: number): Traffic {
      const recent = [...seconds].filter(([second]) => isRecent(second, now)).map(([, counts]) => counts);
      const total = (name: keyof Totals) => recent.reduce((sum, counts) => sum + counts[name], 0);
      return {
        seconds: Math.max(1, Math.min(WINDOW_SECONDS, (now - startedAt) / 1_000)),
        targets: sumUp(recent.map(({ targets }) => targets)),
        routes: sumUp(recent.map(({ routes }) => routes)),
        ...{ rejected: total('rejected'), costUsd: total('costUsd'), unread: total('unread') },
      };
    },
  };
}

/** The sums of each name over the seconds, with the percentiles of all. */
function sumUp<Kind extends { latencies: number[] }>(
  seconds: readonly Map<string, Kind>[],
): Map<string, Omit<Kind, 'latencies'> & Latency> {
  const names = new Set(seconds.flatMap((second) => [...second.keys()]));
  return new Map([...names].map((name) => [name, sum(seconds.flatMap((second) => second.get(name) ?? []))]));
}

function sum<Kind extends { latencies: number[] }>(parts: readonly Kind[]): Omit<Kind, 'latencies'> & Latency {
  const totals: Record<string, number> = {};
  for (const { latencies: _, ...counts } of parts)
    for (const [name, value] of Object.entries(counts)) totals[name] = (totals[name] ?? 0) + Number(value);
  const sorted = parts.flatMap(({ latencies }) => latencies).sort((one, other) => one - other);
  const latency: Latency = { p50Ms: percentile(sorted, 0.5), p95Ms: percentile(sorted, 0.95), p99Ms: percentile(sorted, 0.99) };
  return { ...(totals as Omit<Kind, 'latencies'>), ...latency };
}
