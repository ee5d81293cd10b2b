import { NO_USAGE } from '@signalbox/limits/operator';
import { describe, expect, it } from 'vitest';
import { createTestOutput } from '../testing/test-output.ts';
import { createTestTenants } from '../testing/test-tenants.ts';
import { UsageError } from '../usage-error.ts';
import { listTenants } from './list-tenants.ts';
import { removeTenant } from './remove-tenant.ts';
import { setTenant } from './set-tenant.ts';
import { showTenant } from './show-tenant.ts';
import { showUsage } from './show-usage.ts';
import type { UsageSheet } from './tenant-store.ts';

const NOW = Date.parse('2026-09-21T10:00:30.000Z');
const MINUTE = Date.parse('2026-09-21T10:00:00.000Z');

function setUp(given: Parameters<typeof createTestTenants>[0] = {}, { json = false } = {}) {
  const tenants = createTestTenants(given);
  const test = createTestOutput();
  return { ...tenants, ...test, ports: { store: tenants.store, output: test.output, now: NOW, json } };
}

describe('tenants set', () => {
  it('changes what is named and leaves the rest, over all routes and of one', async () => {
    const { ports, tenants, printed } = setUp();
    await setTenant({ tenant: 'acme', changes: { requestsPerMinute: 60, usdPerDay: 5 } }, ports);
    await setTenant({ tenant: 'acme', route: 'vision', changes: { concurrency: 4 } }, ports);
    await setTenant({ tenant: 'acme', changes: { requestsPerMinute: null } }, ports);
    expect(tenants.get('acme')).toEqual({
      tenant: 'acme',
      limits: { usdPerDay: 5 },
      routes: { vision: { concurrency: 4 } },
      seq: 3,
      updatedAt: '2026-09-21T10:00:30.000Z',
    });
    expect(printed()).toContain('acme: usd-per-day $5.00\nacme on vision: concurrency 4');
  });

  it('takes a route away with its last limit', async () => {
    const { ports, tenants } = setUp();
    await setTenant({ tenant: 'acme', route: 'vision', changes: { concurrency: 4 } }, ports);
    await setTenant({ tenant: 'acme', route: 'vision', changes: { concurrency: null } }, ports);
    expect(tenants.get('acme')).toMatchObject({ limits: {}, routes: {} });
  });

  it('does not write over what somebody else changed meanwhile', async () => {
    const { ports } = setUp();
    const store = { ...ports.store, save: async () => false };
    await expect(setTenant({ tenant: 'acme', changes: { concurrency: 4 } }, { ...ports, store })).rejects.toThrow(
      'changed by somebody else',
    );
  });

  it.each([
    [{ tenant: 'acme', changes: {} }, 'Name a limit to set'],
    [{ tenant: 'a b', changes: { concurrency: 1 } }, 'cannot be a tenant'],
    [{ tenant: 'acme', route: 'A', changes: { concurrency: 1 } }, 'cannot be a route'],
  ])('refuses %j', async (options, message) => {
    const { ports, tenants } = setUp();
    const set = setTenant(options, ports);
    await expect(set).rejects.toThrow(UsageError);
    await expect(set).rejects.toThrow(message);
    expect(tenants.size).toBe(0);
  });
});

describe('tenants show', () => {
  it('says what is used, held and left now; what is of an earlier minute is over', async () => {
    const seconds = NOW / 1_000;
    const state = {
      counters: {
        'requests-per-minute': { window: MINUTE - 60_000, used: 60, held: {} },
        'usd-per-day': {
          window: Date.parse('2026-09-21T00:00:00.000Z'),
          used: 3_410_000_000,
          held: { [seconds + 5]: 500_000_000, [seconds - 1]: 7 },
        },
        'vision|concurrency': { window: 0, used: 0, held: { [seconds + 5]: 1 } },
      },
    };
    const { ports } = setUp({ state }, { json: true });
    await setTenant({ tenant: 'acme', changes: { requestsPerMinute: 60, usdPerDay: 25 } }, { ...ports, json: false });
    await setTenant({ tenant: 'acme', route: 'vision', changes: { concurrency: 4 } }, { ...ports, json: false });
    const shown = createTestOutput();
    await showTenant('acme', { ...ports, output: shown.output });
    expect(shown.json().standings).toEqual([
      { limit: 'requests-per-minute', route: null, allowed: 60, used: 0, held: 0, left: 60, resetsAt: '2026-09-21T10:01:00.000Z' },
      { limit: 'usd-per-day', route: null, allowed: 25, used: 3.41, held: 0.5, left: 21.09, resetsAt: '2026-09-22T00:00:00.000Z' },
      { limit: 'concurrency', route: 'vision', allowed: 4, used: 0, held: 1, left: 3, resetsAt: null },
    ]);
    const table = createTestOutput();
    await showTenant('acme', { ...ports, json: false, output: table.output });
    expect(table.printed()).toMatch(/usd-per-day +all +\$25\.00 +\$3\.41 +\$0\.50 +\$21\.09 +2026-09-22 00:00 UTC/);
  });

  it('says what to do about a tenant that has none', async () => {
    await expect(showTenant('acme', setUp().ports)).rejects.toThrow('signalbox tenants set acme');
  });
});

it('tenants list shows a line for each route', async () => {
  const { ports, store } = setUp();
  await setTenant({ tenant: 'acme', changes: { tokensPerMinute: 100_000 } }, ports);
  await setTenant({ tenant: 'acme', route: 'vision', changes: { usdPerMonth: 0.5 } }, ports);
  const { output, printed, noted } = createTestOutput();
  await listTenants({ store, output });
  expect(printed().split('\n').slice(1)).toEqual([
    expect.stringMatching(/^acme +all +– +100,000 +– +– +–$/),
    expect.stringMatching(/^acme +vision +– +– +– +– +\$0\.50$/),
  ]);
  expect(noted()).toContain('1 tenant with limits');
});

describe('tenants remove', () => {
  it('takes all limits away, or those of a route', async () => {
    const { ports, tenants } = setUp();
    await setTenant({ tenant: 'acme', changes: { concurrency: 2 } }, ports);
    await setTenant({ tenant: 'acme', route: 'vision', changes: { concurrency: 1 } }, ports);
    expect(await removeTenant({ tenant: 'acme', route: 'vision' }, { ...ports, confirm: undefined })).toBe(0);
    expect(tenants.get('acme')).toMatchObject({ limits: { concurrency: 2 }, routes: {}, seq: 3 });
    await removeTenant({ tenant: 'acme' }, { ...ports, confirm: async () => true });
    expect(tenants.size).toBe(0);
  });

  it('does nothing without a yes, nor for what is not there', async () => {
    const { ports, tenants } = setUp();
    await setTenant({ tenant: 'acme', changes: { concurrency: 2 } }, ports);
    expect(await removeTenant({ tenant: 'acme' }, { ...ports, confirm: async () => false })).toBe(1);
    expect(tenants.size).toBe(1);
    await expect(removeTenant({ tenant: 'acme', route: 'none' }, { ...ports, confirm: undefined })).rejects.toThrow(
      'no limits on a route "none"',
    );
    await expect(removeTenant({ tenant: 'other' }, { ...ports, confirm: undefined })).rejects.toThrow(UsageError);
  });
});

describe('tenants usage', () => {
  const count = (requests: number, nanoUsd: number, unpriced = 0) => ({
    ...NO_USAGE,
    requests,
    nanoUsd,
    unpriced,
    inputTokens: 10,
    outputTokens: 5,
  });
  const sheets: UsageSheet[] = [
    {
      day: '2026-09-20',
      group: { by: 'route' },
      counts: new Map([
        ['default', count(2, 2e9)],
        ['vision', count(1, 5e9)],
      ]),
    },
    { day: '2026-09-21', group: { by: 'route' }, counts: new Map([['default', count(3, 1e9, 1)]]) },
    {
      day: '2026-09-21',
      group: { by: 'label', name: 'team' },
      counts: new Map([
        ['ads', count(1, 1e8)],
        ['search', count(2, 9e8)],
      ]),
    },
  ];

  it.each([
    [
      'day',
      [
        ['2026-09-20', 3, 7],
        ['2026-09-21', 3, 1],
      ],
    ],
    [
      'route',
      [
        ['vision', 1, 5],
        ['default', 5, 3],
      ],
    ],
    [
      'label:team',
      [
        ['search', 2, 0.9],
        ['ads', 1, 0.1],
      ],
    ],
    ['label:project', []],
  ])('by %s', async (by, expected) => {
    const { ports, json, noted } = setUp({ sheets }, { json: true });
    await showUsage({ tenant: 'acme', by }, ports);
    const { rows, total } = json();
    expect(rows.map(({ key, requests, costUsd }: Record<string, unknown>) => [key, requests, costUsd])).toEqual(expected);
    expect(total).toMatchObject({ requests: 6, costUsd: 8, unpriced: 1, inputTokens: 30 });
    expect(noted()).toContain('The cost of 1 is not known');
  });

  it('is of this month to today unless days are named', async () => {
    const { ports, asked } = setUp();
    await showUsage({ tenant: 'acme', by: 'day' }, ports);
    await showUsage({ tenant: 'acme', by: 'day', from: '2026-08-01', to: '2026-08-31' }, ports);
    await showUsage({ tenant: 'acme', by: 'day', to: '2026-08-15' }, ports);
    expect(asked).toEqual([
      { from: '2026-09-01', to: '2026-09-21' },
      { from: '2026-08-01', to: '2026-08-31' },
      { from: '2026-08-01', to: '2026-08-15' },
    ]);
  });

  it.each([
    [{ by: 'model' }, '--by is day, route or label:<name>'],
    [{ by: 'day', from: '2026-02-30' }, '--from is a day'],
    [{ by: 'day', from: '2026-09-02', to: '2026-09-01' }, 'is after --to'],
  ])('refuses %j', async (options, message) => {
    await expect(showUsage({ tenant: 'acme', ...options }, setUp().ports)).rejects.toThrow(message);
  });
});
