import type { RoutingTarget } from './routing-table.ts';

/** What health is kept by, also in the overlay: a redefined target does not inherit what was seen of the old one. */
export function targetKey({ id, definition }: Pick<RoutingTarget, 'id' | 'definition'>): string {
  return `${id}@${definition}`;
}
