import { createHash } from 'node:crypto';
import { dayOf } from './listed-by-day.ts';

type Owner = { tenant: string; id: string };

/** Where the content of an inference lies in the data bucket: its answers, and answers that waited for the table. The id is hashed, so no caller can reach another tenant's prefix. */
export function contentPrefix(folder: 'outputs' | 'stashed', { tenant, id }: Owner): string {
  return `${folder}/${tenant}/${createHash('sha256').update(id).digest('hex')}/`;
}

/** Where a dead letter is kept, by its first message and when that was sent. */
export function deadLetterKey({ origin, acceptedAt }: { origin: string; acceptedAt: number }): string {
  return `dead-letters/${dayOf(acceptedAt)}/${origin}.json`;
}
