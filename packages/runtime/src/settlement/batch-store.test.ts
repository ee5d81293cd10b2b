import { MAX_DEADLINE_MS } from '@signalbox/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UnavailableError } from '../errors.ts';
import { type BatchStore, createBatchStore } from './batch-store.ts';
import { type InferencesTable, startInferencesTable } from './test-inferences-table.ts';

const NOW = 1_790_000_000_000;
const THIRTY_DAYS_SECONDS = 30 * 24 * 60 * 60;
let table: InferencesTable;
let batches: BatchStore;

beforeAll(async () => {
  table = await startInferencesTable();
  batches = createBatchStore({ tableName: table.tableName, now: () => NOW });
});
afterAll(() => table.close());

describe('a batch', () => {
  it('is kept with its ids in their order, as long as any of its requests can be', async () => {
    expect(await batches.put({ tenant: 'acme', batchId: 'kept', ids: ['b', 'a', 'b'] })).toBe('recorded');
    expect(await batches.get('acme', 'kept')).toEqual(['b', 'a', 'b']);
    const item = await table.item('batch#acme#kept');
    expect(Number(item?.expiresAt?.N)).toBe((NOW + MAX_DEADLINE_MS) / 1000 + THIRTY_DAYS_SECONDS);
    expect([await table.openKeys(), await table.listed('batch#acme#kept')]).toEqual([[], undefined]);
  });

  it('that comes again is the same only with the same ids in the same order', async () => {
    await batches.put({ tenant: 'acme', batchId: 'again', ids: ['a', 'b'] });
    expect(await batches.put({ tenant: 'acme', batchId: 'again', ids: ['a', 'b'] })).toBe('recorded');
    for (const ids of [['b', 'a'], ['a'], ['a', 'b', 'c']])
      expect(await batches.put({ tenant: 'acme', batchId: 'again', ids })).toBe('reused');
    expect(await batches.get('acme', 'again')).toEqual(['a', 'b']);
  });

  it('is its tenant’s alone', async () => {
    await batches.put({ tenant: 'acme', batchId: 'mine', ids: ['a'] });
    expect(await batches.get('other', 'mine')).toBeUndefined();
    expect(await batches.put({ tenant: 'other', batchId: 'mine', ids: ['b'] })).toBe('recorded');
    expect(await batches.get('acme', 'mine')).toEqual(['a']);
  });

  it('whose answer was lost finds itself', async () => {
    table.loseNextAnswer();
    expect(await batches.put({ tenant: 'acme', batchId: 'lost', ids: ['a'] })).toBe('recorded');
  });

  it('is neither written nor read as absent while the table cannot be reached', async () => {
    const missing = createBatchStore({ tableName: 'no-such-table' });
    await expect(missing.put({ tenant: 'acme', batchId: 'x', ids: [] })).rejects.toBeInstanceOf(UnavailableError);
    await expect(missing.get('acme', 'x')).rejects.toBeInstanceOf(UnavailableError);
  });
});
