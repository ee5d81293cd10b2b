import { InvalidArgumentError } from 'commander';

const UNITS_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** An option's time with its unit, in milliseconds: `90s`, `30m`, `2h`, `1d`. */
export function toMilliseconds(value: string): number {
  const [, amount, unit] = /^(\d{1,6}(?:\.\d{1,3})?)([smhd])$/.exec(value) ?? [];
  const milliseconds = Math.round(Number(amount) * UNITS_MS[unit as keyof typeof UNITS_MS]);
  if (!(milliseconds > 0)) throw new InvalidArgumentError('must be a time above 0 with its unit, such as 90s, 30m, 2h or 1d');
  return milliseconds;
}
