import { createHash } from 'node:crypto';

/** Fields that may change when a producer sends the same request again. */
const IGNORED = new Set(['deadline', 'priority', 'labels', 'traceparent']);

/** SHA-256, hex, of the canonical body: keys sorted at every level, without `deadline`, `priority`, `labels` and `traceparent`. A claim check counts by its digest. */
export function requestHash(body: object): string {
  const kept = Object.entries(body)
    .filter(([name]) => !IGNORED.has(name))
    .map(([name, value]) => [name, name === 'payload' ? digestOf(value) : value]);
  return createHash('sha256')
    .update(JSON.stringify(canonical(Object.fromEntries(kept))))
    .digest('hex');
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const sorted = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(sorted.map(([name, member]) => [name, canonical(member)]));
}

/** The same content uploaded again is the same request, wherever it lies. */
function digestOf(payload: unknown): unknown {
  return typeof payload === 'object' && payload !== null && 'sha256' in payload ? { sha256: payload.sha256 } : payload;
}
