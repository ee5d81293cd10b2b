import type { AlarmDefinition } from './alarm-definition.ts';
import type { MetricStore } from './metric-store.ts';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** The state and the values that it comes from, newest first; undefined is a period without data. */
export type Evaluation = { state: AlarmState; values: readonly (number | undefined)[] };

/** What an alarm says at a time: of so many periods that end now, so many must breach. */
export function evaluateAlarm(input: {
  alarm: AlarmDefinition;
  store: MetricStore;
  nowMs: number;
  /** How long a second of the alarm's period lasts, in milliseconds. */
  secondMs: number;
  before: AlarmState;
}): Evaluation {
  const { alarm, nowMs, before } = input;
  const periodMs = alarm.periodSeconds * input.secondMs;
  const values = Array.from({ length: alarm.evaluationPeriods }, (_, index) =>
    valueIn({ ...input, fromMs: nowMs - (index + 1) * periodMs, untilMs: nowMs - index * periodMs }),
  );
  return { state: judge(alarm, values, before), values };
}

function judge(alarm: AlarmDefinition, values: readonly (number | undefined)[], before: AlarmState): AlarmState {
  const known = values.filter((value) => value !== undefined);
  if (known.length === 0 && alarm.treatMissingData === 'missing') return 'INSUFFICIENT_DATA';
  if (known.length === 0 && alarm.treatMissingData === 'ignore') return before;
  const missing = alarm.treatMissingData === 'breaching' ? values.length - known.length : 0;
  return known.filter(alarm.isBreaching).length + missing >= alarm.datapointsToAlarm ? 'ALARM' : 'OK';
}

type Window = { alarm: AlarmDefinition; store: MetricStore; fromMs: number; untilMs: number };

function valueIn({ alarm, store, fromMs, untilMs }: Window): number | undefined {
  const valueOfId = (id: string, depth = 0): number | undefined => {
    // An expression that names itself, directly or not, has no value.
    if (depth > alarm.expressions.size) return undefined;
    const metric = alarm.metrics.find((one) => one.id === id);
    if (metric) return metric.statistic(store.read(metric.metric, fromMs, untilMs));
    return alarm.expressions.get(id)?.((name) => valueOfId(name, depth + 1));
  };
  return valueOfId(alarm.watched);
}
