import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { UnavailableError } from '../errors.ts';
import { createDeletionStore, type DeletionStore } from './deletion-store.ts';
import { eraseRecord } from './erase-record.ts';
import { type ClaimRequest, createInferenceStore, type InferenceStore } from './inference-store.ts';
import { createIntakeStore } from './intake-store.ts';
import { type InferencesTable, startInferencesTable } from './test-inferences-table.ts';
import { succeededRecord, unansweredRecord } from './test-record.ts';

const NOW = 1_790_000_000_000;
const DEADLINE = NOW + 3_600_000;

let table: InferencesTable;
let store: InferenceStore;
let deletion: DeletionStore;
let id: string;
let requests = 0;

beforeAll(async () => {
  table = await startInferencesTable();
  store = createInferenceStore({ tableName: table.tableName, now: () => NOW });
  deletion = createDeletionStore({ tableName: table.tableName, now: () => NOW });
});
afterAll(() => table.close());
beforeEach(() => {
  id = `request-${++requests}`;
});

const claimOf = (changes: Partial<ClaimRequest> = {}): ClaimRequest => ({
  tenant: 'acme',
  id,
  origin: 'message-1',
  messageId: 'message-1',
  deferrals: 0,
  hash: 'hash-1',
  fence: 'fence-1',
  deadline: DEADLINE,
  acceptedAt: NOW - 60_000,
  route: 'default',
  priority: 'standard',
  labels: { campaign: 'spring' },
  payloadKey: 'payloads/acme/1',
  ...changes,
});
const cancelled = () => ({ ...unansweredRecord, id, reason: 'cancelled' as const });

async function put(status: 'accepting' | 'running') {
  const request = claimOf();
  if (status === 'running') return store.claim(request);
  return createIntakeStore({ tableName: table.tableName }).accept(request);
}

describe('a cancellation', () => {
  it.each(['accepting', 'running'] as const)('of what is %s ends it, by one write that no other can undo', async (status) => {
    await put(status);
    expect(await deletion.cancel(cancelled())).toMatchObject({ status: 'failed', record: cancelled(), payloadKey: 'payloads/acme/1' });
    expect(await store.finish({ fence: 'fence-1', record: { ...succeededRecord, id } })).toBe('superseded');
    expect(await store.claim(claimOf({ fence: 'fence-2' }))).toMatchObject({ kind: 'finished', item: { record: cancelled() } });
    expect(await store.claim(claimOf({ deferrals: 3, messageId: 'copy', fence: 'fence-3' }))).toMatchObject({ kind: 'finished' });
    expect(await store.claim(claimOf({ hash: 'hash-2', origin: 'message-2' }))).toEqual({ kind: 'id-reused' });
    expect((await store.get('acme', id))?.record).toEqual(cancelled());
  });

  it('of what another message runs leaves that one its owner, and a second message a duplicate', async () => {
    await put('running');
    await deletion.cancel(cancelled());
    expect(await store.claim(claimOf({ origin: 'message-2', messageId: 'message-2' }))).toEqual({ kind: 'duplicate' });
  });

  it('is found by the sweeper soon, and not at the deadline, until it is told', async () => {
    await put('accepting');
    await deletion.cancel(cancelled());
    expect(await store.findOverdue(NOW + 1, 400)).toContain(`acme#${id}`);
    await deletion.closeSwept(`acme#${id}`);
    expect(await table.openKeys()).not.toContain(`acme#${id}`);
  });

  it('that comes after the ending gets that ending', async () => {
    await put('running');
    await store.finish({ fence: 'fence-1', record: { ...succeededRecord, id } });
    expect((await deletion.cancel(cancelled()))?.record).toEqual({ ...succeededRecord, id });
  });

  it('that comes again gets the first', async () => {
    await put('running');
    await deletion.cancel(cancelled());
    expect((await deletion.cancel({ ...cancelled(), finishedAt: '2026-09-25T00:00:00.000Z' }))?.record).toEqual(cancelled());
  });

  it('of nothing is nothing, and makes nothing', async () => {
    expect(await deletion.cancel(cancelled())).toBeUndefined();
    expect(await table.item(`acme#${id}`)).toBeUndefined();
  });
});

describe('an erasure', () => {
  it('takes the content out and leaves a tombstone that no late message revives', async () => {
    await put('running');
    await store.finish({ fence: 'fence-1', record: { ...succeededRecord, id }, output: { json: '{"secret":1}' } });
    const erased = eraseRecord({ ...succeededRecord, id }, NOW);
    expect(await deletion.erase(erased)).toBe('erased');
    const item = await table.item(`acme#${id}`);
    for (const name of ['output', 'outputKey', 'labels', 'listed']) expect(item, name).not.toHaveProperty(name);
    expect(JSON.stringify(item)).not.toMatch(/secret|spring/);
    expect(item?.expiresAt).toBeDefined();
    expect(await table.listed(`acme#${id}`)).toBeUndefined();
    expect(await store.claim(claimOf())).toEqual({ kind: 'finished', item: expect.objectContaining({ record: erased }) });
    expect(await store.claim(claimOf({ origin: 'message-2', messageId: 'message-2' }))).toEqual({ kind: 'duplicate' });
  });

  it('of an answer in S3 takes its key out', async () => {
    await put('running');
    await store.finish({ fence: 'fence-1', record: { ...succeededRecord, id }, output: { key: 'outputs/acme/1.json' } });
    await deletion.erase(eraseRecord({ ...succeededRecord, id }, NOW));
    expect(await deletion.get('acme', id)).not.toHaveProperty('outputKey');
  });

  it('of what went wrong leaves it listed, without its labels', async () => {
    await put('running');
    await store.finish({ fence: 'fence-1', record: { ...unansweredRecord, id } });
    await deletion.erase(eraseRecord({ ...unansweredRecord, id }, NOW));
    const listed = await table.listed(`acme#${id}`);
    expect(listed).toMatchObject({ status: { S: 'failed' }, route: { S: 'default' } });
    expect(listed).not.toHaveProperty('labels');
  });

  it.each(['nothing', 'what was accepted anew since'])('of %s changes nothing', async (what) => {
    if (what !== 'nothing') await put('accepting');
    const before = await table.item(`acme#${id}`);
    expect(await deletion.erase(eraseRecord({ ...unansweredRecord, id, status: 'rejected' }, NOW))).toBe('changed');
    expect(await table.item(`acme#${id}`)).toEqual(before);
  });
});

it('rejects as unavailable while the table cannot be reached', async () => {
  const working = process.env.AWS_ENDPOINT_URL;
  try {
    process.env.AWS_ENDPOINT_URL = 'http://127.0.0.1:1';
    const cut = createDeletionStore({ tableName: table.tableName });
    const outcomes = await Promise.allSettled([
      cut.cancel(cancelled()),
      cut.erase(cancelled()),
      cut.get('acme', id),
      cut.closeSwept('acme#x'),
    ]);
    for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(UnavailableError) });
  } finally {
    process.env.AWS_ENDPOINT_URL = working;
  }
});
