import type { RoutingTarget } from '@signalbox/contracts';

/** One call that is to be made: its tokens as the provider reserves them, input and the most output it may give. */
export type QuotaAsk = { target: RoutingTarget; tokens: number; now: number };

/** Corrects a reservation when its call is over; undefined tokens leave it as it is. */
export type SettleQuota = (tokensUsed: number | undefined) => void;

/**
 * The stated limits of targets (`rateLimits`), kept before the first 429. Asked and booked within one turn of the event loop, so that nothing
 * comes between. An in-process count by default; leases of a fleet-wide limit fit the same port.
 */
export type Quota = {
  /** Milliseconds until the call fits the limits of its target; 0 when it fits now. */
  waitMs: (ask: QuotaAsk) => number;
  /** Books a call that begins now, whether or not it fits. */
  reserve: (ask: QuotaAsk) => SettleQuota;
};
