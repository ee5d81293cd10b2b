/**
 * How long a reply asks to wait, in milliseconds: `x-amz-retry-after` or `retry-after-ms` (milliseconds), else `retry-after` (seconds or an
 * HTTP date). Undefined when neither is there or readable. `now` is milliseconds since the epoch.
 */
export function readRetryAfterMs(headers: Record<string, string | undefined>, now: number): number | undefined {
  const milliseconds = headers['x-amz-retry-after'] ?? headers['retry-after-ms'];
  return readAmount(milliseconds, 1) ?? readAmount(headers['retry-after'], 1000) ?? readDate(headers['retry-after'], now);
}

function readAmount(value: string | undefined, unitMs: number): number | undefined {
  if (value === undefined || !/^\s*\d{1,9}(\.\d{1,9})?\s*$/.test(value)) return undefined;
  return Math.round(Number(value) * unitMs);
}

function readDate(value: string | undefined, now: number): number | undefined {
  const at = value === undefined || !/[A-Za-z]/.test(value) ? Number.NaN : Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
