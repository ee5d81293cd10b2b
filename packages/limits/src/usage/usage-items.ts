/** What a day's usage is counted by: routes, or the values of one label. */
export type UsageGroup = { by: 'route' } | { by: 'label'; name: string };

const KEPT_SECONDS = 400 * 24 * 60 * 60;

/** One item per tenant, day and group. */
export function usageKey(tenant: string, day: string, group: UsageGroup) {
  return { pk: { S: `usage#${tenant}` }, sk: { S: `${day}#${group.by === 'route' ? 'route' : `label#${group.name}`}` } };
}

/** The day and the group of an item, from its sort key; undefined for one of another kind. */
export function readUsageKey(sortKey: string): { day: string; group: UsageGroup } | undefined {
  const [, day, by, name] = /^(\d{4}-\d{2}-\d{2})#(route|label)(?:#(.+))?$/.exec(sortKey) ?? [];
  if (day === undefined) return undefined;
  if (by === 'route') return { day, group: { by } };
  return name === undefined ? undefined : { day, group: { by: 'label', name } };
}

/** The UTC day of a time, `2026-09-21`. */
export function usageDay(now: number): string {
  return new Date(now).toISOString().slice(0, 10);
}

/** Usage is kept a little over a year. */
export function usageExpiry(now: number) {
  return { N: String(Math.ceil(now / 1_000) + KEPT_SECONDS) };
}
