import { afterAll, beforeAll, expect, it } from 'vitest';
import { startAws } from '../test-handler.ts';
import { createFindKey } from './access-table.ts';

/** DynamoDB's GetItem, with one item for every key. */
const table = { item: undefined as object | undefined };
let aws: Awaited<ReturnType<typeof startAws>>;
beforeAll(async () => {
  aws = await startAws(() => ({ body: table.item ? { Item: table.item } : {} }));
});
afterAll(() => aws.close());

const key = { pk: { S: 'key#acme1' }, secretHash: { S: 'ab' }, tenant: { S: 'acme' } };

it.each([
  [
    'all that it has',
    { ...key, scopes: { L: [{ S: '*' }, { S: 'inferences' }] } },
    { secretHash: 'ab', tenant: 'acme', scopes: ['*', 'inferences'] },
  ],
  [
    'when it expires, and when it was revoked',
    { ...key, expiresAt: { S: '2026-09-21T10:00:00.000Z' }, revokedAt: { S: '2026-09-20T10:00:00.000Z' } },
    { secretHash: 'ab', tenant: 'acme', scopes: [], expiresAt: 1_789_984_800_000, revokedAt: 1_789_898_400_000 },
  ],
  ['no scopes when it names none', key, { secretHash: 'ab', tenant: 'acme', scopes: [] }],
  ['no scopes that are not text', { ...key, scopes: { L: [{ N: '1' }] } }, { secretHash: 'ab', tenant: 'acme', scopes: [] }],
  ['nothing when it is unknown', undefined, undefined],
  ['nothing when it has no tenant', { pk: key.pk, secretHash: key.secretHash }, undefined],
  ['nothing when it has no hash', { pk: key.pk, tenant: key.tenant }, undefined],
])('a key gives %s', async (_what, item, found) => {
  table.item = item;
  expect(await createFindKey({ tableName: 'access' })('acme1')).toEqual(found);
});
