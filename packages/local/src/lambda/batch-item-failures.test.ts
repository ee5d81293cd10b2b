import { describe, expect, it } from 'vitest';
import { readBatchItemFailures } from './batch-item-failures.ts';

const ids = new Set(['a', 'b', 'c']);

describe('readBatchItemFailures', () => {
  it.each([
    ['null', null],
    ['undefined', undefined],
    ['an empty object', {}],
    ['another object', { statusCode: 200 }],
    ['a null list', { batchItemFailures: null }],
    ['an empty list', { batchItemFailures: [] }],
  ])('counts %s as full success', (_name, payload) => {
    expect(readBatchItemFailures(payload, ids)).toEqual({ kind: 'partial', failedIds: new Set() });
  });

  it('leaves the named messages', () => {
    const payload = { batchItemFailures: [{ itemIdentifier: 'b' }, { itemIdentifier: 'c' }, { itemIdentifier: 'b' }] };
    expect(readBatchItemFailures(payload, ids)).toEqual({ kind: 'partial', failedIds: new Set(['b', 'c']) });
  });

  it.each([
    ['a text', 'ok', 'not an object'],
    ['an empty text', '', 'not an object'],
    ['a list', [{ itemIdentifier: 'a' }], 'not an object'],
    ['a list that is an object', { batchItemFailures: { itemIdentifier: 'a' } }, 'not a list'],
    ['an empty identifier', { batchItemFailures: [{ itemIdentifier: '' }] }, 'batchItemFailures[0] has no itemIdentifier'],
    [
      'a null identifier',
      { batchItemFailures: [{ itemIdentifier: 'a' }, { itemIdentifier: null }] },
      'batchItemFailures[1] has no itemIdentifier',
    ],
    ['a wrong key', { batchItemFailures: [{ messageId: 'a' }] }, 'has no itemIdentifier'],
    ['a null entry', { batchItemFailures: [null] }, 'has no itemIdentifier'],
    ['an identifier of another batch', { batchItemFailures: [{ itemIdentifier: 'z' }] }, 'names z, which is not in the batch'],
  ])('fails the whole batch for %s', (_name, payload, reason) => {
    expect(readBatchItemFailures(payload, ids)).toEqual({ kind: 'batch-failed', reason: expect.stringContaining(reason) });
  });
});
