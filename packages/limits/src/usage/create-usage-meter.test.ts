import { describe, expect, it } from 'vitest';
import { type AddUsage, createUsageMeter, OTHER_VALUES, type UsageRecord } from './create-usage-meter.ts';
import { fromAttributes, NO_USAGE, toAttributes } from './usage-count.ts';
import { readUsageKey, usageKey } from './usage-items.ts';

const RECORD: UsageRecord = {
  tenant: 'acme',
  route: 'default',
  requests: 1,
  inputTokens: 10,
  outputTokens: 20,
  usd: 0.000_000_003_42 * 1_000,
};

function makeMeter(add?: AddUsage) {
  const added: Parameters<AddUsage>[0][] = [];
  const errors: unknown[] = [];
  const clock = { now: Date.parse('2026-09-21T23:59:00.000Z') };
  const keep: AddUsage = async (one) => void added.push(one);
  const meter = createUsageMeter({ add: (one) => (add ?? keep)(one), now: () => clock.now, onError: (error) => void errors.push(error) });
  return { ...meter, added, errors, clock, keep };
}

describe('the usage meter', () => {
  it('writes the sums of a batch once, by route and by each label', async () => {
    const meter = makeMeter();
    meter.count({ ...RECORD, labels: { team: 'search' } });
    meter.count({ ...RECORD, labels: { team: 'search' } });
    meter.count({ ...RECORD, route: 'vision', labels: { team: 'ads' }, requests: 0, usd: null });
    await meter.flush();
    const one = { requests: 1, inputTokens: 10, outputTokens: 20, nanoUsd: 3_420, unpriced: 0 };
    const two = { requests: 2, inputTokens: 20, outputTokens: 40, nanoUsd: 6_840, unpriced: 0 };
    const unpriced = { ...one, requests: 0, nanoUsd: 0, unpriced: 1 };
    expect(meter.added).toEqual([
      {
        tenant: 'acme',
        day: '2026-09-21',
        group: { by: 'route' },
        counts: new Map([
          ['default', two],
          ['vision', unpriced],
        ]),
      },
      {
        tenant: 'acme',
        day: '2026-09-21',
        group: { by: 'label', name: 'team' },
        counts: new Map([
          ['search', two],
          ['ads', unpriced],
        ]),
      },
    ]);
  });

  it('writes nothing when nothing was used', async () => {
    const meter = makeMeter();
    meter.count({ ...RECORD, requests: 0, inputTokens: 0, outputTokens: 0, usd: 0 });
    await meter.flush();
    expect(meter.added).toEqual([]);
  });

  it('counts each request on its day', async () => {
    const meter = makeMeter();
    meter.count(RECORD);
    meter.clock.now += 120_000;
    meter.count(RECORD);
    await meter.flush();
    expect(meter.added.map(({ day }) => day)).toEqual(['2026-09-21', '2026-09-22']);
  });

  it('keeps what could not be written, and writes it with the next', async () => {
    let isAway = true;
    const meter = makeMeter(async (one) => {
      if (isAway) throw new Error('away');
      return meter.keep(one);
    });
    meter.count(RECORD);
    await meter.flush();
    expect(meter.errors).toHaveLength(1);
    isAway = false;
    meter.count(RECORD);
    await meter.flush();
    await meter.flush();
    expect(meter.added.map(({ counts }) => counts.get('default')?.requests)).toEqual([2]);
  });

  it('counts labels that differ with each request together', async () => {
    const meter = makeMeter();
    for (let index = 0; index < 60; index++) meter.count({ ...RECORD, labels: { request: `r${index}` } });
    await meter.flush();
    const counts = meter.added.find(({ group }) => group.by === 'label')?.counts;
    expect([counts?.size, counts?.get(OTHER_VALUES)?.requests]).toEqual([51, 10]);
  });

  it('passes over label names beyond the tenth', async () => {
    const meter = makeMeter();
    meter.count({ ...RECORD, labels: Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`name${index}`, 'x'])) });
    await meter.flush();
    expect(meter.added.filter(({ group }) => group.by === 'label')).toHaveLength(10);
  });
});

it('reads back what it writes, whatever the values are called', () => {
  const counts = new Map([
    ['a|b', { ...NO_USAGE, requests: 3 }],
    ['requests', { ...NO_USAGE, nanoUsd: 5, unpriced: 1 }],
  ]);
  const item = Object.fromEntries(toAttributes(counts).map(([name, amount]) => [name, { N: String(amount) }]));
  expect(fromAttributes({ ...item, expiresAt: { N: '1' } })).toEqual(counts);
});

it.each([{ by: 'route' } as const, { by: 'label', name: 'team' } as const, { by: 'label', name: 'a#b' } as const])(
  'finds %j in its key',
  (group) => {
    expect(readUsageKey(usageKey('acme', '2026-09-21', group).sk.S)).toEqual({ day: '2026-09-21', group });
  },
);
