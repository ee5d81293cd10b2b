import { type InferenceListing, Priority } from '@signalbox/contracts';
import { type InferenceItem, parseInferenceKey } from '@signalbox/runtime';
import type { ListQuery, ShownStatus } from './parse-list-query.ts';

/** An item as a list shows it. */
export function toListing(item: InferenceItem): InferenceListing {
  const { id } = parseInferenceKey(item.key);
  return {
    id,
    status: shownStatus(item),
    route: item.route ?? 'default',
    priority: Priority.safeParse(item.priority).data ?? 'standard',
    labels: item.labels ?? {},
    acceptedAt: new Date(item.acceptedAt ?? 0).toISOString(),
    location: `/v1/inferences/${encodeURIComponent(id)}`,
  };
}

/** `accepting` is between the gateway's record and its send: for a producer that is accepted. */
export function shownStatus({ status }: Pick<InferenceItem, 'status'>): ShownStatus {
  return status === 'accepting' ? 'accepted' : status;
}

/** True when an item is what the query asks for. */
export function isAskedFor(item: InferenceItem, { label, status }: Pick<ListQuery, 'label' | 'status'>): boolean {
  if (status !== undefined && shownStatus(item) !== status) return false;
  return label === undefined || (Object.hasOwn(item.labels ?? {}, label.name) && item.labels?.[label.name] === label.value);
}
