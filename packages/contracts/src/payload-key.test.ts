import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOwnPayload, payloadPrefix } from './payload-key.ts';

const own = { tenant: 'acme', bucket: 'data' };

describe('a payload of a tenant', () => {
  it.each([
    ['a key under its prefix', { key: 'payloads/acme/4711' }],
    ['a key in a folder below', { key: 'payloads/acme/2026/4711.json' }],
    ['the bucket named', { key: 'payloads/acme/4711', bucket: 'data' }],
  ])('is its own with %s', (_what, check) => {
    expect(isOwnPayload(check, own)).toBe(true);
  });

  it.each([
    ['another tenant', { key: 'payloads/other/4711' }],
    ['a tenant whose name begins alike', { key: 'payloads/acme-2/4711' }],
    ['another prefix', { key: 'outputs/acme/4711' }],
    ['another bucket', { key: 'payloads/acme/4711', bucket: 'elsewhere' }],
    ['a step up', { key: 'payloads/acme/../other/4711' }],
    ['a step nowhere', { key: 'payloads/acme/./4711' }],
    ['an empty part', { key: 'payloads/acme//4711' }],
    ['nothing below the prefix', { key: 'payloads/acme/' }],
    ['an escaped slash', { key: 'payloads/acme/..%2Fother' }],
    ['a backslash', { key: 'payloads/acme/..\\other' }],
    ['a control character', { key: 'payloads/acme/a\u0000b' }],
  ])('is not its own with %s', (_what, check) => {
    expect(isOwnPayload(check, own)).toBe(false);
  });

  it('is never that of two tenants', () => {
    const tenant = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,8}$/);
    fc.assert(
      fc.property(tenant, tenant, fc.stringMatching(/^[\x20-\x7e]{1,20}$/), (first, second, rest) => {
        fc.pre(first !== second);
        expect(isOwnPayload({ key: `${payloadPrefix(first)}${rest}` }, { tenant: second, bucket: 'data' })).toBe(false);
      }),
    );
  });
});
