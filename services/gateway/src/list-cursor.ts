import { createHash } from 'node:crypto';
import { InferenceId } from '@signalbox/contracts';
import type { ListPlace } from '@signalbox/runtime';
import { invalidCursor, type ListQuery } from './parse-list-query.ts';

/** Where a list goes on: within the days, after a place of the day or at its beginning; within a batch, at an index. */
export type ListPosition = { kind: 'day'; day: string; after?: ListPlace } | { kind: 'batch'; index: number };

/** What a cursor belongs to. */
type List = { tenant: string; query: ListQuery };

/**
 * A position as opaque text, bound to its tenant and query by a digest. It protects from mistakes, not from intent: whoever makes up a position
 * finds only what the tenant can list anyway.
 */
export function writeCursor(position: ListPosition, list: List): string {
  const parts = position.kind === 'batch' ? [position.index] : [position.day, position.after?.acceptedAt, position.after?.id];
  const text = Buffer.from(JSON.stringify(parts)).toString('base64url');
  return `${text}.${digestOf(text, list)}`;
}

/** The position of a cursor; refuses one that is altered, of another tenant or of another query. */
export function readCursor(cursor: string, list: List): ListPosition {
  const [text = '', digest, ...more] = cursor.split('.');
  if (digest !== digestOf(text, list) || more.length > 0) throw invalidCursor();
  const [first, acceptedAt, id] = parse(text);
  if (list.query.batch !== undefined && Number.isSafeInteger(first)) return { kind: 'batch', index: Number(first) };
  if (list.query.batch !== undefined || typeof first !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(first)) throw invalidCursor();
  if (acceptedAt === undefined || acceptedAt === null) return { kind: 'day', day: first };
  if (!Number.isSafeInteger(acceptedAt) || !InferenceId.safeParse(id).success) throw invalidCursor();
  return { kind: 'day', day: first, after: { acceptedAt: Number(acceptedAt), id: String(id) } };
}

function parse(text: string): unknown[] {
  try {
    const parts = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown;
    if (Array.isArray(parts)) return parts;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw invalidCursor();
}

function digestOf(text: string, { tenant, query: { label, status, batch } }: List): string {
  const list = [text, tenant, label?.name, label?.value, status, batch];
  return createHash('sha256').update(JSON.stringify(list)).digest('hex').slice(0, 24);
}
