import { createHash } from 'node:crypto';

/** The first hex digits of SHA-256 over the canonical JSON of a value: equal content, equal hash, whatever the order of its keys. */
export function contentHash(value: unknown, digits: number): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, digits);
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) => {
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).sort(([left], [right]) => (left < right ? -1 : 1)));
  });
}
