/** A statistic of CloudWatch over the values of one period; undefined without values. */
export type Statistic = (values: readonly number[]) => number | undefined;

const STATISTICS: Readonly<Record<string, (values: readonly number[]) => number>> = {
  Sum: (values) => values.reduce((sum, value) => sum + value, 0),
  Average: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  Minimum: (values) => Math.min(...values),
  Maximum: (values) => Math.max(...values),
  SampleCount: (values) => values.length,
};

/** `Sum`, `Average`, `Minimum`, `Maximum`, `SampleCount` and percentiles such as `p99.9`; undefined for any other name. */
export function findStatistic(name: string): Statistic | undefined {
  const percentile = /^p(\d{1,2}(?:\.\d+)?|100)$/.exec(name)?.[1];
  const compute = percentile === undefined ? STATISTICS[name] : (values: readonly number[]) => percentileOf(values, Number(percentile));
  return compute && ((values) => (values.length === 0 ? undefined : compute(values)));
}

/** By nearest rank: the smallest value that so many percent of the values do not exceed. */
function percentileOf(values: readonly number[], percentile: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil((percentile / 100) * sorted.length) - 1)] ?? Number.NaN;
}
