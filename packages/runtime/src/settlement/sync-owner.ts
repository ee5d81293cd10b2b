import type { InferenceItem } from './inference-item.ts';

const PREFIX = 'sync#';

/** What owns the record of a request that is answered while its caller waits, in place of a message. */
export function syncOwner(id: string): string {
  return `${PREFIX}${id}`;
}

/** True for a request that no message brings back. */
export function isAnsweredAtOnce({ owner }: Pick<InferenceItem, 'owner'>): boolean {
  return owner?.startsWith(PREFIX) ?? false;
}
