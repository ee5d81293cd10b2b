import type { Shortage } from './core/exchange.ts';
import { LIMIT_KINDS, type LimitKind } from './core/limit-kind.ts';

/** A request cannot have what it needs now. Amounts are in the limit's own unit: requests, tokens or US dollars. */
export type Limited = {
  kind: 'limited';
  limit: LimitKind;
  /** Whether it is the tenant's limit over all routes, or that of the route. */
  scope: 'tenant' | 'route';
  allowed: number;
  needed: number;
  /** What others, and other processes, have not taken. */
  left: number;
  /** Milliseconds since the epoch at which the count begins anew; of concurrency, when it is worth asking again. */
  resetsAt: number;
  /** Milliseconds until it is worth asking again: sooner than the reset where others only hold what is missing. */
  retryAfterMs: number;
};

export function toLimited({ counter, needed, left, resetsAt, retryAt }: Shortage, now: number): Limited {
  const { units } = LIMIT_KINDS[counter.kind];
  return {
    kind: 'limited',
    limit: counter.kind,
    scope: counter.scope,
    allowed: counter.limit / units,
    needed: needed / units,
    left: left / units,
    resetsAt,
    retryAfterMs: Math.max(1, retryAt - now),
  };
}

/** The refusal in words, for whoever is over the limit: `tokens-per-minute of the tenant: 812 of 1000 needed, 40 left, resets at 2026-09-21T10:01:00.000Z`. */
export function describeLimit({ limit, scope, allowed, needed, left, resetsAt }: Limited): string {
  const never = needed > allowed ? '; a request of this size can never have it' : '';
  return `${limit} of the ${scope} is ${amount(allowed)}: ${amount(needed)} needed, ${amount(left)} left, resets at ${new Date(resetsAt).toISOString()}${never}`;
}

function amount(value: number): string {
  return String(Number(value.toPrecision(6)));
}
