const UNITS_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;
const PATTERN = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h)$/;

/** True for a time of a millisecond or more with its unit: `500ms`, `1.5s`, `2m`, `1h`. */
export function isDuration(value: unknown): value is string {
  return typeof value === 'string' && PATTERN.test(value) && toMilliseconds(value) >= 1;
}

/** The whole milliseconds of a duration; callers have checked it with `isDuration`. */
export function parseDuration(value: unknown): number {
  if (!isDuration(value)) throw new TypeError(`"${String(value)}" is not a duration`);
  return toMilliseconds(value);
}

function toMilliseconds(value: string): number {
  const [, amount, unit] = PATTERN.exec(value) ?? [];
  return Math.round(Number(amount) * UNITS_MS[unit as keyof typeof UNITS_MS]);
}

/** Milliseconds as people write them: `2s`, `1500ms`. */
export function formatDuration(milliseconds: number): string {
  return milliseconds % 1000 === 0 ? `${milliseconds / 1000}s` : `${milliseconds}ms`;
}
