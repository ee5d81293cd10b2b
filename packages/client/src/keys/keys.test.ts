import { beforeEach, describe, expect, it } from 'vitest';
import { createTestKeys } from '../testing/test-keys.ts';
import { createTestOutput } from '../testing/test-output.ts';
import { UsageError } from '../usage-error.ts';
import { createKey } from './create-key.ts';
import { toKeyPrefix } from './key-prefix.ts';
import { listKeys } from './list-keys.ts';
import { revokeKey } from './revoke-key.ts';
import { rotateKey } from './rotate-key.ts';

const NOW = Date.parse('2026-09-21T10:00:00.000Z');
const DAY_MS = 86_400_000;

let store: ReturnType<typeof createTestKeys>;
beforeEach(() => {
  store = createTestKeys();
});

function ports({ json = false, now = NOW } = {}) {
  const test = createTestOutput();
  return { ...test, ports: { store, output: test.output, now, json } };
}

async function make(options: Partial<Parameters<typeof createKey>[0]> = {}): Promise<string> {
  const { ports: own, json } = ports({ json: true });
  await createKey({ tenant: 'acme', scopes: '*', ...options }, own);
  return json().prefix;
}

describe('keys create', () => {
  it('prints the key alone, and what there is to know of it beside', async () => {
    const { ports: own, printed, noted } = ports();
    expect(await createKey({ tenant: 'acme', scopes: 'route:default, target:nova-lite', expiresMs: 90 * DAY_MS }, own)).toBe(0);
    expect(printed()).toMatch(/^sbx_[0-9a-f]{8}_[0-9a-f]{48}$/);
    const [key] = store.keys.values();
    expect(key).toMatchObject({ tenant: 'acme', scopes: ['route:default', 'target:nova-lite'], expiresAt: '2026-12-20T10:00:00.000Z' });
    expect(noted()).toContain(`Key ${key?.prefix} of tenant acme, scopes route:default, target:nova-lite, expires 2026-12-20 10:00 UTC.`);
    expect(noted()).not.toContain(printed());
  });

  it.each([
    [{ tenant: 'Acme!' }, 'cannot be a tenant'],
    [{ scopes: 'everything' }, 'No scope is "everything"'],
    [{ scopes: 'route:default,' }, 'No scope is ""'],
  ])('refuses %j', async (options, message) => {
    const { ports: own } = ports();
    const made = createKey({ tenant: 'acme', scopes: '*', ...options }, own);
    await expect(made).rejects.toThrow(UsageError);
    await expect(made).rejects.toThrow(message);
    expect(store.keys.size).toBe(0);
  });
});

describe('keys list', () => {
  it('shows how each stands, of all tenants or of one', async () => {
    const prefixes = [await make(), await make({ tenant: 'other', expiresMs: 1 }), await make({ label: 'ci' })];
    await store.revoke(prefixes[0] ?? '', '2026-09-21T09:00:00.000Z');
    const { ports: own, json } = ports({ json: true, now: NOW + 1 });
    await listKeys({}, own);
    expect(json().keys.map(({ tenant, state }: { tenant: string; state: string }) => [tenant, state])).toEqual([
      ['acme', 'revoked'],
      ['other', 'expired'],
      ['acme', 'active'],
    ]);
    const one = ports();
    await listKeys({ tenant: 'other' }, one.ports);
    expect(one.printed()).toContain(prefixes[1]);
    expect(one.printed()).not.toContain(prefixes[2]);
    expect(one.noted()).toContain('1 key');
  });
});

describe('keys rotate', () => {
  it('gives a key like the old one, which works on for the overlap', async () => {
    const prefix = await make({ scopes: 'route:vision', label: 'ci', expiresMs: 30 * DAY_MS });
    const { ports: own, json } = ports({ json: true, now: NOW + DAY_MS });
    await rotateKey({ prefix, overlapMs: DAY_MS }, own);
    expect(json()).toMatchObject({
      tenant: 'acme',
      scopes: ['route:vision'],
      label: 'ci',
      state: 'active',
      expiresAt: new Date(NOW + 31 * DAY_MS).toISOString(),
      previous: { prefix, state: 'active', expiresAt: new Date(NOW + 2 * DAY_MS).toISOString() },
    });
    expect(json().prefix).not.toBe(prefix);
  });

  it('does not make the old one live longer than it would have', async () => {
    const prefix = await make({ expiresMs: 3_600_000 });
    await rotateKey({ prefix, overlapMs: DAY_MS }, ports().ports);
    expect(store.keys.get(prefix)?.expiresAt).toBe(new Date(NOW + 3_600_000).toISOString());
  });

  it('does not bring back a key that is over', async () => {
    const prefix = await make();
    await store.revoke(prefix, new Date(NOW).toISOString());
    await expect(rotateKey({ prefix, overlapMs: DAY_MS }, ports().ports)).rejects.toThrow('is revoked');
    expect(store.keys.size).toBe(1);
  });

  it('says so when the old one was revoked at the same moment', async () => {
    const prefix = await make();
    const { ports: own, noted } = ports();
    const racing = { ...store, expire: async () => undefined };
    expect(await rotateKey({ prefix, overlapMs: DAY_MS }, { ...own, store: racing })).toBe(0);
    expect(noted()).toContain(`Key ${prefix} was revoked meanwhile.`);
  });
});

describe('keys revoke', () => {
  it('ends a key; the first time stands', async () => {
    const prefix = await make();
    await revokeKey(prefix, ports().ports);
    await revokeKey(prefix, ports({ now: NOW + DAY_MS }).ports);
    expect(store.keys.get(prefix)?.revokedAt).toBe(new Date(NOW).toISOString());
  });

  it('knows no key that is not there', async () => {
    await expect(revokeKey('nobody12', ports().ports)).rejects.toThrow('There is no key nobody12.');
  });
});

describe('the prefix of a key', () => {
  it.each([
    ['3f9a0c12', '3f9a0c12'],
    ['sbx_3f9a0c12', '3f9a0c12'],
  ])('is read from %s', (text, prefix) => {
    expect(toKeyPrefix(text)).toBe(prefix);
  });

  it('is not read from a whole key, and the secret is not repeated', () => {
    expect(() => toKeyPrefix('sbx_3f9a0c12_s3cr3t')).toThrow('the rest of a key is secret');
    expect(() => toKeyPrefix('sbx_3f9a0c12_s3cr3t')).not.toThrow(/s3cr3t/);
  });
});
