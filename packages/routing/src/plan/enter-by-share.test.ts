import type { RoutingOverlay } from '@signalbox/contracts';
import { expect, it } from 'vitest';
import { makeTable, makeTarget } from '../testing/make-table.ts';
import { enterByShare } from './enter-by-share.ts';
import { plan } from './plan.ts';

const { table, route } = makeTable({ targets: [makeTarget('first'), makeTarget('second')] });
const { targets } = plan({ request: { inputModalities: ['text'] }, table, route, random: () => 0 });
const overlay = (shares: Record<string, number>, publishedAt = 0): RoutingOverlay => ({
  schemaVersion: '1.0',
  seq: 1,
  publishedAt,
  panic: [],
  targets: Object.fromEntries(Object.entries(shares).map(([key, share]) => [key, { state: 'open', share, reason: 'test', since: 0 }])),
});
const entering = (given: RoutingOverlay | undefined, random: number, now = 0) =>
  enterByShare({ targets, overlay: given, now, random: () => random }).map(({ target }) => target.id);

it('lets every target in without an overlay', () => {
  expect(entering(undefined, 0.99)).toEqual(['first', 'second']);
});

it('keeps an ejected target out, and one at half share out half of the time', () => {
  expect(entering(overlay({ 'first@d0': 0 }), 0)).toEqual(['second']);
  expect(entering(overlay({ 'first@d0': 0.5 }), 0.49)).toEqual(['first', 'second']);
  expect(entering(overlay({ 'first@d0': 0.5 }), 0.51)).toEqual(['second']);
});

it('does not let a redefined target inherit old health', () => {
  expect(entering(overlay({ 'first@older': 0 }), 0)).toEqual(['first', 'second']);
});

it('ignores an overlay that missed three heartbeats', () => {
  expect(entering(overlay({ 'first@d0': 0 }, 1_000), 0, 1_000 + 15 * 60_000)).toEqual(['second']);
  expect(entering(overlay({ 'first@d0': 0 }, 1_000), 0, 1_001 + 15 * 60_000)).toEqual(['first', 'second']);
});
