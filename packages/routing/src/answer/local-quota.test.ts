import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeTarget } from '../testing/make-table.ts';
import { createLocalQuota } from './local-quota.ts';

const limited = (requestsPerMinute?: number, tokensPerMinute?: number) =>
  makeTarget('a', {
    rateLimits: {
      ...(requestsPerMinute !== undefined && { requestsPerMinute }),
      ...(tokensPerMinute !== undefined && { tokensPerMinute }),
    },
  });

describe('a target', () => {
  it('without stated limits takes any number of calls', () => {
    const quota = createLocalQuota();
    const target = makeTarget('a');
    for (let index = 0; index < 1_000; index++) quota.reserve({ target, tokens: 1e9, now: 0 });
    expect(quota.waitMs({ target, tokens: 1e9, now: 0 })).toBe(0);
  });

  it('takes its requests of a minute, then says when the first of them leaves the minute', () => {
    const quota = createLocalQuota();
    const target = limited(2);
    quota.reserve({ target, tokens: 0, now: 10_400 });
    quota.reserve({ target, tokens: 0, now: 20_000 });
    expect(quota.waitMs({ target, tokens: 0, now: 30_000 })).toBe(41_000);
    expect(quota.waitMs({ target, tokens: 0, now: 70_999 })).toBe(1);
    expect(quota.waitMs({ target, tokens: 0, now: 71_000 })).toBe(0);
  });

  it('takes its tokens of a minute, by what calls reserve', () => {
    const quota = createLocalQuota();
    const target = limited(undefined, 1_000);
    quota.reserve({ target, tokens: 600, now: 0 });
    expect(quota.waitMs({ target, tokens: 400, now: 0 })).toBe(0);
    expect(quota.waitMs({ target, tokens: 401, now: 0 })).toBe(61_000);
  });

  it('has room again once a call has used less than it reserved', () => {
    const quota = createLocalQuota();
    const target = limited(undefined, 1_000);
    const settle = quota.reserve({ target, tokens: 900, now: 0 });
    expect(quota.waitMs({ target, tokens: 500, now: 5_000 })).toBeGreaterThan(0);
    settle(200);
    expect(quota.waitMs({ target, tokens: 500, now: 5_000 })).toBe(0);
  });

  it('keeps the reservation of a call whose use nobody knows', () => {
    const quota = createLocalQuota();
    const target = limited(undefined, 1_000);
    quota.reserve({ target, tokens: 900, now: 0 })(undefined);
    expect(quota.waitMs({ target, tokens: 500, now: 5_000 })).toBeGreaterThan(0);
  });

  it.each([
    { used: 500, tokens: 500, isIn: true },
    { used: 501, tokens: 500, isIn: false },
    { used: 700, tokens: 300, isIn: true },
    { used: 700, tokens: 301, isIn: false },
    { used: 500, tokens: 501, isIn: true },
    { used: 501, tokens: 501, isIn: false },
    { used: 500, tokens: 1_000, isIn: true },
    { used: 501, tokens: 1_000, isIn: false },
    { used: 0, tokens: 5_000, isIn: true },
    { used: 500, tokens: 5_000, isIn: true },
    { used: 501, tokens: 5_000, isIn: false },
  ])('of 1,000 tokens a minute with $used in use lets a request of $tokens in: $isIn', ({ used, tokens, isIn }) => {
    const quota = createLocalQuota();
    const target = limited(undefined, 1_000);
    quota.reserve({ target, tokens: used, now: 0 });
    expect(quota.waitMs({ target, tokens, now: 0 })).toBe(isIn ? 0 : 61_000);
  });

  it('says when a large request finds half of its limit free, and a small one its room', () => {
    const quota = createLocalQuota();
    const target = limited(undefined, 1_000);
    for (const second of [0, 10, 20, 30]) quota.reserve({ target, tokens: 240, now: second * 1_000 });
    expect(quota.waitMs({ target, tokens: 2_000, now: 40_000 })).toBe(31_000);
    expect(quota.waitMs({ target, tokens: 2_000, now: 71_000 })).toBe(0);
    expect(quota.waitMs({ target, tokens: 200, now: 40_000 })).toBe(21_000);
  });

  it('keeps small requests out while a large one has gone beyond its limit', () => {
    const quota = createLocalQuota();
    const target = limited(undefined, 1_000);
    quota.reserve({ target, tokens: 500, now: 0 });
    quota.reserve({ target, tokens: 900, now: 10_000 });
    expect(quota.waitMs({ target, tokens: 100, now: 20_000 })).toBe(41_000);
    expect(quota.waitMs({ target, tokens: 101, now: 20_000 })).toBe(51_000);
    expect(quota.waitMs({ target, tokens: 900, now: 20_000 })).toBe(51_000);
  });

  it('counts requests whole, however large they are', () => {
    const quota = createLocalQuota();
    const target = limited(1, 1_000);
    quota.reserve({ target, tokens: 1, now: 0 });
    expect(quota.waitMs({ target, tokens: 900, now: 0 })).toBe(61_000);
  });

  it('begins anew when it is redefined', () => {
    const quota = createLocalQuota();
    quota.reserve({ target: limited(1), tokens: 0, now: 0 });
    expect(quota.waitMs({ target: { ...limited(1), definition: 'd1' }, tokens: 0, now: 0 })).toBe(0);
  });
});

describe('for any calls', () => {
  const asks = fc.array(fc.record({ afterMs: fc.integer({ min: 0, max: 20_000 }), tokens: fc.integer({ min: 1, max: 4_000 }) }), {
    minLength: 1,
    maxLength: 60,
  });

  it('no minute has more than the limits but for one large request, and a call that waits as told is let in', () => {
    fc.assert(
      fc.property(asks, fc.integer({ min: 1, max: 8 }), fc.integer({ min: 500, max: 2_000 }), (calls, requests, tokens) => {
        const quota = createLocalQuota();
        const target = limited(requests, tokens);
        const begun: { at: number; tokens: number }[] = [];
        let now = 1_790_000_000_123;
        for (const call of calls) {
          now += call.afterMs;
          const waitMs = quota.waitMs({ target, tokens: call.tokens, now });
          now += waitMs;
          expect(quota.waitMs({ target, tokens: call.tokens, now })).toBe(0);
          if (waitMs > 0) expect(quota.waitMs({ target, tokens: call.tokens, now: now - 1 })).toBe(1);
          quota.reserve({ target, tokens: call.tokens, now });
          begun.push({ at: now, tokens: call.tokens });
          const minute = begun.filter(({ at }) => at > now - 60_000);
          expect(minute.length).toBeLessThanOrEqual(requests);
          const large = minute.filter((one) => one.tokens > tokens / 2);
          expect(large.length).toBeLessThanOrEqual(1);
          const used = minute.reduce((sum, one) => sum + one.tokens, 0);
          expect(used).toBeLessThanOrEqual(Math.max(tokens, tokens / 2 + (large[0]?.tokens ?? 0)));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('a large request gets in within a minute of quiet half, whatever came before', () => {
    const quietTokens = fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 62, maxLength: 62 });
    fc.assert(
      fc.property(asks, quietTokens, fc.integer({ min: 501, max: 5_000 }), (calls, quiet, tokens) => {
        const quota = createLocalQuota();
        const target = limited(undefined, 1_000);
        let now = 1_790_000_000_123;
        for (const call of calls) {
          now += call.afterMs;
          quota.reserve({ target, tokens: call.tokens, now });
        }
        // 61 seconds of 8 tokens at most are less than half of the limit.
        for (const small of quiet) {
          now += 1_000;
          quota.reserve({ target, tokens: small, now });
        }
        expect(quota.waitMs({ target, tokens, now })).toBe(0);
      }),
      { numRuns: 100 },
    );
  });
});
