export type { LimitKind } from './core/limit-kind.ts';
export { createLimiter, type Limiter } from './create-limiter.ts';
export { describeLimit, type Limited } from './describe-limit.ts';
export type { LimitsStore } from './ports.ts';
export type { Granted, Reservation, Used } from './reservation.ts';
export { createLimitsStore } from './store/create-limits-store.ts';
export { Limits, TenantLimits } from './tenant-limits.ts';
