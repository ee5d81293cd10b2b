import { InferenceList, type InferenceStatus } from '@signalbox/contracts';
import { dayOf, type InferenceItem, type ListingStore } from '@signalbox/runtime';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createListInferences } from './list-inferences.ts';
import type { ListQuery } from './parse-list-query.ts';
import { isAskedFor } from './to-listing.ts';

const NOW = Date.parse('2026-09-21T12:00:00.000Z');
const DAY_MS = 24 * 60 * 60 * 1000;

type Given = { id: string; at?: number; status?: InferenceStatus; labels?: Record<string, string>; tenant?: string };

function itemOf({ id, at = NOW - 1_000, status = 'succeeded', labels = {}, tenant = 'acme' }: Given): InferenceItem {
  return { key: `${tenant}#${id}`, status, acceptedAt: at, labels, route: 'default', priority: 'bulk', deferrals: 0 };
}

/** The index in memory: what it gives is narrowed by status alone, and cut into pages of at most `pageSize` looked-at items. */
function createFixture({ items = [] as InferenceItem[], batches = {} as Record<string, string[]>, pageSize = 5 } = {}) {
  const days: string[] = [];
  const listing: ListingStore = {
    async queryDay({ tenant, day, filter, limit, after }) {
      days.push(day);
      const ofDay = items.filter(({ key, acceptedAt }) => key.startsWith(`${tenant}#`) && dayOf(acceptedAt ?? 0) === day);
      const ordered = ofDay.toSorted((left, right) => rank(right) - rank(left) || (left.key < right.key ? 1 : -1));
      const start = after ? ordered.findIndex(({ key }) => key === `${tenant}#${after.id}`) + 1 : 0;
      const looked = ordered.slice(start, start + Math.min(limit, pageSize));
      const last = looked.at(-1);
      const isMore = last !== undefined && start + looked.length < ordered.length;
      return {
        items: looked.filter(({ status }) => !filter.statuses || filter.statuses.includes(status)),
        ...(isMore ? { next: { id: last.key.slice(tenant.length + 1), acceptedAt: last.acceptedAt ?? 0 } } : {}),
      };
    },
    getAll: async (tenant, ids) => items.filter(({ key }) => ids.some((id) => key === `${tenant}#${id}`)).toReversed(),
  };
  const list = createListInferences({ listing, readBatch: async (tenant, batchId) => batches[`${tenant}#${batchId}`], now: () => NOW });
  return { days, ask: (query: Partial<ListQuery> = {}, tenant = 'acme') => list({ tenant, query: { limit: 50, ...query } }) };
}

const rank = ({ acceptedAt }: InferenceItem) => acceptedAt ?? 0;
const idsOf = ({ inferences }: InferenceList) => inferences.map(({ id }) => id);

async function allOf(fixture: ReturnType<typeof createFixture>, query: Partial<ListQuery>): Promise<InferenceList[]> {
  const pages = [await fixture.ask(query)];
  for (let cursor = pages[0]?.nextCursor; cursor; cursor = pages.at(-1)?.nextCursor) pages.push(await fixture.ask({ ...query, cursor }));
  return pages;
}

describe('the list of a tenant', () => {
  it('shows where each stands and where its result is, newest first', async () => {
    const { ask } = createFixture({
      items: [itemOf({ id: 'old', at: NOW - 2 * DAY_MS }), itemOf({ id: 'a:b', status: 'accepting', labels: { campaign: 'spring' } })],
    });
    const reply = await ask();
    expect(InferenceList.parse(reply)).toEqual(reply);
    expect(reply).toMatchObject({ schemaVersion: '1.0', inferences: [{ id: 'a:b' }, { id: 'old', labels: {} }] });
    expect(reply.inferences[0]).toEqual({
      id: 'a:b',
      status: 'accepted',
      route: 'default',
      priority: 'bulk',
      labels: { campaign: 'spring' },
      acceptedAt: '2026-09-21T11:59:59.000Z',
      location: '/v1/inferences/a%3Ab',
    });
    expect(reply).not.toHaveProperty('nextCursor');
    expect(reply).not.toHaveProperty('progress');
  });

  it('reaches back 31 days, today’s among them, and no further', async () => {
    const items = [30, 31].map((days) => itemOf({ id: `days-${days}`, at: NOW - days * DAY_MS }));
    const { ask, days } = createFixture({ items });
    expect(idsOf(await ask())).toEqual(['days-30']);
    expect([days.length, days[0], days.at(-1)]).toEqual([31, '2026-09-21', '2026-08-22']);
  });

  it('has nothing of another tenant', async () => {
    const { ask } = createFixture({ items: [itemOf({ id: 'theirs', tenant: 'other' }), itemOf({ id: 'mine' })] });
    expect([idsOf(await ask()), idsOf(await ask({}, 'other')), idsOf(await ask({}, 'acm'))]).toEqual([['mine'], ['theirs'], []]);
  });

  it('looks again at labels that the table found by their text', async () => {
    const items = [itemOf({ id: 'a', labels: { campaign: 'spring' } }), itemOf({ id: 'b', labels: { note: '"campaign":"spring"' } })];
    const { ask } = createFixture({ items });
    expect(idsOf(await ask({ label: { name: 'campaign', value: 'spring' } }))).toEqual(['a']);
    expect(idsOf(await ask({ label: { name: 'toString', value: 'x' } }))).toEqual([]);
  });

  it('answers with a cursor, be it after nothing, rather than read on and on for what is rare', async () => {
    const items = Array.from({ length: 400 }, (_, index) =>
      itemOf({ id: `r${index}`, at: NOW - index, status: index === 399 ? 'failed' : 'expired' }),
    );
    const fixture = createFixture({ items });
    const first = await fixture.ask({ status: 'failed' });
    expect([first.inferences, fixture.days.length]).toEqual([[], 40]);
    expect(first.nextCursor).toBeDefined();
    const pages = await allOf(fixture, { status: 'failed' });
    expect(pages.flatMap(idsOf)).toEqual(['r399']);
  });

  it('holds each that is asked for exactly once, in order, whatever the pages are', async () => {
    const item = fc.record({
      age: fc.nat({ max: 40 * DAY_MS }),
      status: fc.constantFrom<InferenceStatus[]>('accepting', 'accepted', 'running', 'succeeded', 'failed'),
      campaign: fc.constantFrom('spring', 'autumn'),
    });
    const asked = fc.record(
      { status: fc.constantFrom('accepted' as const, 'failed' as const), label: fc.constant({ name: 'campaign', value: 'spring' }) },
      { requiredKeys: [] },
    );
    const property = fc.asyncProperty(
      fc.array(item, { maxLength: 60 }),
      asked,
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
      async (given, query, limit, pageSize) => {
        const items = given.map(({ age, status, campaign }, index) =>
          itemOf({ id: `r${index}`, at: NOW - age, status, labels: { campaign } }),
        );
        const pages = await allOf(createFixture({ items, pageSize }), { ...query, limit });
        const shown = pages.flatMap(({ inferences }) => inferences);
        const expected = items.filter((each) => isAskedFor(each, query) && dayOf(rank(each)) >= '2026-08-22');
        expect(shown.map(({ id }) => id).toSorted()).toEqual(expected.map(({ key }) => key.slice(5)).toSorted());
        expect(shown.map(({ acceptedAt }) => acceptedAt)).toEqual(
          shown
            .map(({ acceptedAt }) => acceptedAt)
            .toSorted()
            .toReversed(),
        );
        for (const { inferences } of pages) expect(inferences.length).toBeLessThanOrEqual(limit);
      },
    );
    await fc.assert(property, { numRuns: 150 });
  });

  it('goes on by a cursor that is a month old with nothing', async () => {
    const { ask } = createFixture({ items: [itemOf({ id: 'a' })] });
    const ageing = createListInferences({
      listing: { queryDay: async () => ({ items: [itemOf({ id: 'x', at: 1 })] }), getAll: async () => [] },
      readBatch: async () => undefined,
      now: () => NOW - 60 * DAY_MS,
    });
    const { nextCursor } = await ageing({ tenant: 'acme', query: { limit: 1 } });
    expect(await ask({ cursor: nextCursor ?? '' })).toEqual({ schemaVersion: '1.0', inferences: [] });
  });
});

describe('the list of a batch', () => {
  const ids = ['c', 'a', 'gone', 'b', 'a', 'd'];
  const items = [
    itemOf({ id: 'a', status: 'accepting' }),
    itemOf({ id: 'b', status: 'failed', labels: { campaign: 'spring' } }),
    itemOf({ id: 'c', at: NOW - 40 * DAY_MS }),
    itemOf({ id: 'd', status: 'running', labels: { campaign: 'spring' } }),
    itemOf({ id: 'gone', tenant: 'other' }),
  ];
  const fixture = () => createFixture({ items, batches: { 'acme#spring-7': ids } });
  const progress = { total: 5, accepted: 1, running: 1, succeeded: 1, failed: 1, expired: 0, rejected: 0, missing: 1 };

  it('has its requests in its order, each once, and how far it is', async () => {
    const reply = await fixture().ask({ batch: 'spring-7' });
    expect(InferenceList.parse(reply)).toEqual(reply);
    expect(idsOf(reply)).toEqual(['c', 'a', 'b', 'd']);
    expect(reply.progress).toEqual(progress);
    expect(reply).not.toHaveProperty('nextCursor');
  });

  it.each([1, 2, 3])('is read in full by pages of %i, each with the progress of all', async (limit) => {
    const pages = await allOf(fixture(), { batch: 'spring-7', limit });
    expect(pages.flatMap(idsOf)).toEqual(['c', 'a', 'b', 'd']);
    expect(pages).toHaveLength(Math.ceil(4 / limit));
    for (const page of pages) expect(page.progress).toEqual(progress);
  });

  it('is narrowed by status and label, and its progress is not', async () => {
    expect(await fixture().ask({ batch: 'spring-7', status: 'accepted' })).toMatchObject({ inferences: [{ id: 'a' }], progress });
    const label = { name: 'campaign', value: 'spring' };
    const pages = await allOf(fixture(), { batch: 'spring-7', label, limit: 1 });
    expect(pages.map(idsOf)).toEqual([['b'], ['d']]);
  });

  it.each([
    ['that is unknown', 'spring-8', 'acme'],
    ['of another tenant', 'spring-7', 'other'],
  ])('%s is not found', async (_what, batch, tenant) => {
    await expect(fixture().ask({ batch }, tenant)).rejects.toMatchObject({ status: 404, code: 'not_found', parameter: 'batch' });
  });
});
