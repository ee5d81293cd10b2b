import { createHash, randomBytes } from 'node:crypto';

/** What is known of an API key; never its secret. */
export type ApiKey = {
  /** Names the key in lists and commands; the part of the key after `sbx_`. */
  prefix: string;
  tenant: string;
  /** `*`, or `route:<name>`, `model:<id>`, `target:<name>`. */
  scopes: string[];
  /** The last four characters of the secret, to tell keys apart. */
  lastFour: string | undefined;
  label: string | undefined;
  /** ISO 8601, as are the others. */
  createdAt: string;
  expiresAt: string | undefined;
  revokedAt: string | undefined;
};

type Attribute = { S?: string | undefined; L?: { S?: string | undefined }[] | undefined };
export type ApiKeyItem = Readonly<Record<string, Attribute | undefined>>;

const KEY_PREFIX = 'key#';

/** Where a key lies in the access table. */
export function apiKeyKey(prefix: string) {
  return { pk: { S: `${KEY_PREFIX}${prefix}` } };
}

/** A new key: the token to give away, which is nowhere kept, and the item to keep. */
export function createApiKey(about: Pick<ApiKey, 'tenant' | 'scopes' | 'label' | 'createdAt' | 'expiresAt'>) {
  const [prefix, secret] = [randomBytes(4).toString('hex'), randomBytes(24).toString('hex')];
  const key: ApiKey = { ...about, prefix, lastFour: secret.slice(-4), revokedAt: undefined };
  return { token: `sbx_${prefix}_${secret}`, key, item: toItem(key, createHash('sha256').update(secret).digest('hex')) };
}

/** Undefined for an item that is no key. */
export function readApiKey(item: ApiKeyItem): ApiKey | undefined {
  const { pk, tenant, scopes, createdAt, lastFour, label, expiresAt, revokedAt } = item;
  if (!pk?.S?.startsWith(KEY_PREFIX) || tenant?.S === undefined) return undefined;
  return {
    prefix: pk.S.slice(KEY_PREFIX.length),
    tenant: tenant.S,
    scopes: (scopes?.L ?? []).flatMap(({ S }) => (S === undefined ? [] : [S])),
    lastFour: lastFour?.S,
    label: label?.S,
    createdAt: createdAt?.S ?? '',
    expiresAt: expiresAt?.S,
    revokedAt: revokedAt?.S,
  };
}

/** How a key stands. */
export function stateOfKey(
  { expiresAt, revokedAt }: Pick<ApiKey, 'expiresAt' | 'revokedAt'>,
  now: number,
): 'active' | 'expired' | 'revoked' {
  if (revokedAt !== undefined) return 'revoked';
  return expiresAt !== undefined && Date.parse(expiresAt) <= now ? 'expired' : 'active';
}

function toItem({ prefix, tenant, scopes, lastFour, label, createdAt, expiresAt }: ApiKey, secretHash: string) {
  return {
    ...apiKeyKey(prefix),
    secretHash: { S: secretHash },
    tenant: { S: tenant },
    scopes: { L: scopes.map((scope) => ({ S: scope })) },
    createdAt: { S: createdAt },
    ...(lastFour === undefined ? {} : { lastFour: { S: lastFour } }),
    ...(label === undefined ? {} : { label: { S: label } }),
    ...(expiresAt === undefined ? {} : { expiresAt: { S: expiresAt } }),
  };
}
