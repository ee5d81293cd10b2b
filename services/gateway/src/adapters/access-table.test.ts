import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createFindKey } from './access-table.ts';

/** DynamoDB's GetItem, with one item for every key. */
const table = { item: undefined as object | undefined };
const server = createServer((request, response) => {
  request.resume().on('end', () => response.end(JSON.stringify(table.item ? { Item: table.item } : {})));
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const key = { pk: { S: 'key#acme1' }, secretHash: { S: 'ab' }, tenant: { S: 'acme' } };

it.each([
  [
    'all that it has',
    { ...key, scopes: { L: [{ S: '*' }, { S: 'inferences' }] } },
    { secretHash: 'ab', tenant: 'acme', scopes: ['*', 'inferences'] },
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
