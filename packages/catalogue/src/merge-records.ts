import { isRecord } from './is-record.ts';

/**
 * Objects are merged field by field; a list, a plain value or null takes the place of what was there, and undefined takes the
 * field away. Neither input is changed.
 */
export function mergeRecords(base: unknown, change: unknown): unknown {
  if (!isRecord(base) || !isRecord(change)) return isRecord(change) ? mergeRecords({}, change) : change;
  const merged = new Map(Object.entries(base));
  for (const [name, value] of Object.entries(change)) {
    if (value === undefined) merged.delete(name);
    else merged.set(name, mergeRecords(merged.get(name), value));
  }
  return Object.fromEntries(merged);
}
