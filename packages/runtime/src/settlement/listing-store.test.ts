import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UnavailableError } from '../errors.ts';
import { jsonAnswer, startAwsServer } from '../test-aws-server.ts';
import { createInferenceStore, type InferenceStore } from './inference-store.ts';
import { createIntakeStore, type IntakeStore } from './intake-store.ts';
import { dayOf } from './listed-by-day.ts';
import { createListingStore, type DayQuery, type ListingStore } from './listing-store.ts';
import { type InferencesTable, startInferencesTable } from './test-inferences-table.ts';
import { succeededRecord, unansweredRecord } from './test-record.ts';

const MORNING = Date.parse('2026-09-21T08:00:00.000Z');
const DEADLINE = MORNING + 3_600_000;

let table: InferencesTable;
let store: InferenceStore;
let intake: IntakeStore;
let listing: ListingStore;
let tenants = 0;

beforeAll(async () => {
  table = await startInferencesTable();
  store = createInferenceStore({ tableName: table.tableName, now: () => MORNING });
  intake = createIntakeStore({ tableName: table.tableName });
  listing = createListingStore({ tableName: table.tableName });
});
afterAll(() => table.close());

type Given = { id?: string; acceptedAt?: number; labels?: Record<string, string> };
const requestOf = (tenant: string, { id = 'a', acceptedAt = MORNING, labels }: Given = {}) => ({
  tenant,
  id,
  acceptedAt,
  hash: 'hash-1',
  deadline: DEADLINE,
  route: 'default',
  priority: 'standard' as const,
  ...(labels ? { labels } : {}),
});
const claimOf = (tenant: string, given: Given = {}) => ({
  ...requestOf(tenant, given),
  ...{ origin: 'message-1', messageId: 'message-1', deferrals: 0, fence: 'fence-1' },
});
const newTenant = () => `tenant-${++tenants}`;
const spring = { campaign: 'spring' };

async function idsOf(tenant: string, query: Partial<DayQuery> = {}): Promise<string[]> {
  const { items } = await listing.queryDay({ tenant, day: dayOf(MORNING), filter: {}, limit: 100, ...query });
  return items.map(({ key }) => key.slice(tenant.length + 1));
}

describe('what is listed', () => {
  it('is a labelled request from its acceptance on, with how it stands', async () => {
    const tenant = newTenant();
    await intake.accept(requestOf(tenant, { labels: spring }));
    const list = () => listing.queryDay({ tenant, day: dayOf(MORNING), filter: {}, limit: 100 });
    const shown = { key: `${tenant}#a`, acceptedAt: MORNING, route: 'default', priority: 'standard', labels: spring, deferrals: 0 };
    expect(await list()).toEqual({ items: [{ ...shown, status: 'accepting' }] });
    await store.claim(claimOf(tenant, { labels: spring }));
    expect((await list()).items).toEqual([{ ...shown, status: 'running' }]);
    await store.finish({ fence: 'fence-1', record: { ...succeededRecord, tenant, id: 'a' }, output: { json: '{}' } });
    expect((await list()).items).toEqual([{ ...shown, status: 'succeeded' }]);
  });

  it('is a labelled request that came by queue, from its claim on', async () => {
    const tenant = newTenant();
    await store.claim(claimOf(tenant, { labels: spring }));
    expect(await idsOf(tenant)).toEqual(['a']);
  });

  it('is not one without labels, unless it did not succeed', async () => {
    const tenant = newTenant();
    await intake.accept(requestOf(tenant));
    await store.claim(claimOf(tenant));
    expect(await idsOf(tenant)).toEqual([]);
    await store.finish({ fence: 'fence-1', record: { ...succeededRecord, tenant, id: 'a' } });
    expect(await idsOf(tenant)).toEqual([]);
    await store.claim(claimOf(tenant, { id: 'b' }));
    await store.finish({ fence: 'fence-1', record: { ...unansweredRecord, tenant, id: 'b' } });
    expect(await idsOf(tenant)).toEqual(['b']);
  });

  it.each([
    ['expired', (record: typeof unansweredRecord) => store.expire({ ...record, status: 'expired' })],
    ['dead-lettered', (record: typeof unansweredRecord) => store.finishDead({ origin: 'message-1', record })],
  ])('is one that %s, on the day of its acceptance', async (_how, end) => {
    const tenant = newTenant();
    await store.claim({ ...claimOf(tenant), deadline: 1_000 });
    await end({ ...unansweredRecord, tenant, id: 'a' });
    expect(await idsOf(tenant)).toEqual(['a']);
  });

  it.each([
    ['a refused message', (record: typeof unansweredRecord) => store.reject({ ...record, status: 'rejected' })],
    ['a dead letter', (record: typeof unansweredRecord) => store.finishDead({ origin: 'message-1', record })],
  ])('is %s that never was a request, with all that a list shows', async (_what, end) => {
    const tenant = newTenant();
    await end({ ...unansweredRecord, tenant, id: 'a' });
    const { items } = await listing.queryDay({ tenant, day: '2026-09-21', filter: {}, limit: 10 });
    expect(items).toMatchObject([{ acceptedAt: Date.parse('2026-09-21T15:33:20.000Z'), route: 'default', priority: 'bulk' }]);
  });

  it('stays on the day of its acceptance when its message is received the next day', async () => {
    const tenant = newTenant();
    const beforeMidnight = Date.parse('2026-09-21T23:59:59.999Z');
    await intake.accept(requestOf(tenant, { acceptedAt: beforeMidnight, labels: spring }));
    await store.claim(claimOf(tenant, { acceptedAt: beforeMidnight + 1, labels: spring }));
    expect(await idsOf(tenant)).toEqual(['a']);
    expect(await idsOf(tenant, { day: '2026-09-22' })).toEqual([]);
  });

  it('is no longer what was rejected once its id is taken without labels', async () => {
    const tenant = newTenant();
    for (const take of [() => intake.accept(requestOf(tenant)), () => store.claim(claimOf(tenant))]) {
      await store.reject({ ...unansweredRecord, tenant, id: 'a', status: 'rejected' }, { hash: 'hash-1' });
      await take();
      expect(await table.listed(`${tenant}#a`)).toBeUndefined();
    }
  });
});

describe('a day', () => {
  const tenant = 'many';
  const ids = Array.from({ length: 60 }, (_, index) => `r-${String(index).padStart(2, '0')}`);
  beforeAll(async () => {
    const labels = (index: number) => ({ campaign: index % 2 ? 'spring' : 'autumn', shelf: `"${index % 3}"` });
    // Three at each time, so that places must tell them apart.
    await Promise.all(
      ids.map((id, index) => intake.accept(requestOf(tenant, { id, acceptedAt: MORNING + Math.floor(index / 3), labels: labels(index) }))),
    );
    await store.claim(claimOf(tenant, { id: 'r-01', acceptedAt: MORNING, labels: labels(1) }));
  });

  it('is newest first, each once, page by page', async () => {
    const seen: { key: string; acceptedAt?: number }[] = [];
    let after: DayQuery['after'];
    do {
      const page = await listing.queryDay({ tenant, day: dayOf(MORNING), filter: {}, limit: 7, ...(after ? { after } : {}) });
      expect(page.items.length).toBeLessThanOrEqual(7);
      seen.push(...page.items);
      after = page.next;
    } while (after);
    expect(seen.map(({ key }) => key).toSorted()).toEqual(ids.map((id) => `many#${id}`));
    const times = seen.map(({ acceptedAt }) => acceptedAt ?? 0);
    expect(times).toEqual(times.toSorted((left, right) => right - left));
  });

  it('goes on after any of its places', async () => {
    const { items } = await listing.queryDay({ tenant, day: dayOf(MORNING), filter: {}, limit: 60 });
    const [third] = items.slice(2);
    const rest = await idsOf(tenant, { after: { id: third?.key.slice(5) ?? '', acceptedAt: third?.acceptedAt ?? 0 } });
    expect(rest).toEqual(items.slice(3).map(({ key }) => key.slice(5)));
  });

  it('is narrowed by a label, quotes and all, and by status', async () => {
    const odd = ids.filter((_, index) => index % 2);
    expect((await idsOf(tenant, { filter: { label: { name: 'campaign', value: 'spring' } } })).toSorted()).toEqual(odd);
    expect((await idsOf(tenant, { filter: { label: { name: 'shelf', value: '"2"' } } })).length).toBe(20);
    expect(await idsOf(tenant, { filter: { label: { name: 'campaign', value: 'spri' } } })).toEqual([]);
    expect(await idsOf(tenant, { filter: { statuses: ['running'] } })).toEqual(['r-01']);
    expect(await idsOf(tenant, { filter: { statuses: ['accepting', 'running'], label: { name: 'shelf', value: '"1"' } } })).toHaveLength(
      20,
    );
  });

  it('of another tenant is empty', async () => {
    expect(await idsOf('man')).toEqual([]);
  });
});

describe('reading by ids', () => {
  it('gives each that there is, as it stands now, without its content', async () => {
    const tenant = newTenant();
    await store.claim(claimOf(tenant, { id: 'x' }));
    await store.claim(claimOf(tenant, { id: 'y' }));
    await store.finish({ fence: 'fence-1', record: { ...succeededRecord, tenant, id: 'y' }, output: { json: '{}' } });
    const items = await listing.getAll(tenant, ['y', 'nobody', 'x']);
    expect(items.map(({ key, status }) => `${key} ${status}`).toSorted()).toEqual([`${tenant}#x running`, `${tenant}#y succeeded`]);
    for (const item of items) expect(Object.keys(item)).not.toEqual(expect.arrayContaining(['output']));
    expect(await listing.getAll(tenant, [])).toEqual([]);
  });

  it('asks again for what a busy table left out, and says so when it stays out', async () => {
    const working = process.env.AWS_ENDPOINT_URL;
    let isStuck = false;
    const server = await startAwsServer(({ body }) => {
      const { Keys } = JSON.parse(body).RequestItems.inferences as { Keys: { pk: { S: string } }[] };
      const given = isStuck ? [] : Keys.slice(0, 1).map((key) => ({ ...key, status: { S: 'running' } }));
      const left = Keys.slice(given.length);
      return jsonAnswer({ Responses: { inferences: given }, UnprocessedKeys: left.length > 0 ? { inferences: { Keys: left } } : {} });
    });
    try {
      const busy = createListingStore({ tableName: 'inferences' });
      expect((await busy.getAll('acme', ['a', 'b', 'c'])).map(({ key }) => key)).toEqual(['acme#a', 'acme#b', 'acme#c']);
      isStuck = true;
      await expect(busy.getAll('acme', ['a', 'b'])).rejects.toThrow(UnavailableError);
    } finally {
      process.env.AWS_ENDPOINT_URL = working;
      await server.close();
    }
  });

  it('rejects as unavailable while the table cannot be reached', async () => {
    const missing = createListingStore({ tableName: 'no-such-table' });
    await expect(missing.getAll('acme', ['a'])).rejects.toBeInstanceOf(UnavailableError);
    await expect(missing.queryDay({ tenant: 'acme', day: '2026-09-21', filter: {}, limit: 1 })).rejects.toBeInstanceOf(UnavailableError);
  });
});
