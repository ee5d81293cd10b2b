import { routingTable } from '@signalbox/contracts/samples';
import { expect, it } from 'vitest';
import { findRoute } from './find-route.ts';

it('finds a route by name, and the default route without one', () => {
  expect(findRoute(routingTable, 'default')).toBe(routingTable.routes.default);
  expect(findRoute(routingTable)).toBe(routingTable.routes.default);
});

it('finds no route under a name that every object knows', () => {
  expect(findRoute(routingTable, 'constructor')).toBeUndefined();
  expect(findRoute(routingTable, 'nothing')).toBeUndefined();
});
