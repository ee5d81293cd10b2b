import { HttpError } from '@signalbox/runtime/errors';
import { isSecretOf, parseBearer, type StoredKey } from './api-key.ts';

export type Caller = { tenant: string; scopes: string[] };
export type FindKey = (prefix: string) => Promise<StoredKey | undefined>;

/** Keys are read from the table at most this often; a revoked key works no longer than this. */
const KEPT_MS = 30_000;
const MAX_KEPT = 1_000;
/** While the table cannot be reached a key that was known goes on; one that was revoked meanwhile works no longer than this. */
const KEPT_IN_TROUBLE_MS = 300_000;
/** And it is asked again only so often: each try takes its time-out. */
const TRIED_AGAIN_MS = 5_000;

type Refusal = { code: string; message: string };
const INVALID: Refusal = {
  code: 'invalid_api_key',
  message: 'Send a valid API key as "Authorization: Bearer sbx_…". On the local stack it is apiKey in stack.json.',
};
const REVOKED: Refusal = {
  code: 'revoked_api_key',
  message: 'This API key was revoked. Ask whoever runs this installation for another (signalbox keys create).',
};
const EXPIRED: Refusal = {
  code: 'expired_api_key',
  message:
    'This API key has expired. Ask whoever runs this installation for another (signalbox keys create, or keys rotate before it expires).',
};

/** Turns an `Authorization` header into the caller's tenant, or refuses with 401. */
export function createAuthenticate({ findKey, now = Date.now }: { findKey: FindKey; now?: () => number }) {
  const kept = new Map<string, { key: StoredKey; at: number; triedAt: number }>();

  async function find(prefix: string): Promise<StoredKey | undefined> {
    const known = kept.get(prefix);
    const at = now();
    if (known && (at - known.at < KEPT_MS || at - known.triedAt < TRIED_AGAIN_MS)) return known.key;
    try {
      const key = await findKey(prefix);
      if (kept.size >= MAX_KEPT) kept.clear();
      if (key) kept.set(prefix, { key, at, triedAt: at });
      else kept.delete(prefix);
      return key;
    } catch (error) {
      if (!known || at - known.at >= KEPT_IN_TROUBLE_MS) throw error;
      known.triedAt = at;
      return known.key;
    }
  }

  return async function authenticate(headers: Record<string, string>): Promise<Caller> {
    const token = parseBearer(headers.authorization);
    const stored = token && (await find(token.prefix));
    if (!token || !isSecretOf(token.secret, stored)) throw refusal(INVALID);
    // Only who has the secret learns how its key stands.
    if (stored.revokedAt !== undefined) throw refusal(REVOKED);
    if (stored.expiresAt !== undefined && !(stored.expiresAt > now())) throw refusal(EXPIRED);
    return { tenant: stored.tenant, scopes: stored.scopes };
  };
}

function refusal({ code, message }: Refusal): HttpError {
  return new HttpError({ status: 401, code, message, headers: { 'www-authenticate': 'Bearer' } });
}
