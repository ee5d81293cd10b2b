import { LIMIT_KINDS, LIMIT_NAMES, type Limits } from '@signalbox/limits/operator';
import { formatCount, formatPrice } from '../output/format-figures.ts';

/** A limit as it is shown: money in dollars, all else counted. */
export function formatLimit(field: keyof Limits, value: number): string {
  return field.startsWith('usd') ? formatPrice(value) : formatCount(value);
}

/** `60 requests-per-minute, $5.00 usd-per-day`; `unlimited` for none. */
export function describeLimits(limits: Limits): string {
  const stated = LIMIT_NAMES.flatMap((kind) => {
    const { field } = LIMIT_KINDS[kind];
    const value = limits[field];
    return value === undefined ? [] : [`${kind} ${formatLimit(field, value)}`];
  });
  return stated.join(', ') || 'unlimited';
}
