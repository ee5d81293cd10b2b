import * as z from 'zod/mini';
import { compileMetricExpression, type MetricExpression, MetricExpressionError } from './metric-expression.ts';
import type { MetricId } from './metric-store.ts';
import { findStatistic, type Statistic } from './statistic.ts';

const COMPARISONS: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

export type WatchedMetric = { id: string; metric: MetricId; statistic: Statistic };

/** An alarm of a template, understood. */
export type AlarmDefinition = {
  name: string;
  metrics: readonly WatchedMetric[];
  expressions: ReadonlyMap<string, MetricExpression>;
  /** The id, of a metric or an expression, that is compared with the threshold. */
  watched: string;
  isBreaching: (value: number) => boolean;
  /** In the template's seconds. */
  periodSeconds: number;
  evaluationPeriods: number;
  datapointsToAlarm: number;
  treatMissingData: 'missing' | 'notBreaching' | 'breaching' | 'ignore';
};

export type AlarmReading = { kind: 'read'; alarm: AlarmDefinition } | { kind: 'not-understood'; name: string; reason: string };

/** CloudFormation writes numbers as text, too. */
const number = z.pipe(z.union([z.number(), z.string()]), z.transform(Number));
const Metric = z.object({
  Namespace: z.string(),
  MetricName: z.string(),
  Dimensions: z._default(z.array(z.object({ Name: z.string(), Value: z.string() })), []),
});
const MetricQuery = z.object({
  Id: z.string(),
  Expression: z.optional(z.string()),
  ReturnData: z.optional(z.union([z.boolean(), z.string()])),
  MetricStat: z.optional(z.object({ Metric, Period: number, Stat: z.string() })),
});
const Properties = z.object({
  ComparisonOperator: z.string(),
  Threshold: number,
  EvaluationPeriods: number,
  DatapointsToAlarm: z.optional(number),
  TreatMissingData: z._default(z.enum(['missing', 'notBreaching', 'breaching', 'ignore']), 'missing'),
  Metrics: z.optional(z.array(MetricQuery)),
  Namespace: z.optional(z.string()),
  MetricName: z.optional(z.string()),
  Dimensions: z.optional(Metric.def.shape.Dimensions),
  Statistic: z.optional(z.string()),
  ExtendedStatistic: z.optional(z.string()),
  Period: z.optional(number),
});
type Properties = z.infer<typeof Properties>;

/** Why alarms on queues and functions themselves are not evaluated. */
export const OF_AWS = "nothing here writes AWS's own metrics";

/** Reads an alarm's resolved properties, or says what of them is not emulated. */
export function readAlarm(name: string, properties: Record<string, unknown>): AlarmReading {
  const parsed = z.safeParse(Properties, properties);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { kind: 'not-understood', name, reason: `${issue?.path.join('.')}: ${issue?.message}` };
  }
  try {
    return { kind: 'read', alarm: toAlarm(name, parsed.data) };
  } catch (error) {
    if (error instanceof NotEmulatedError || error instanceof MetricExpressionError)
      return { kind: 'not-understood', name, reason: error.message };
    throw error;
  }
}

class NotEmulatedError extends Error {}

function toAlarm(name: string, properties: Properties): AlarmDefinition {
  const queries = properties.Metrics ?? [singleMetric(properties)];
  const stats = queries.flatMap(({ Id, MetricStat }) => (MetricStat ? [{ id: Id, ...MetricStat }] : []));
  const compare = COMPARISONS[properties.ComparisonOperator];
  if (compare === undefined) throw new NotEmulatedError(`the comparison ${properties.ComparisonOperator} is not emulated`);
  const periods = new Set(stats.map(({ Period }) => Period));
  if (periods.size !== 1) throw new NotEmulatedError('its metrics have several periods, or none');
  const [watched, ...others] = queries.filter(({ ReturnData }) => queries.length === 1 || String(ReturnData ?? true) === 'true');
  if (watched === undefined || others.length > 0) throw new NotEmulatedError('it returns not one value but several');
  return {
    name,
    metrics: stats.map(({ id, Metric: metric, Stat }) => ({ id, metric: toMetricId(metric), statistic: statisticOf(Stat) })),
    expressions: new Map(queries.flatMap(({ Id, Expression: text }) => (text ? [[Id, compileMetricExpression(text)] as const] : []))),
    watched: watched.Id,
    isBreaching: (value) => compare(value, properties.Threshold),
    periodSeconds: [...periods][0] ?? 60,
    evaluationPeriods: properties.EvaluationPeriods,
    datapointsToAlarm: properties.DatapointsToAlarm ?? properties.EvaluationPeriods,
    treatMissingData: properties.TreatMissingData,
  };
}

function singleMetric({ Namespace, MetricName, Dimensions = [], Statistic, ExtendedStatistic, Period }: Properties) {
  if (Namespace === undefined || MetricName === undefined || Period === undefined)
    throw new NotEmulatedError('it names no metric with a period');
  const Stat = Statistic ?? ExtendedStatistic ?? '';
  return {
    Id: 'metric',
    ReturnData: true,
    Expression: undefined,
    MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period, Stat },
  };
}

function toMetricId({ Namespace, MetricName, Dimensions }: z.infer<typeof Metric>): MetricId {
  if (Namespace.startsWith('AWS/')) throw new NotEmulatedError(`${OF_AWS}: ${Namespace}`);
  return { namespace: Namespace, name: MetricName, dimensions: Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value])) };
}

function statisticOf(name: string): Statistic {
  const statistic = findStatistic(name);
  if (statistic === undefined) throw new NotEmulatedError(`the statistic ${name} is not emulated`);
  return statistic;
}
