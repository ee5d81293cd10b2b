import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { UnavailableError } from '../errors.ts';
import { createInferenceStore, type InferenceStore } from './inference-store.ts';
import { type AcceptRequest, createIntakeStore, type IntakeStore } from './intake-store.ts';
import { type InferencesTable, startInferencesTable } from './test-inferences-table.ts';
import { unansweredRecord } from './test-record.ts';

const DEADLINE = 1_790_000_000_000;

let table: InferencesTable;
let store: InferenceStore;
let intake: IntakeStore;
let id: string;
let requests = 0;

beforeAll(async () => {
  table = await startInferencesTable();
  store = createInferenceStore({ tableName: table.tableName, now: () => DEADLINE });
  intake = createIntakeStore({ tableName: table.tableName });
});
afterAll(() => table.close());
beforeEach(() => {
  id = `intake-${++requests}`;
});

function acceptOf(changes: Partial<AcceptRequest> = {}): AcceptRequest {
  const times = { deadline: DEADLINE, acceptedAt: DEADLINE - 90_000 };
  return { tenant: 'acme', id, hash: 'hash-1', ...times, route: 'default', priority: 'bulk', labels: { campaign: 'spring' }, ...changes };
}

function claimOf(hash = 'hash-1') {
  const message = { origin: 'message-1', messageId: 'message-1', deferrals: 0, fence: 'fence-1' };
  return { ...acceptOf({ hash, priority: 'standard' }), ...message, acceptedAt: DEADLINE };
}

const rejectedRecord = () => ({ ...unansweredRecord, id, status: 'rejected' as const });

describe('an acceptance', () => {
  it('of a new id records it as accepting, for readers and the sweeper', async () => {
    expect(await intake.accept(acceptOf())).toEqual({ kind: 'accepted' });
    expect(await intake.get('acme', id)).toEqual({
      key: `acme#${id}`,
      status: 'accepting',
      hash: 'hash-1',
      deferrals: 0,
      deadline: DEADLINE,
      acceptedAt: DEADLINE - 90_000,
      route: 'default',
      priority: 'bulk',
      labels: { campaign: 'spring' },
    });
    expect(await table.openKeys()).toContain(`acme#${id}`);
    expect((await table.item(`acme#${id}`))?.expiresAt).toEqual({ N: String(DEADLINE / 1000 + 30 * 24 * 60 * 60) });
  });

  it('can be claimed by the message with its body only, which keeps the time of acceptance', async () => {
    await intake.accept(acceptOf());
    expect(await store.claim(claimOf('hash-2'))).toEqual({ kind: 'id-reused' });
    expect(await store.claim(claimOf())).toEqual({ kind: 'claimed' });
    expect(await store.get('acme', id)).toMatchObject({ status: 'running', owner: 'message-1', acceptedAt: DEADLINE - 90_000 });
  });

  it('that comes again finds how the first one stands, and changes nothing', async () => {
    await intake.accept(acceptOf());
    const before = await table.item(`acme#${id}`);
    expect(await intake.accept(acceptOf({ deadline: DEADLINE + 1 }))).toMatchObject({ kind: 'known', item: { status: 'accepting' } });
    expect(await table.item(`acme#${id}`)).toEqual(before);
    await store.claim(claimOf());
    expect(await intake.accept(acceptOf())).toMatchObject({ kind: 'known', item: { status: 'running' } });
    await store.finish({ fence: 'fence-1', record: { ...unansweredRecord, id } });
    expect(await intake.accept(acceptOf())).toMatchObject({ kind: 'known', item: { status: 'failed', record: { id } } });
  });

  it.each(['accepting', 'running', 'failed'])('with another body is told that the id is taken while that is %s', async (status) => {
    await intake.accept(acceptOf());
    if (status !== 'accepting') await store.claim(claimOf());
    if (status === 'failed') await store.finish({ fence: 'fence-1', record: { ...unansweredRecord, id } });
    const before = await table.item(`acme#${id}`);
    expect(await intake.accept(acceptOf({ hash: 'hash-2' }))).toEqual({ kind: 'id-reused' });
    expect(await table.item(`acme#${id}`)).toEqual(before);
  });

  it('of the same id of another tenant is another request', async () => {
    await intake.accept(acceptOf());
    expect(await intake.accept(acceptOf({ tenant: 'other', hash: 'hash-2' }))).toEqual({ kind: 'accepted' });
  });

  it('of an id whose message was rejected begins anew, and nothing of the rejected one stays', async () => {
    await intake.accept(acceptOf());
    await store.reject(rejectedRecord(), { hash: 'hash-1' });
    expect(await intake.accept(acceptOf({ hash: 'hash-2' }))).toEqual({ kind: 'accepted' });
    const item = await table.item(`acme#${id}`);
    expect(item).toMatchObject({ status: { S: 'accepting' }, hash: { S: 'hash-2' } });
    for (const left of ['record', 'owner', 'fence', 'messageId']) expect(item).not.toHaveProperty(left);
    expect(await table.openKeys()).toContain(`acme#${id}`);
  });

  it('by fifty callers at once is had by exactly one', async () => {
    const all = await Promise.all(Array.from({ length: 50 }, () => intake.accept(acceptOf())));
    expect(all.filter(({ kind }) => kind === 'accepted')).toHaveLength(1);
    expect(all.filter(({ kind }) => kind === 'known')).toHaveLength(49);
  });

  it('whose answer was lost finds itself, still to be sent', async () => {
    table.loseNextAnswer();
    expect(await intake.accept(acceptOf())).toMatchObject({ kind: 'known', item: { status: 'accepting' } });
  });
});

describe('a request that was accepted and never sent', () => {
  it('is found by the sweeper at its deadline and ends as expired', async () => {
    await intake.accept(acceptOf({ deadline: 1_000 }));
    expect(await store.findOverdue(1_001, 400)).toContain(`acme#${id}`);
    const { reason: _, ...rest } = unansweredRecord;
    expect(await store.expire({ ...rest, id, status: 'expired' })).toMatchObject({ status: 'expired' });
    expect(await intake.accept(acceptOf())).toMatchObject({ kind: 'known', item: { status: 'expired' } });
  });
});

it('rejects as unavailable while the table cannot be reached', async () => {
  const working = process.env.AWS_ENDPOINT_URL;
  try {
    process.env.AWS_ENDPOINT_URL = 'http://127.0.0.1:1';
    const cut = createIntakeStore({ tableName: table.tableName });
    await expect(cut.accept(acceptOf())).rejects.toBeInstanceOf(UnavailableError);
    await expect(cut.get('acme', id)).rejects.toBeInstanceOf(UnavailableError);
  } finally {
    process.env.AWS_ENDPOINT_URL = working;
  }
});
