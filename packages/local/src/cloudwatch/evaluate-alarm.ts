import type { AlarmDefinition } from './alarm-definition.ts';
import type { MetricStore } from './metric-store.ts';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** The state and the values that it comes from, newest first; undefined is a period without data. */
export type Evaluation = { state: AlarmState; values: readonly (number | undefined)[] };

/**
 * What an alarm says at a time: of so many periods that end now, so many must breach. Where missing data is a breach, only that of periods
 * counts in which somebody could have written: those that began after `sinceMs`.
 */
export function evaluateAlarm(input: {
  alarm: AlarmDefinition;
  store: MetricStore;
  nowMs: number;
  /** How long a second of the alarm's period lasts, in milliseconds. */
  secondMs: number;
  before: AlarmState;
  /** Since when metrics are kept. */
  sinceMs: number;
}): Evaluation {
  const { alarm, nowMs, before, sinceMs } = input;
  const periodMs = alarm.periodSeconds * input.secondMs;
  const values = Array.from({ length: alarm.evaluationPeriods }, (_, index) =>
    valueIn({ ...input, fromMs: nowMs - (index + 1) * periodMs, untilMs: nowMs - index * periodMs }),
  );
  const expected = values.map((_, index) => nowMs - (index + 1) * periodMs >= sinceMs);
  return { state: judge(alarm, values, { before, expected }), values };
}

type Standing = { before: AlarmState; expected: readonly boolean[] };

function judge(alarm: AlarmDefinition, values: readonly (number | undefined)[], { before, expected }: Standing): AlarmState {
  const known = values.filter((value) => value !== undefined);
  if (known.length === 0 && alarm.treatMissingData === 'missing') return 'INSUFFICIENT_DATA';
  if (known.length === 0 && alarm.treatMissingData === 'ignore') return before;
  const missing =
    alarm.treatMissingData === 'breaching' ? values.filter((value, index) => value === undefined && expected[index]).length : 0;
  if (known.length === 0 && alarm.treatMissingData === 'breaching' && missing < alarm.datapointsToAlarm) return before;
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
