import { createHash } from 'node:crypto';
import { HttpError } from '@signalbox/runtime/errors';
import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { StoredKey } from './api-key.ts';
import { createAuthenticate } from './authenticate.ts';

const SECRET = '0123456789abcdefABCDEF';
const headers = { authorization: `Bearer sbx_acme1_${SECRET}` };

const keys = new Map<string, StoredKey>();
let time = 0;
beforeEach(() => {
  keys.clear();
  keys.set('acme1', { secretHash: createHash('sha256').update(SECRET).digest('hex'), tenant: 'acme', scopes: ['inferences'] });
  time = 1_000_000;
});

function createFixture() {
  const findKey = vi.fn(async (prefix: string) => keys.get(prefix));
  return { findKey, authenticate: createAuthenticate({ findKey, now: () => time }) };
}

describe('a caller', () => {
  it('with a valid key is its tenant, with its scopes', async () => {
    expect(await createFixture().authenticate(headers)).toEqual({ tenant: 'acme', scopes: ['inferences'] });
  });

  it.each([
    ['no header', {}],
    ['a malformed key', { authorization: 'Bearer secret' }],
    ['an unknown prefix', { authorization: `Bearer sbx_nobody_${SECRET}` }],
    ['a wrong secret', { authorization: `Bearer sbx_acme1_${SECRET}0` }],
  ])('with %s is refused, and told what to send', async (_what, sent) => {
    const refused = createFixture().authenticate(sent as Record<string, string>);
    await expect(refused).rejects.toBeInstanceOf(HttpError);
    await expect(refused).rejects.toMatchObject({ status: 401, code: 'invalid_api_key', headers: { 'www-authenticate': 'Bearer' } });
    await expect(refused).rejects.not.toMatchObject({ message: expect.stringContaining(SECRET) });
  });

  it('is not looked up when the key is malformed', async () => {
    const { authenticate, findKey } = createFixture();
    await expect(authenticate({ authorization: 'Bearer secret' })).rejects.toThrow(HttpError);
    expect(findKey).not.toHaveBeenCalled();
  });

  it('is not taken for somebody else when the table cannot be read', async () => {
    const authenticate = createAuthenticate({ findKey: () => Promise.reject(new Error('the table is away')) });
    await expect(authenticate(headers)).rejects.toThrow('the table is away');
  });

  it('with a key that was known goes on for five minutes while the table cannot be read, which is asked again every five seconds', async () => {
    const { authenticate, findKey } = createFixture();
    await authenticate(headers);
    findKey.mockRejectedValue(new Error('the table is away'));
    for (const [later, asked] of [
      [31_000, 2],
      [33_000, 2],
      [37_000, 3],
      [299_000, 4],
    ] as const) {
      time = 1_000_000 + later;
      expect(await authenticate(headers)).toMatchObject({ tenant: 'acme' });
      expect(findKey).toHaveBeenCalledTimes(asked);
    }
    time = 1_000_000 + 305_000;
    await expect(authenticate(headers)).rejects.toThrow('the table is away');
  });

  it('with any token but the right one is refused', async () => {
    const { authenticate } = createFixture();
    const anything = fc.oneof(
      fc.string(),
      fc.stringMatching(/^sbx_[0-9a-z]{4,32}_[0-9A-Za-z]{16,128}$/),
      fc.stringMatching(/^[0-9A-Za-z]{16,64}$/).map((secret) => `sbx_acme1_${secret}`),
    );
    await fc.assert(
      fc.asyncProperty(anything, async (token) => {
        fc.pre(token !== `sbx_acme1_${SECRET}`);
        await expect(authenticate({ authorization: `Bearer ${token}` })).rejects.toMatchObject({ status: 401 });
      }),
    );
  });
});

describe('a key that is over', () => {
  const change = (changed: Partial<StoredKey>) => {
    const [known] = keys.values();
    if (known) keys.set('acme1', { ...known, ...changed });
  };

  it.each<[string, Partial<StoredKey>, string]>([
    ['was revoked', { revokedAt: 999_999 }, 'revoked_api_key'],
    ['expired just now', { expiresAt: 1_000_000 }, 'expired_api_key'],
    ['was revoked and expired', { revokedAt: 999_999, expiresAt: 5 }, 'revoked_api_key'],
    ['expires at a time that is none', { expiresAt: Number.NaN }, 'expired_api_key'],
  ])('since it %s is refused, with a code of its own', async (_what, changed, code) => {
    change(changed);
    const refused = createFixture().authenticate(headers);
    await expect(refused).rejects.toMatchObject({ status: 401, code, headers: { 'www-authenticate': 'Bearer' } });
  });

  it('says so only to who has its secret', async () => {
    change({ revokedAt: 999_999 });
    await expect(createFixture().authenticate({ authorization: `${headers.authorization}0` })).rejects.toMatchObject({
      code: 'invalid_api_key',
    });
  });

  it('works until the very moment it expires, also from memory', async () => {
    change({ expiresAt: 1_000_001 });
    const { authenticate, findKey } = createFixture();
    await expect(authenticate(headers)).resolves.toMatchObject({ tenant: 'acme' });
    time += 1;
    await expect(authenticate(headers)).rejects.toMatchObject({ code: 'expired_api_key' });
    expect(findKey).toHaveBeenCalledTimes(1);
  });
});

describe('a key that was read', () => {
  it('is kept for 30 seconds', async () => {
    const { authenticate, findKey } = createFixture();
    await authenticate(headers);
    time += 29_999;
    await authenticate(headers);
    expect(findKey).toHaveBeenCalledTimes(1);
    time += 1;
    await authenticate(headers);
    expect(findKey).toHaveBeenCalledTimes(2);
  });

  it('works no longer than that after it was revoked, and not again from memory', async () => {
    const { authenticate, findKey } = createFixture();
    await authenticate(headers);
    keys.clear();
    time += 29_999;
    await expect(authenticate(headers)).resolves.toMatchObject({ tenant: 'acme' });
    time += 1;
    await expect(authenticate(headers)).rejects.toMatchObject({ status: 401 });
    await expect(authenticate(headers)).rejects.toMatchObject({ status: 401 });
    expect(findKey).toHaveBeenCalledTimes(3);
  });

  it('is not kept when there is none, so that a new key works at once', async () => {
    const { authenticate } = createFixture();
    const [known] = keys.values();
    keys.clear();
    await expect(authenticate(headers)).rejects.toMatchObject({ status: 401 });
    if (known) keys.set('acme1', known);
    await expect(authenticate(headers)).resolves.toMatchObject({ tenant: 'acme' });
  });

  it('refuses a wrong secret from memory, too', async () => {
    const { authenticate, findKey } = createFixture();
    await authenticate(headers);
    await expect(authenticate({ authorization: `${headers.authorization}0` })).rejects.toMatchObject({ status: 401 });
    expect(findKey).toHaveBeenCalledTimes(1);
  });

  it('is one of a thousand at most: many prefixes do not fill the memory', async () => {
    const [known] = keys.values();
    const { authenticate, findKey } = createFixture();
    const token = (index: number) => ({ authorization: `Bearer sbx_many${index}_${SECRET}` });
    for (let index = 0; index < 1_001; index++) {
      if (known) keys.set(`many${index}`, known);
      await authenticate(token(index));
    }
    findKey.mockClear();
    await authenticate(token(1_000));
    expect(findKey).not.toHaveBeenCalled();
    await authenticate(token(0));
    expect(findKey).toHaveBeenCalledTimes(1);
  });
});
