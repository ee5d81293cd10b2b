import type { RoutingTable } from '@signalbox/contracts';
import { routingTable } from '@signalbox/contracts/samples';
import type { LoadedTable } from '@signalbox/runtime';
import { HttpError, UnavailableError } from '@signalbox/runtime/errors';
import { describe, expect, it } from 'vitest';
import { findAsked } from './find-asked.ts';

const wanted = { model: 'fresh', operation: 'chat' as const, scopes: ['*'] };
const [route] = Object.values(routingTable.routes);
const fresh = { ...routingTable, routes: { ...routingTable.routes, fresh: { ...route, name: 'fresh' } } } as RoutingTable;

/** A table that is this after it was read afresh. */
function tableThatBecomes(table: RoutingTable, source: LoadedTable['source']) {
  let refreshed = 0;
  return {
    get: async (): Promise<LoadedTable> => ({ table: refreshed > 0 ? table : routingTable, source }),
    refresh: async () => void refreshed++,
    refreshed: () => refreshed,
  };
}

describe('a model that the table does not have', () => {
  it('is looked for once more in a table that is read afresh', async () => {
    const { loaded, asked } = await findAsked(tableThatBecomes(fresh, 'appconfig'), wanted);
    expect({ version: loaded.table, route: asked.route.name }).toEqual({ version: fresh, route: 'fresh' });
  });

  it('is refused when that has none either', async () => {
    const table = tableThatBecomes(routingTable, 's3');
    await expect(findAsked(table, wanted)).rejects.toBeInstanceOf(HttpError);
    expect(table.refreshed()).toBe(1);
  });

  it('is not refused by the snapshot, which is nobody’s policy', async () => {
    await expect(findAsked(tableThatBecomes(routingTable, 'snapshot'), wanted)).rejects.toBeInstanceOf(UnavailableError);
  });
});

it.each([
  [{ ...wanted, model: 'default', operation: 'embed' as const }, 400],
  [{ ...wanted, model: 'default', scopes: [] }, 403],
])('any other refusal stands at once: %#', async (asked, status) => {
  const table = tableThatBecomes(fresh, 'appconfig');
  await expect(findAsked(table, asked)).rejects.toMatchObject({ status });
  expect(table.refreshed()).toBe(0);
});
