import { createHash, timingSafeEqual } from 'node:crypto';

/** What the access table knows of a key. Times are milliseconds since the epoch. */
export type StoredKey = { secretHash: string; tenant: string; scopes: string[]; expiresAt?: number; revokedAt?: number };

/** `sbx_<prefix>_<secret>`: found by its prefix, proved by its secret. */
const TOKEN = /^sbx_([0-9a-z]{4,32})_([0-9A-Za-z]{16,128})$/;

/** The parts of an `Authorization: Bearer` header that has the form of a key. */
export function parseBearer(authorization: string | undefined): { prefix: string; secret: string } | undefined {
  const [scheme, token] = authorization?.split(' ') ?? [];
  const match = scheme?.toLowerCase() === 'bearer' && token ? TOKEN.exec(token) : null;
  return match?.[1] && match[2] ? { prefix: match[1], secret: match[2] } : undefined;
}

/** Compares in constant time; without a stored key it compares all the same, so that time does not tell whether a prefix exists. */
export function isSecretOf(secret: string, stored: StoredKey | undefined): stored is StoredKey {
  const given = createHash('sha256').update(secret).digest();
  const expected = Buffer.from(stored?.secretHash ?? '', 'hex');
  const comparable = expected.length === given.length ? expected : Buffer.alloc(given.length);
  return timingSafeEqual(given, comparable) && stored !== undefined && expected.length === given.length;
}
