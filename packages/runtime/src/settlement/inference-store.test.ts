import type { InferenceRecord } from '@signalbox/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { UnavailableError } from '../errors.ts';
import { type ClaimRequest, createInferenceStore, type InferenceStore } from './inference-store.ts';
import { type InferencesTable, startInferencesTable } from './test-inferences-table.ts';
import { succeededRecord, unansweredRecord } from './test-record.ts';

const DEADLINE = 1_790_000_000_000;
const THIRTY_DAYS_SECONDS = 30 * 24 * 60 * 60;
const OUTPUT = { json: '{"message":{"role":"assistant","content":[{"text":"Paris"}]}}' };

let table: InferencesTable;
let store: InferenceStore;
let time: number;
let id: string;
let requests = 0;

beforeAll(async () => {
  table = await startInferencesTable();
  store = createInferenceStore({ tableName: table.tableName, now: () => time });
});
afterAll(() => table.close());
beforeEach(() => {
  time = DEADLINE - 60_000;
  id = `request-${++requests}`;
});

function claimOf(changes: Partial<ClaimRequest> = {}): ClaimRequest {
  return {
    tenant: 'acme',
    id,
    origin: 'message-1',
    messageId: changes.origin ?? 'message-1',
    deferrals: 0,
    hash: 'hash-1',
    fence: 'fence-1',
    deadline: DEADLINE,
    acceptedAt: DEADLINE - 90_000,
    route: 'default',
    priority: 'standard',
    labels: { campaign: 'spring' },
    ...changes,
  };
}

function recordOf(changes: Partial<InferenceRecord> = {}): InferenceRecord {
  return { ...succeededRecord, id, ...changes };
}

function deadRecord(): InferenceRecord {
  return { ...unansweredRecord, id, reason: 'dead-lettered' };
}

function expiredRecord(): InferenceRecord {
  const { reason: _, ...rest } = unansweredRecord;
  return { ...rest, id, status: 'expired' };
}

function rejectedRecord(messageId = 'message-1'): InferenceRecord {
  return { ...unansweredRecord, id, status: 'rejected', messageId };
}

async function putGatewayItem(status: 'accepting' | 'accepted', hash = 'hash-1', deadline = DEADLINE) {
  const times = { acceptedAt: { N: '1000' }, deadline: { N: String(deadline) }, open: { S: '0' } };
  await table.put({ pk: { S: `acme#${id}` }, status: { S: status }, hash: { S: hash }, ...times });
}

describe('a claim', () => {
  it('of a new id takes it, with all that a reader and the sweeper need', async () => {
    expect(await store.claim(claimOf())).toEqual({ kind: 'claimed' });
    expect(await store.get('acme', id)).toEqual({
      key: `acme#${id}`,
      status: 'running',
      owner: 'message-1',
      hash: 'hash-1',
      fence: 'fence-1',
      deferrals: 0,
      deadline: DEADLINE,
      acceptedAt: DEADLINE - 90_000,
      route: 'default',
      priority: 'standard',
      labels: { campaign: 'spring' },
    });
    expect(await table.openKeys()).toContain(`acme#${id}`);
  });

  it.each([
    ['the same copy received again', { deferrals: 1, messageId: 'copy-1' }],
    ['a copy that was parked since', { deferrals: 2, messageId: 'copy-2' }],
  ])('by the owning message, %s, takes over by its fence and keeps the time of acceptance', async (_copy, copy) => {
    await store.claim(claimOf({ deferrals: 1, messageId: 'copy-1' }));
    expect(await store.claim(claimOf({ ...copy, fence: 'fence-2', acceptedAt: DEADLINE }))).toEqual({ kind: 'claimed' });
    expect(await store.get('acme', id)).toMatchObject({
      fence: 'fence-2',
      deferrals: copy.deferrals,
      owner: 'message-1',
      acceptedAt: DEADLINE - 90_000,
    });
  });

  it.each([
    ['an older copy', { deferrals: 1, messageId: 'message-1' }],
    ['another copy that was parked as often', { deferrals: 2, messageId: 'copy-3' }],
  ])('by the owning message, %s, is a duplicate and changes nothing', async (_copy, copy) => {
    await store.claim(claimOf({ deferrals: 2, messageId: 'copy-2' }));
    expect(await store.claim(claimOf({ ...copy, fence: 'fence-2' }))).toEqual({ kind: 'duplicate' });
    expect(await store.get('acme', id)).toMatchObject({ fence: 'fence-1', deferrals: 2 });
  });

  it('by another message with the same body is a duplicate, while it runs and when it ended', async () => {
    const second = claimOf({ origin: 'message-2', fence: 'fence-2', deferrals: 9 });
    await store.claim(claimOf());
    expect(await store.claim(second)).toEqual({ kind: 'duplicate' });
    await store.finish({ fence: 'fence-1', record: recordOf() });
    expect(await store.claim(second)).toEqual({ kind: 'duplicate' });
    expect((await store.get('acme', id))?.record).toEqual(recordOf());
  });

  it('by another message with another body is told that the id is taken, while it runs and when it ended', async () => {
    const second = claimOf({ origin: 'message-2', hash: 'hash-2', fence: 'fence-2' });
    await store.claim(claimOf());
    expect(await store.claim(second)).toEqual({ kind: 'id-reused' });
    await store.finish({ fence: 'fence-1', record: recordOf() });
    expect(await store.claim(second)).toEqual({ kind: 'id-reused' });
  });

  it('of the same id of another tenant is another request', async () => {
    await store.claim(claimOf());
    expect(await store.claim(claimOf({ tenant: 'other', origin: 'message-2', hash: 'hash-2' }))).toEqual({ kind: 'claimed' });
  });

  it.each(['accepting', 'accepted'] as const)('takes what the gateway wrote as %s with this body only', async (status) => {
    await putGatewayItem(status);
    expect(await store.claim(claimOf({ hash: 'hash-2' }))).toEqual({ kind: 'id-reused' });
    expect(await store.claim(claimOf())).toEqual({ kind: 'claimed' });
    expect(await store.get('acme', id)).toMatchObject({ status: 'running', owner: 'message-1', acceptedAt: 1000 });
  });

  it('by the owner of a finished request gets its record and output, to tell of it again', async () => {
    await store.claim(claimOf());
    await store.finish({ fence: 'fence-1', record: recordOf(), output: OUTPUT });
    expect(await store.claim(claimOf({ deferrals: 1, fence: 'fence-2' }))).toMatchObject({
      kind: 'finished',
      item: { record: recordOf(), output: OUTPUT.json },
    });
  });

  it('whose answer was lost is claimed by its own second try', async () => {
    table.loseNextAnswer();
    expect(await store.claim(claimOf())).toEqual({ kind: 'claimed' });
    expect(await store.finish({ fence: 'fence-1', record: recordOf() })).toBe('finished');
  });

  it('by fifty messages at once is had by exactly one', async () => {
    const claims = await Promise.all(
      Array.from({ length: 50 }, (_, index) => store.claim(claimOf({ origin: `message-${index}`, fence: `fence-${index}` }))),
    );
    expect(claims.filter(({ kind }) => kind === 'claimed')).toHaveLength(1);
    expect(claims.filter(({ kind }) => kind === 'duplicate')).toHaveLength(49);
    const { owner, fence } = (await store.get('acme', id)) ?? {};
    const winner = claims.findIndex(({ kind }) => kind === 'claimed');
    expect([owner, fence]).toEqual([`message-${winner}`, `fence-${winner}`]);
  });
});

describe('a finish', () => {
  it('on its own fence records the ending and leaves the index of open requests', async () => {
    await store.claim(claimOf());
    expect(await store.finish({ fence: 'fence-1', record: recordOf(), output: OUTPUT })).toBe('finished');
    expect(await store.getByKey(`acme#${id}`)).toMatchObject({ status: 'succeeded', record: recordOf(), output: OUTPUT.json });
    expect(await table.openKeys()).not.toContain(`acme#${id}`);
  });

  it('keeps the key of an output in S3, or no output', async () => {
    await store.claim(claimOf());
    await store.finish({ fence: 'fence-1', record: recordOf(), output: { key: 'outputs/acme/1.json' } });
    expect(await store.get('acme', id)).toMatchObject({ outputKey: 'outputs/acme/1.json' });
    id = `${id}-refused`;
    await store.claim(claimOf());
    await store.finish({ fence: 'fence-1', record: { ...unansweredRecord, id } });
    const item = await store.get('acme', id);
    expect(item?.record).toEqual({ ...unansweredRecord, id });
    expect(item).not.toHaveProperty('output');
    expect(item).not.toHaveProperty('outputKey');
  });

  it('of a zombie, whom its own redelivery took over, is superseded', async () => {
    await store.claim(claimOf());
    await store.claim(claimOf({ fence: 'fence-2' }));
    expect(await store.finish({ fence: 'fence-1', record: recordOf({ stopReason: 'zombie' }) })).toBe('superseded');
    expect(await store.finish({ fence: 'fence-2', record: recordOf() })).toBe('finished');
    expect(await store.finish({ fence: 'fence-1', record: recordOf({ stopReason: 'zombie' }) })).toBe('superseded');
    expect((await store.get('acme', id))?.record).toEqual(recordOf());
  });

  it('whose answer was lost is finished by its own second try', async () => {
    await store.claim(claimOf());
    table.loseNextAnswer();
    expect(await store.finish({ fence: 'fence-1', record: recordOf(), output: OUTPUT })).toBe('finished');
    expect((await store.get('acme', id))?.record).toEqual(recordOf());
  });

  it('of what the sweeper expired meanwhile is superseded: its answer must not be told', async () => {
    await store.claim(claimOf());
    time = DEADLINE + 1;
    await store.expire(expiredRecord());
    expect(await store.finish({ fence: 'fence-1', record: recordOf(), output: OUTPUT })).toBe('superseded');
    expect(await store.get('acme', id)).toMatchObject({ status: 'expired', record: expiredRecord() });
  });

  it('of what the dead-letter consumer ended meanwhile is superseded', async () => {
    await store.claim(claimOf());
    await store.finishDead({ origin: 'message-1', record: deadRecord() });
    expect(await store.finish({ fence: 'fence-1', record: recordOf() })).toBe('superseded');
    expect((await store.get('acme', id))?.record).toEqual(deadRecord());
  });

  it('of what is no longer in the table rejects, so that its message comes again', async () => {
    await expect(store.finish({ fence: 'fence-1', record: recordOf() })).rejects.toThrow(`acme#${id} was deleted`);
  });
});

describe('the time to live', () => {
  it('is thirty days after the deadline while open, and thirty days after the ending', async () => {
    await store.claim(claimOf());
    expect((await table.item(`acme#${id}`))?.expiresAt).toEqual({ N: String(DEADLINE / 1000 + THIRTY_DAYS_SECONDS) });
    time = DEADLINE - 30_000;
    await store.finish({ fence: 'fence-1', record: recordOf() });
    expect((await table.item(`acme#${id}`))?.expiresAt).toEqual({ N: String(time / 1000 + THIRTY_DAYS_SECONDS) });
  });
});

describe('a dead letter', () => {
  it('whose request never reached the table is recorded', async () => {
    expect(await store.finishDead({ origin: 'message-1', record: deadRecord() })).toMatchObject({
      status: 'failed',
      owner: 'message-1',
      record: deadRecord(),
    });
    expect((await table.item(`acme#${id}`))?.expiresAt).toBeDefined();
  });

  it('ends the request that its message was running, which leaves the index', async () => {
    await store.claim(claimOf());
    expect(await store.finishDead({ origin: 'message-1', record: deadRecord() })).toMatchObject({ status: 'failed', record: deadRecord() });
    expect(await table.openKeys()).not.toContain(`acme#${id}`);
  });

  it('ends what the gateway accepted and nobody claimed', async () => {
    await putGatewayItem('accepted');
    const dead = { origin: 'message-1', record: deadRecord() };
    expect(await store.finishDead({ ...dead, hash: 'hash-1' })).toMatchObject({
      status: 'failed',
      owner: 'message-1',
      record: deadRecord(),
    });
  });

  it.each([
    ['has another body', { hash: 'hash-2' }],
    ['has a body that says nothing', {}],
  ])('that %s leaves what the gateway accepted under its id', async (_what, body) => {
    await putGatewayItem('accepting');
    const before = await table.item(`acme#${id}`);
    expect(await store.finishDead({ origin: 'message-9', record: deadRecord(), ...body })).toBeUndefined();
    expect(await table.item(`acme#${id}`)).toEqual(before);
  });

  it('with the body of a request that another message runs has nothing to end', async () => {
    await store.claim(claimOf());
    expect(await store.finishDead({ origin: 'message-2', record: deadRecord(), hash: 'hash-1' })).toBeUndefined();
    expect((await store.get('acme', id))?.status).toBe('running');
  });

  it('that comes again gets the same ending, to tell of it again', async () => {
    await store.finishDead({ origin: 'message-1', record: deadRecord() });
    const again = { ...deadRecord(), finishedAt: '2026-09-25T00:00:00.000Z' };
    expect((await store.finishDead({ origin: 'message-1', record: again }))?.record).toEqual(deadRecord());
  });

  it('whose own request ended before gets that ending', async () => {
    await store.claim(claimOf());
    await store.finish({ fence: 'fence-1', record: recordOf() });
    expect((await store.finishDead({ origin: 'message-1', record: deadRecord() }))?.record).toEqual(recordOf());
  });

  it.each(['runs', 'ended'])('of a duplicate has nothing to end while the other message %s', async (stage) => {
    await store.claim(claimOf());
    if (stage === 'ended') await store.finish({ fence: 'fence-1', record: recordOf() });
    expect(await store.finishDead({ origin: 'message-2', record: deadRecord() })).toBeUndefined();
    expect((await store.get('acme', id))?.status).toBe(stage === 'runs' ? 'running' : 'succeeded');
  });
});

describe('a rejection', () => {
  it('is noted under a free id, and can be read', async () => {
    await store.reject(rejectedRecord());
    expect(await store.get('acme', id)).toMatchObject({ status: 'rejected', record: rejectedRecord(), owner: 'message-1' });
    expect(await table.openKeys()).not.toContain(`acme#${id}`);
  });

  it('leaves its id free: a request that is well formed may have it', async () => {
    await store.reject(rejectedRecord());
    await store.reject(rejectedRecord('message-2'));
    expect(await store.claim(claimOf({ origin: 'message-3' }))).toEqual({ kind: 'claimed' });
    expect((await store.get('acme', id))?.record).toBeUndefined();
    expect(await store.finish({ fence: 'fence-1', record: recordOf() })).toBe('finished');
  });

  it.each(['accepting', 'accepted'] as const)(
    'of the message of what the gateway wrote as %s ends that, which leaves the index',
    async (status) => {
      await putGatewayItem(status);
      await store.reject(rejectedRecord(), { hash: 'hash-1' });
      expect(await store.get('acme', id)).toMatchObject({ status: 'rejected', record: rejectedRecord(), owner: 'message-1' });
      expect(await table.openKeys()).not.toContain(`acme#${id}`);
    },
  );

  it.each([
    ['another body than the gateway accepted', 'accepting', 'hash-2'],
    ['the same body as what runs', 'running', 'hash-1'],
  ])('of a message with %s leaves it', async (_what, status, hash) => {
    if (status === 'accepting') await putGatewayItem('accepting');
    else await store.claim(claimOf());
    const before = await table.item(`acme#${id}`);
    await store.reject(rejectedRecord('message-2'), { hash });
    expect(await table.item(`acme#${id}`)).toEqual(before);
  });

  it.each(['accepting', 'running', 'succeeded'])('leaves an id untouched whose request is %s', async (status) => {
    if (status === 'accepting') await putGatewayItem('accepting');
    else await store.claim(claimOf());
    if (status === 'succeeded') await store.finish({ fence: 'fence-1', record: recordOf() });
    const before = await table.item(`acme#${id}`);
    await store.reject(rejectedRecord('message-2'));
    expect(await table.item(`acme#${id}`)).toEqual(before);
  });
});

describe('the sweep', () => {
  it('finds open requests past their deadline, of every shard, and none that has time or has ended', async () => {
    const overdue = Array.from({ length: 24 }, (_, index) => `${id}-overdue-${index}`);
    await Promise.all(overdue.map((each) => store.claim(claimOf({ id: each, deadline: 2_000 }))));
    await store.claim(claimOf({ id: `${id}-exactly`, deadline: 3_000 }));
    await store.claim(claimOf({ id: `${id}-ended`, deadline: 2_000 }));
    await store.finish({ fence: 'fence-1', record: recordOf({ id: `${id}-ended` }) });
    expect((await store.findOverdue(3_000, 400)).toSorted()).toEqual(overdue.map((each) => `acme#${each}`).toSorted());
    expect((await store.findOverdue(3_000, 8)).length).toBeLessThanOrEqual(8);
    const shards = await Promise.all(overdue.map(async (each) => (await table.item(`acme#${each}`))?.open?.S));
    expect(new Set(shards).size).toBeGreaterThan(3);
  });

  it('ends an overdue request; it is found again until it is told and closed', async () => {
    await store.claim(claimOf({ deadline: 1_000 }));
    expect(await store.expire(expiredRecord())).toMatchObject({ status: 'expired', record: expiredRecord() });
    expect(await store.findOverdue(1_001, 400)).toContain(`acme#${id}`);
    await store.closeSwept(`acme#${id}`);
    expect(await store.findOverdue(1_001, 400)).not.toContain(`acme#${id}`);
    expect(await store.get('acme', id)).toMatchObject({ status: 'expired', record: expiredRecord() });
  });

  it('leaves a request that has time', async () => {
    time = DEADLINE;
    await store.claim(claimOf());
    const standing = await store.expire(expiredRecord());
    expect(standing).toMatchObject({ status: 'running' });
    expect(standing).not.toHaveProperty('record');
  });

  it('gets the ending of a request that somebody ended meanwhile', async () => {
    await store.claim(claimOf());
    await store.finish({ fence: 'fence-1', record: recordOf() });
    time = DEADLINE + 1;
    expect((await store.expire(expiredRecord()))?.record).toEqual(recordOf());
  });

  it('lets the owner of what it ended tell of that ending', async () => {
    await store.claim(claimOf());
    time = DEADLINE + 1;
    await store.expire(expiredRecord());
    expect(await store.claim(claimOf({ fence: 'fence-2' }))).toMatchObject({ kind: 'finished', item: { record: expiredRecord() } });
  });

  it('that ended a request before its first message came lets that message tell of it, and no message with another body', async () => {
    await putGatewayItem('accepting', 'hash-1', 1_000);
    await store.expire(expiredRecord());
    expect(await store.claim(claimOf())).toMatchObject({ kind: 'finished', item: { record: expiredRecord() } });
    expect(await store.claim(claimOf({ hash: 'hash-2' }))).toEqual({ kind: 'id-reused' });
  });

  it('does not close what was accepted anew after it was found', async () => {
    await putGatewayItem('accepting', 'hash-1', 1_000);
    await store.closeSwept(`acme#${id}`);
    expect(await table.openKeys()).toContain(`acme#${id}`);
  });

  it('of a request that is gone creates nothing in its place', async () => {
    time = DEADLINE + 1;
    expect(await store.expire(expiredRecord())).toBeUndefined();
    await store.closeSwept(`acme#${id}`);
    expect(await table.item(`acme#${id}`)).toBeUndefined();
  });
});

describe('reading', () => {
  it('gives undefined for an unknown id', async () => {
    expect(await store.get('acme', 'nobody')).toBeUndefined();
  });

  it.each([
    ['has no status', { pk: { S: 'acme#broken' } }, 'acme#broken has no valid status'],
    ['has an unknown status', { pk: { S: 'acme#broken' }, status: { S: 'lost' } }, 'acme#broken has no valid status'],
    [
      'has a record of another shape',
      { pk: { S: 'acme#broken' }, status: { S: 'failed' }, record: { S: '{"id":"broken"}' } },
      'record of inference acme#broken',
    ],
  ])('names an item that %s', async (_what, item, message) => {
    await table.put(item);
    await expect(store.get('acme', 'broken')).rejects.toMatchObject({ name: 'ContractError', message: expect.stringContaining(message) });
  });
});

describe('a table that cannot be reached', () => {
  it('makes every operation reject as unavailable, so that messages wait', async () => {
    const working = process.env.AWS_ENDPOINT_URL;
    try {
      process.env.AWS_ENDPOINT_URL = 'http://127.0.0.1:1';
      const cut = createInferenceStore({ tableName: table.tableName });
      const outcomes = await Promise.allSettled([
        cut.claim(claimOf()),
        cut.finish({ fence: 'fence-1', record: recordOf() }),
        cut.finishDead({ origin: 'message-1', record: deadRecord() }),
        cut.reject(rejectedRecord()),
        cut.get('acme', id),
        cut.getByKey(`acme#${id}`),
        cut.findOverdue(1, 8),
        cut.expire(expiredRecord()),
        cut.closeSwept(`acme#${id}`),
      ]);
      for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(UnavailableError) });
    } finally {
      process.env.AWS_ENDPOINT_URL = working;
    }
  });

  it('is named by the kind of its error', async () => {
    const missing = createInferenceStore({ tableName: 'no-such-table' });
    await expect(missing.claim(claimOf())).rejects.toThrow('ResourceNotFoundException');
  });
});
