import type { PolicyPath } from './finding.ts';

/** One field of a pattern: what it must be one of. */
export type PatternLeaf = { feature: string; segments: readonly string[]; path: PolicyPath; value: unknown };

/** The fields of a pattern, those of all alternatives of `$or` included. `labels` is a map; every other feature is a field. */
export function leavesOf(pattern: unknown, path: PolicyPath): PatternLeaf[] {
  if (!isMap(pattern)) return [];
  return Object.entries(pattern).flatMap(([key, value]): PatternLeaf[] => {
    const at = [...path, key];
    if (key === '$or') return Array.isArray(value) ? value.flatMap((one, index) => leavesOf(one, [...at, index])) : [];
    if (key !== 'labels' || !isMap(value)) return [{ feature: key, segments: [key], path: at, value }];
    return Object.entries(value).map(([name, inner]) => ({ feature: key, segments: [key, name], path: [...at, name], value: inner }));
  });
}

/** A map of fields, as opposed to a list or a scalar. */
export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The operator of a condition like `{ prefix: x }`, and what it compares with. */
export function operatorOf(condition: unknown): { operator: string; operand: unknown } | undefined {
  if (!isMap(condition)) return undefined;
  const [entry, ...others] = Object.entries(condition);
  return entry && others.length === 0 ? { operator: entry[0], operand: entry[1] } : undefined;
}
