const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

/** `6s`, `500ms` or `1m` in milliseconds; undefined for anything else, and for nothing. */
export function parseDurationMs(text: string): number | undefined {
  const [, amount = '', unit = ''] = /^(\d+)(ms|s|m)$/.exec(text) ?? [];
  const ms = Number(amount) * (UNITS_MS[unit] ?? 0);
  return ms > 0 ? ms : undefined;
}
