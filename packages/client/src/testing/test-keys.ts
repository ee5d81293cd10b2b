import { type ApiKey, createApiKey } from '@signalbox/limits/operator';
import type { KeyStore } from '../keys/key-store.ts';

/** Keys in memory, by their prefix. */
export function createTestKeys(): KeyStore & { keys: Map<string, ApiKey> } {
  const keys = new Map<string, ApiKey>();
  const change = (prefix: string, changed: (key: ApiKey) => Partial<ApiKey> | undefined) => {
    const known = keys.get(prefix);
    const update = known && changed(known);
    if (!known || !update) return undefined;
    keys.set(prefix, { ...known, ...update });
    return keys.get(prefix);
  };
  return {
    keys,
    async create(about) {
      const { token, key } = createApiKey(about);
      keys.set(key.prefix, key);
      return { token, key };
    },
    list: async () => [...keys.values()],
    find: async (prefix) => keys.get(prefix),
    expire: async (prefix, at) => change(prefix, ({ revokedAt }) => (revokedAt === undefined ? { expiresAt: at } : undefined)),
    revoke: async (prefix, at) => change(prefix, ({ revokedAt }) => ({ revokedAt: revokedAt ?? at })),
  };
}
