import type { MetricValues } from './parse-metrics-line.ts';

/** Which metric: CloudWatch adds nothing up over dimensions, so all of them must be named. */
export type MetricId = { namespace: string; name: string; dimensions: Readonly<Record<string, string>> };

export type MetricStore = {
  add(metric: MetricValues, atMs: number): void;
  /** The values of a time, its start included and its end not. */
  read(metric: MetricId, fromMs: number, untilMs: number): number[];
};

type Sample = { atMs: number; value: number };

/** Keeps the values of the metrics that somebody watches, for as long as somebody may look back. */
export function createMetricStore({ keepMs }: { keepMs: number }): MetricStore {
  const samples = new Map<string, Sample[]>();
  return {
    add(metric, atMs) {
      const key = keyOf(metric);
      const kept = samples.get(key) ?? [];
      const stale = kept.findIndex((sample) => sample.atMs >= atMs - keepMs);
      kept.splice(0, stale === -1 ? kept.length : stale);
      for (const value of metric.values) kept.push({ atMs, value });
      samples.set(key, kept);
    },
    read: (metric, fromMs, untilMs) =>
      (samples.get(keyOf(metric)) ?? []).filter(({ atMs }) => atMs >= fromMs && atMs < untilMs).map(({ value }) => value),
  };
}

function keyOf({ namespace, name, dimensions }: MetricId): string {
  return JSON.stringify([namespace, name, Object.entries(dimensions).sort(([left], [right]) => (left < right ? -1 : 1))]);
}
