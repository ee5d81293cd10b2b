import { dayOf, type InferenceItem, type ListFilter, type ListingStore, parseInferenceKey } from '@signalbox/runtime';
import type { ListPosition } from './list-cursor.ts';
import type { ListQuery } from './parse-list-query.ts';
import { isAskedFor } from './to-listing.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Days that are listed, today's among them. Records are kept 30 days after their end, or after their deadline while they are open. */
const DAYS = 31;
/** Pages that one call reads at most: each of the days, and some that are full of what a filter drops. Then a cursor is answered, be it after nothing. */
const MAX_PAGES = 40;

type Ports = { listing: Pick<ListingStore, 'queryDay'>; now: () => number };
type DayPosition = Extract<ListPosition, { kind: 'day' }>;
type Walk = { tenant: string; query: Pick<ListQuery, 'label' | 'status' | 'limit'>; from?: DayPosition };

/** Walks the days backwards until the list is full, the last day is read, or enough pages are. */
export async function listDays(
  { listing, now }: Ports,
  { tenant, query, from }: Walk,
): Promise<{ items: InferenceItem[]; next?: DayPosition }> {
  const oldest = dayOf(now() - (DAYS - 1) * DAY_MS);
  const filter = toFilter(query);
  const items: InferenceItem[] = [];
  let position: DayPosition = from ?? { kind: 'day', day: dayOf(now()) };
  for (let page = 0; page < MAX_PAGES; page++) {
    const { day, after } = position;
    if (day < oldest) return { items };
    const found = await listing.queryDay({ tenant, day, filter, limit: query.limit - items.length, ...(after ? { after } : {}) });
    items.push(...found.items.filter((item) => isAskedFor(item, query)).slice(0, query.limit - items.length));
    const last = items.at(-1);
    if (last && items.length === query.limit) return { items, next: { kind: 'day', day, after: placeOf(last) } };
    position = found.next ? { kind: 'day', day, after: found.next } : { kind: 'day', day: dayBefore(day) };
  }
  return { items, next: position };
}

function toFilter({ label, status }: Walk['query']): ListFilter {
  const statuses = status === 'accepted' ? (['accepting', 'accepted'] as const) : status && ([status] as const);
  return { ...(label ? { label } : {}), ...(statuses ? { statuses } : {}) };
}

function placeOf(item: InferenceItem) {
  return { id: parseInferenceKey(item.key).id, acceptedAt: item.acceptedAt ?? 0 };
}

function dayBefore(day: string): string {
  return dayOf(Date.parse(`${day}T00:00:00Z`) - DAY_MS);
}
