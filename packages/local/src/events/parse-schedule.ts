import { nextCronTime, parseCron } from './cron.ts';

/** When a schedule fires next after a time; undefined when never again. Times are milliseconds since the epoch. */
export type Schedule = (afterMs: number) => number | undefined;

const MINUTES: Record<string, number> = { minute: 1, hour: 60, day: 1_440 };

/** Reads `rate(5 minutes)` or `cron(0 12 * * ? *)`. A rate counts from `startMs`, when the rule was made, in minutes of `minuteMs`. */
export function parseSchedule(expression: string, startMs: number, minuteMs = 60_000): Schedule {
  const [, kind, argument = ''] = /^(rate|cron)\((.*)\)$/.exec(expression) ?? [];
  if (kind === 'cron') {
    const cron = parseCron(argument);
    return (afterMs) => nextCronTime(cron, afterMs);
  }
  const periodMinutes = kind === 'rate' ? readRate(argument) : undefined;
  if (periodMinutes === undefined)
    throw new Error(`${expression} is not a schedule: write rate(1 minute), rate(5 minutes) or cron(0 12 * * ? *)`);
  const periodMs = periodMinutes * minuteMs;
  return (afterMs) => startMs + (Math.floor((afterMs - startMs) / periodMs) + 1) * periodMs;
}

/** In minutes. One takes the singular, more the plural, as AWS insists. */
function readRate(argument: string): number | undefined {
  const [, digits, unit = '', plural] = /^(\d+) (minute|hour|day)(s?)$/.exec(argument) ?? [];
  const value = Number(digits);
  if (!(value >= 1) || (value === 1) !== (plural === '')) return undefined;
  return value * (MINUTES[unit] ?? 0);
}
