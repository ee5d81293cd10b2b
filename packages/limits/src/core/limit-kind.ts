import type { Limits } from '../tenant-limits.ts';

/** The limits there are, by the words in which a refusal names them. */
export type LimitKind = 'requests-per-minute' | 'tokens-per-minute' | 'concurrency' | 'usd-per-day' | 'usd-per-month';

type Conduct = {
  field: keyof Limits;
  /**
   * `rate`: what a request takes counts from its start, in the minute of it. `budget`: it is held while the request is under way, and counts when
   * it is known. `slots`: it is held while the request is under way, and then free again.
   */
  style: 'rate' | 'budget' | 'slots';
  /** Counts begin anew with each. */
  window: 'minute' | 'day' | 'month' | 'none';
  /** Whole units of the count in one unit of the limit: money is counted in billionths of a dollar, so that sums are exact. */
  units: number;
};

export const LIMIT_KINDS: Readonly<Record<LimitKind, Conduct>> = {
  'requests-per-minute': { field: 'requestsPerMinute', style: 'rate', window: 'minute', units: 1 },
  'tokens-per-minute': { field: 'tokensPerMinute', style: 'rate', window: 'minute', units: 1 },
  concurrency: { field: 'concurrency', style: 'slots', window: 'none', units: 1 },
  'usd-per-day': { field: 'usdPerDay', style: 'budget', window: 'day', units: 1e9 },
  'usd-per-month': { field: 'usdPerMonth', style: 'budget', window: 'month', units: 1e9 },
};

export const LIMIT_NAMES = Object.keys(LIMIT_KINDS) as LimitKind[];
