import * as crypto from 'node:crypto';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { isSecretOf, parseBearer, type StoredKey } from './api-key.ts';

vi.mock('node:crypto', { spy: true });

const SECRET = '0123456789abcdefABCDEF';
const stored: StoredKey = { secretHash: createHash('sha256').update(SECRET).digest('hex'), tenant: 'acme', scopes: [] };

describe('parsing an Authorization header', () => {
  it.each([`Bearer sbx_local_${SECRET}`, `bearer sbx_local_${SECRET}`, `BEARER sbx_local_${SECRET}`])('takes %s apart', (header) => {
    expect(parseBearer(header)).toEqual({ prefix: 'local', secret: SECRET });
  });

  it.each([
    ['nothing', undefined],
    ['an empty one', ''],
    ['no scheme', `sbx_local_${SECRET}`],
    ['another scheme', `Basic sbx_local_${SECRET}`],
    ['no token', 'Bearer '],
    ['two spaces', `Bearer  sbx_local_${SECRET}`],
    ['another kind of token', `Bearer sk_local_${SECRET}`],
    ['no prefix', `Bearer sbx__${SECRET}`],
    ['a short prefix', `Bearer sbx_abc_${SECRET}`],
    ['a long prefix', `Bearer sbx_${'a'.repeat(33)}_${SECRET}`],
    ['an upper-case prefix', `Bearer sbx_LOCAL_${SECRET}`],
    ['a short secret', 'Bearer sbx_local_0123456789abcde'],
    ['a long secret', `Bearer sbx_local_${'a'.repeat(129)}`],
    ['a secret with a line break at its end', `Bearer sbx_local_${SECRET}\n`],
    ['a secret with another character', `Bearer sbx_local_${SECRET}#`],
  ])('finds no key in %s', (_what, header) => {
    expect(parseBearer(header)).toBeUndefined();
  });

  it('gives back every well-formed key', () => {
    const key = fc.record({ prefix: fc.stringMatching(/^[0-9a-z]{4,32}$/), secret: fc.stringMatching(/^[0-9A-Za-z]{16,128}$/) });
    fc.assert(
      fc.property(key, ({ prefix, secret }) => {
        expect(parseBearer(`Bearer sbx_${prefix}_${secret}`)).toEqual({ prefix, secret });
      }),
    );
  });
});

describe('proving a secret', () => {
  it('succeeds with the secret whose hash is stored, in either case of hex', () => {
    expect(isSecretOf(SECRET, stored)).toBe(true);
    expect(isSecretOf(SECRET, { ...stored, secretHash: stored.secretHash.toUpperCase() })).toBe(true);
  });

  it.each([
    ['another secret', `${SECRET}0`, stored],
    ['no stored key', SECRET, undefined],
    ['an empty hash', SECRET, { ...stored, secretHash: '' }],
    ['a cut hash', SECRET, { ...stored, secretHash: stored.secretHash.slice(0, -2) }],
    ['a hash that is too long', SECRET, { ...stored, secretHash: `${stored.secretHash}00` }],
    ['a hash that is not hex', SECRET, { ...stored, secretHash: 'z'.repeat(64) }],
    ['the secret itself in place of its hash', SECRET, { ...stored, secretHash: SECRET }],
  ])('fails with %s, and compares in constant time all the same', (_what, secret, key) => {
    vi.mocked(crypto.timingSafeEqual).mockClear();
    expect(isSecretOf(secret, key)).toBe(false);
    expect(crypto.timingSafeEqual).toHaveBeenCalledOnce();
  });

  it('is not fooled by a hash of zeros, which stands in for a missing one', () => {
    vi.mocked(crypto.timingSafeEqual).mockReturnValueOnce(true);
    expect(isSecretOf(SECRET, undefined)).toBe(false);
    vi.mocked(crypto.timingSafeEqual).mockReturnValueOnce(true);
    expect(isSecretOf(SECRET, { ...stored, secretHash: '' })).toBe(false);
  });

  it('fails with every other secret', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9A-Za-z]{16,128}$/), (secret) => {
        fc.pre(secret !== SECRET);
        expect(isSecretOf(secret, stored)).toBe(false);
      }),
    );
  });
});
