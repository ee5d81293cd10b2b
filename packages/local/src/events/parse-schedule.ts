import { nextCronTime, parseCron } from './cron.ts';

/** When a schedule fires next after a time; undefined when never again. Times are milliseconds since the epoch. */
export type Schedule = (afterMs: number) => number | undefined;

const UNIT_MS: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** Reads `rate(5 minutes)` or `cron(0 12 * * ? *)`. A rate counts from `startMs`, when the rule was made. */
export function parseSchedule(expression: string, startMs: number): Schedule {
  const [, kind, argument = ''] = /^(rate|cron)\((.*)\)$/.exec(expression) ?? [];
  if (kind === 'cron') {
    const cron = parseCron(argument);
    return (afterMs) => nextCronTime(cron, afterMs);
  }
  const periodMs = kind === 'rate' ? readRate(argument) : undefined;
  if (periodMs === undefined)
    throw new Error(`${expression} is not a schedule: write rate(1 minute), rate(5 minutes) or cron(0 12 * * ? *)`);
  return (afterMs) => startMs + (Math.floor((afterMs - startMs) / periodMs) + 1) * periodMs;
}

/** One takes the singular, more the plural, as AWS insists. */
function readRate(argument: string): number | undefined {
  const [, digits, unit = '', plural] = /^(\d+) (minute|hour|day)(s?)$/.exec(argument) ?? [];
  const value = Number(digits);
  if (!(value >= 1) || (value === 1) !== (plural === '')) return undefined;
  return value * (UNIT_MS[unit] ?? 0);
}
