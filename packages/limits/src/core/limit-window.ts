import { LIMIT_KINDS, type LimitKind } from './limit-kind.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** When the window of a limit began that holds `now`; milliseconds since the epoch, UTC; 0 for a limit without windows. */
export function windowStart(kind: LimitKind, now: number): number {
  switch (LIMIT_KINDS[kind].window) {
    case 'minute':
      return now - (now % MINUTE_MS);
    case 'day':
      return now - (now % DAY_MS);
    case 'month':
      return monthStart(now, 0);
    case 'none':
      return 0;
  }
}

/** When it ends, and the count with it; never for a limit without windows. */
export function windowEnd(kind: LimitKind, start: number): number {
  switch (LIMIT_KINDS[kind].window) {
    case 'minute':
      return start + MINUTE_MS;
    case 'day':
      return start + DAY_MS;
    case 'month':
      return monthStart(start, 1);
    case 'none':
      return Number.POSITIVE_INFINITY;
  }
}

function monthStart(now: number, monthsLater: number): number {
  const date = new Date(now);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + monthsLater, 1);
}
