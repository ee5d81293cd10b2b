import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createApiKey, readApiKey, stateOfKey } from './api-key-item.ts';
import { isInScope, isScope } from './scope.ts';

const ABOUT = { tenant: 'acme', scopes: ['route:default'], label: 'ci', createdAt: '2026-09-21T10:00:00.000Z', expiresAt: undefined };

describe('a new key', () => {
  it('is kept without its secret: a hash and its last four characters', () => {
    const { token, item, key } = createApiKey(ABOUT);
    const [, prefix, secret = ''] = /^sbx_([0-9a-f]{8})_([0-9a-f]{48})$/.exec(token) ?? [];
    expect(item).toMatchObject({ pk: { S: `key#${prefix}` }, secretHash: { S: createHash('sha256').update(secret).digest('hex') } });
    expect(JSON.stringify([item, key])).not.toContain(secret);
    expect(key.lastFour).toBe(secret.slice(-4));
    expect(readApiKey(item)).toEqual(key);
  });

  it('is another each time', () => {
    expect(new Set(Array.from({ length: 100 }, () => createApiKey(ABOUT).token)).size).toBe(100);
  });
});

it('passes over items that are no keys', () => {
  expect(readApiKey({ pk: { S: 'other#1' }, tenant: { S: 'acme' } })).toBeUndefined();
});

it.each([
  [{}, 'active'],
  [{ expiresAt: '2026-09-21T10:00:00.001Z' }, 'active'],
  [{ expiresAt: '2026-09-21T10:00:00.000Z' }, 'expired'],
  [{ revokedAt: '2026-09-21T09:00:00.000Z', expiresAt: '2026-09-21T10:00:00.000Z' }, 'revoked'],
])('with %j is %s', (key, state) => {
  expect(stateOfKey({ expiresAt: undefined, revokedAt: undefined, ...key }, Date.parse('2026-09-21T10:00:00.000Z'))).toBe(state);
});

it.each([
  ['*', true],
  ['route:default', true],
  ['model:us.anthropic.claude-haiku-4-5-20251001-v1:0', true],
  ['target:nova-lite', true],
  ['default', false],
  ['route:', false],
  ['route:*', true],
  ['route:a*', false],
  ['queue:standard', false],
  ['route:a,route:b', false],
])('%s is a scope: %s', (text, expected) => {
  expect(isScope(text)).toBe(expected);
});

it('covers what it names, and no other kind of the same name', () => {
  expect(isInScope(['route:default'], 'route', 'default')).toBe(true);
  expect(isInScope(['route:default'], 'target', 'default')).toBe(false);
  expect(isInScope(['route:default'], 'route', 'vision')).toBe(false);
  expect(isInScope(['*'], 'model', 'any')).toBe(true);
  expect(isInScope([], 'route', 'default')).toBe(false);
});
