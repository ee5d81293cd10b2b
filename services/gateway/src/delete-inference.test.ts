import { createHash } from 'node:crypto';
import { InferenceFailed, InferenceResult, isTerminal, type OutgoingEvent } from '@signalbox/contracts';
import type { DeletionStore, InferenceItem } from '@signalbox/runtime';
import { UnavailableError } from '@signalbox/runtime/errors';
import { beforeEach, describe, expect, it } from 'vitest';
import { createDeleteInference, type StoredContent } from './delete-inference.ts';
import { record } from './test-items.ts';

const NOW = Date.parse('2026-09-23T00:00:10.000Z');
const ACCEPTED_AT = Date.parse('2026-09-22T23:59:50.000Z');
const ID = 'invoice-4711';
const KEY = `acme#${ID}`;
const PREFIXES = ['outputs', 'stashed'].map((folder) => `${folder}/acme/${createHash('sha256').update(ID).digest('hex')}/`);

const open = (status: 'accepting' | 'accepted' | 'running'): InferenceItem => ({
  key: KEY,
  status,
  ...(status === 'running' ? { owner: 'message-1', fence: 'fence-1' } : {}),
  hash: 'hash-1',
  deferrals: 2,
  deadline: Date.parse('2026-09-24T00:00:00.000Z'),
  acceptedAt: ACCEPTED_AT,
  route: 'default',
  priority: 'bulk',
  labels: { campaign: 'spring' },
});
const done: InferenceItem = {
  ...open('running'),
  status: 'succeeded',
  record: {
    ...record,
    labels: { campaign: 'spring' },
    features: { inputModalities: ['text'], hasTools: false, labels: { campaign: 'spring' } },
  },
  output: '{"message":{"content":[{"text":"Paris"}]}}',
};

let items: Map<string, InferenceItem>;
let events: OutgoingEvent[];
let removed: StoredContent[];
let steps: string[];
let failing: string | undefined;
/** Happens between the reading and the next write. */
let meanwhile: (() => void) | undefined;

/** The table's conditions in memory, each step in order and in the test's hand. */
const store: DeletionStore = {
  get: async (tenant, id) => structuredClone(items.get(`${tenant}#${id}`)),
  async cancel(record) {
    step('cancel');
    const standing = items.get(KEY);
    if (!standing || isTerminal(standing.status)) return structuredClone(standing);
    const { fence: _fence, ...kept } = standing;
    items.set(KEY, { ...kept, status: record.status, record });
    return structuredClone(items.get(KEY));
  },
  async erase(record) {
    step('erase');
    const standing = items.get(KEY);
    if (standing?.status !== record.status) return 'changed';
    const { output: _output, outputKey: _outputKey, labels: _labels, ...kept } = standing;
    items.set(KEY, { ...kept, record });
    return 'erased';
  },
  closeSwept: async () => step('closeSwept'),
};
const deleteInference = createDeleteInference({
  store,
  bucket: 'data',
  stage: 'test',
  now: () => NOW,
  async publish(event) {
    step('publish');
    events.push(event);
  },
  async removeContent(content) {
    step('removeContent');
    removed.push(content);
  },
});

function step(name: string): void {
  meanwhile?.();
  meanwhile = undefined;
  steps.push(name);
  if (failing === name) throw new UnavailableError({ message: `${name} is made to fail.` });
}

const remove = (tenant = 'acme', id = ID) => deleteInference({ tenant, id });
const put = (item: InferenceItem) => items.set(item.key, item);

beforeEach(() => {
  items = new Map();
  [events, removed, steps] = [[], [], []];
  [failing, meanwhile] = [undefined, undefined];
});

describe('a request that is open', () => {
  it.each(['accepting', 'accepted', 'running'] as const)('and %s is cancelled: recorded, told, closed, in this order', async (status) => {
    put(open(status));
    const result = await remove();
    expect(InferenceResult.parse(result)).toEqual(result);
    expect(result).toMatchObject({
      id: ID,
      status: 'failed',
      reason: 'cancelled',
      error: { code: 'cancelled' },
      labels: { campaign: 'spring' },
    });
    expect(result.timing).toEqual({ queuedMs: 20_000, totalMs: 20_000 });
    expect(steps).toEqual(['cancel', 'publish', 'closeSwept', 'removeContent']);
    expect(items.get(KEY)).not.toHaveProperty('fence');
    expect(InferenceFailed.parse(events[0]?.detail)).toMatchObject({
      metadata: { id: `${KEY}#end`, causationId: status === 'running' ? 'message-1' : 'unknown' },
      data: { id: ID, tenant: 'acme', reason: 'cancelled', deferrals: 2, priority: 'bulk', stage: 'test' },
    });
  });

  it('is answered the same and told the same event however often it is deleted', async () => {
    put(open('running'));
    const first = await remove();
    expect([await remove(), await remove()]).toEqual([first, first]);
    expect(new Set(events.map((event) => JSON.stringify(event))).size).toBe(1);
    expect(events).toHaveLength(3);
  });

  it.each(['publish', 'closeSwept', 'removeContent'])('stays cancelled when %s fails, and the next delete goes on', async (name) => {
    put({ ...open('accepted'), payloadKey: 'payloads/acme/1' });
    failing = name;
    await expect(remove()).rejects.toBeInstanceOf(UnavailableError);
    expect(items.get(KEY)?.record?.reason).toBe('cancelled');
    failing = undefined;
    expect((await remove()).reason).toBe('cancelled');
    expect(events.at(-1)?.detail.metadata.id).toBe(`${KEY}#end`);
    expect(removed.at(-1)?.keys).toContain('payloads/acme/1');
  });

  it('and ends just before it would be cancelled is erased', async () => {
    put(open('running'));
    meanwhile = () => put(done);
    expect(await remove()).toMatchObject({ status: 'succeeded', erasedAt: '2026-09-23T00:00:10.000Z' });
    expect(steps).toEqual(['cancel', 'erase', 'removeContent']);
  });
});

describe('a request that has ended', () => {
  it('is erased: its record first, then what lies in S3', async () => {
    put({ ...done, payloadKey: 'payloads/acme/1' });
    const result = await remove();
    expect(InferenceResult.parse(result)).toEqual(result);
    expect(result).toMatchObject({ status: 'succeeded', usage: record.usage, costUsd: record.costUsd, attempts: record.attempts });
    expect(result.erasedAt).toBe('2026-09-23T00:00:10.000Z');
    expect(JSON.stringify([result, items.get(KEY)])).not.toMatch(/Paris|spring/);
    expect(steps).toEqual(['erase', 'removeContent']);
    expect(removed).toEqual([
      {
        prefixes: PREFIXES,
        // The days of the record and of the acceptance, whichever its dead letter was kept under.
        keys: ['dead-letters/2026-09-21/message-1.json', 'dead-letters/2026-09-22/message-1.json', 'payloads/acme/1'],
      },
    ]);
    expect(events).toEqual([]);
  });

  it('is answered the same however often it is deleted, and is erased in full by the next delete when S3 was away', async () => {
    put(done);
    failing = 'removeContent';
    await expect(remove()).rejects.toBeInstanceOf(UnavailableError);
    const [tombstone] = items.values();
    failing = undefined;
    const first = await remove();
    expect(await remove()).toEqual(first);
    expect([...items.values()]).toEqual([tombstone]);
    expect([steps.filter((name) => name === 'erase').length, removed.length]).toEqual([1, 2]);
  });

  it('as rejected, and is taken anew meanwhile, is cancelled in its new life', async () => {
    const { output: _output, ...rejected } = done;
    put({ ...rejected, status: 'rejected', record: { ...record, status: 'rejected' } });
    meanwhile = () => put(open('accepting'));
    expect((await remove()).reason).toBe('cancelled');
    expect(steps).toEqual(['erase', 'cancel', 'publish', 'closeSwept', 'removeContent']);
  });

  it('before any message of it came has no dead letter to remove', async () => {
    const { owner: _owner, ...unowned } = done;
    put(unowned);
    await remove();
    expect(removed[0]?.keys).toEqual([]);
  });

  it.each(['payloads/other/1', 'payloads/acme/../other/1', 'routing-table/current.json'])(
    'never removes what is not its own: %s',
    async (payloadKey) => {
      put({ ...done, payloadKey });
      await remove();
      expect(removed[0]?.keys).not.toContain(payloadKey);
    },
  );
});

describe('a request that the tenant does not have', () => {
  it.each([
    ['unknown', 'acme', 'invoice-4712'],
    ['another’s', 'other', ID],
  ])('because it is %s is not found, and nothing happens', async (_why, tenant, id) => {
    put(done);
    await expect(remove(tenant, id)).rejects.toMatchObject({ status: 404, code: 'not_found', parameter: 'id' });
    expect(steps).toEqual([]);
  });

  it('any more when it is cancelled is not found', async () => {
    put(open('running'));
    meanwhile = () => items.clear();
    await expect(remove()).rejects.toMatchObject({ status: 404 });
  });

  it.each(['', 'a/b', 'a#b', 'x'.repeat(129)])('because no request can is refused: %s', async (id) => {
    await expect(remove('acme', id)).rejects.toMatchObject({ status: 400, code: 'invalid_id' });
  });
});

it('gives up on a request that changes each time', async () => {
  const { output: _output, ...rejected } = { ...done, status: 'rejected' as const, record: { ...record, status: 'rejected' as const } };
  put(rejected);
  const changing = createDeleteInference({
    store: { ...store, erase: async () => 'changed' },
    bucket: 'data',
    stage: 'test',
    now: () => NOW,
    publish: async () => undefined,
    removeContent: async () => undefined,
  });
  await expect(changing({ tenant: 'acme', id: ID })).rejects.toBeInstanceOf(UnavailableError);
});
