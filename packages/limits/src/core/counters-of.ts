import type { TenantLimits } from '../tenant-limits.ts';
import { LIMIT_KINDS, LIMIT_NAMES, type LimitKind } from './limit-kind.ts';

/** One limit that a request is counted against. */
export type Counter = {
  /** `usd-per-day`, or `default|usd-per-day` for that of a route. */
  id: string;
  kind: LimitKind;
  scope: 'tenant' | 'route';
  /** In whole units, see `LIMIT_KINDS`. */
  limit: number;
};

/** Every counter that a tenant's request on a route is counted by; none when nothing is limited. */
export function countersOf({ limits, routes }: Pick<TenantLimits, 'limits' | 'routes'>, route: string): Counter[] {
  return LIMIT_NAMES.flatMap((kind) => {
    const { field, units } = LIMIT_KINDS[kind];
    const [ofTenant, ofRoute] = [limits[field], routes[route]?.[field]];
    return [
      ...(ofTenant === undefined ? [] : [{ id: kind, kind, scope: 'tenant' as const, limit: Math.round(ofTenant * units) }]),
      ...(ofRoute === undefined ? [] : [{ id: `${route}|${kind}`, kind, scope: 'route' as const, limit: Math.round(ofRoute * units) }]),
    ];
  });
}
