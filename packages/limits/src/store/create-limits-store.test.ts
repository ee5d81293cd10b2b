import { UnavailableError } from '@signalbox/runtime/errors';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EMPTY_STATE } from '../core/limits-state.ts';
import { createLimiter } from '../create-limiter.ts';
import type { LimitsStore, Versioned } from '../ports.ts';
import type { TenantLimits } from '../tenant-limits.ts';
import { limitsFor } from '../testing/memory-store.ts';
import { type LimitsTable, startLimitsTable } from '../testing/start-limits-table.ts';
import { createUsageStore } from '../usage/create-usage-store.ts';
import { fromAttributes, NO_USAGE } from '../usage/usage-count.ts';
import { usageKey } from '../usage/usage-items.ts';
import { createLimitsStore } from './create-limits-store.ts';
import { limitsKey, stateKey } from './limits-items.ts';

let table: LimitsTable;
let tenant: string;
let count = 0;
beforeAll(async () => {
  table = await startLimitsTable();
});
afterAll(() => table.close());
beforeEach(() => {
  tenant = `tenant-${++count}`;
});

const errors: unknown[] = [];
const openStore = () => createLimitsStore({ tableName: table.tableName, onError: (error) => void errors.push(error) });
/** A time that stands still: no minute ends in the middle of a test. */
const NOW = Date.now();
const openLimiter = (store: LimitsStore = openStore()) =>
  createLimiter({ store, now: () => NOW, onError: (error) => void errors.push(error) });
const put = (limits: TenantLimits) => table.put({ ...limitsKey(limits.tenant), value: { S: JSON.stringify(limits) } });

function stateWith(used: number): Versioned['state'] {
  return { counters: { 'usd-per-day': { window: 0, used, held: {} } } };
}

describe('the state of a tenant', () => {
  it('is nothing before the first write', async () => {
    expect(await openStore().read(tenant)).toEqual({ state: EMPTY_STATE, seq: 0 });
  });

  it('is written on condition of the last write, and told to whoever was overtaken', async () => {
    const store = openStore();
    expect(await store.write(tenant, { state: stateWith(1), seq: 1 })).toEqual({ kind: 'written' });
    expect(await store.write(tenant, { state: stateWith(9), seq: 1 })).toEqual({ kind: 'overtaken', state: stateWith(1), seq: 1 });
    expect(await store.write(tenant, { state: stateWith(2), seq: 2 })).toEqual({ kind: 'written' });
    expect(await store.read(tenant)).toEqual({ state: stateWith(2), seq: 2 });
  });

  it('is told anew when it expired meanwhile', async () => {
    expect(await openStore().write(tenant, { state: stateWith(2), seq: 7 })).toEqual({ kind: 'overtaken', state: EMPTY_STATE, seq: 0 });
  });

  it('is not taken for another write when the answer was lost and the SDK asked again', async () => {
    const store = openStore();
    table.loseNextAnswer();
    expect(await store.write(tenant, { state: stateWith(1), seq: 1 })).toEqual({ kind: 'written' });
  });

  it('is in the way of nobody for ever: it expires', async () => {
    await openStore().write(tenant, { state: stateWith(1), seq: 1 });
    const days = (Number((await table.get(stateKey(tenant)))?.expiresAt?.N) - Date.now() / 1_000) / 86_400;
    expect(days).toBeGreaterThan(61);
    expect(days).toBeLessThan(63);
  });
});

describe('the limits of a tenant', () => {
  it('are undefined for one that has none, and those of the item for one that has', async () => {
    expect(await openStore().limitsOf(tenant)).toBeUndefined();
    await put(limitsFor(tenant, { concurrency: 3 }));
    expect(await openStore().limitsOf(tenant)).toEqual(limitsFor(tenant, { concurrency: 3 }));
  });

  it('that cannot be read let nothing pass', async () => {
    await table.put({ ...limitsKey(tenant), value: { S: '{"limits":{"concurrency":"many"}}' } });
    await expect(openStore().limitsOf(tenant)).rejects.toThrow(UnavailableError);
    expect(String(errors.at(-1))).toContain(`tenant#${tenant}`);
  });
});

describe('processes over the real store', () => {
  it('grant together what one limit allows, each asking at once', async () => {
    await put(limitsFor(tenant, { tokensPerMinute: 1_000, requestsPerMinute: 1_000 }));
    const limiters = Array.from({ length: 5 }, () => openLimiter());
    const asked = limiters.flatMap((limiter) =>
      Array.from({ length: 5 }, () => limiter.reserve({ tenant, route: 'default', tokens: 100, usd: null })),
    );
    const kinds = (await Promise.all(asked)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'granted')).toHaveLength(10);
  });

  it('keep to a limit that was set while they run', async () => {
    let now = Date.now();
    const store = createLimitsStore({ tableName: table.tableName, onError: (error) => void errors.push(error), now: () => now });
    const limiter = openLimiter(store);
    const ask = { tenant, route: 'default', tokens: 100, usd: null };
    expect((await limiter.reserve(ask)).kind).toBe('granted');
    await put(limitsFor(tenant, { tokensPerMinute: 50 }));
    now += 31_000;
    expect((await limiter.reserve(ask)).kind).toBe('limited');
  });
});

describe('usage', () => {
  it('adds up in one item per day and group', async () => {
    const add = createUsageStore({ tableName: table.tableName });
    const group = { by: 'label', name: 'team' } as const;
    const one = { requests: 1, inputTokens: 10, outputTokens: 20, nanoUsd: 3_420, unpriced: 0 };
    for (let times = 0; times < 3; times++) await add({ tenant, day: '2026-09-21', group, counts: new Map([['search | ads', one]]) });
    const item = await table.get(usageKey(tenant, '2026-09-21', group));
    expect(fromAttributes(item ?? {})).toEqual(
      new Map([['search | ads', { ...NO_USAGE, requests: 3, inputTokens: 30, outputTokens: 60, nanoUsd: 10_260 }]]),
    );
  });

  it('goes on under one name when an item is full', async () => {
    const add = createUsageStore({ tableName: table.tableName });
    const group = { by: 'label', name: 'request' } as const;
    await table.put({ ...usageKey(tenant, '2026-09-21', group), '(other)|requests': { N: '1' }, filler: { S: 'x'.repeat(409_400) } });
    const counts = new Map(Array.from({ length: 50 }, (_, index) => [`${'v'.repeat(100)}${index}`, { ...NO_USAGE, requests: 1 }]));
    await add({ tenant, day: '2026-09-21', group, counts });
    expect(fromAttributes((await table.get(usageKey(tenant, '2026-09-21', group))) ?? {}).get('(other)')?.requests).toBe(51);
  });
});
