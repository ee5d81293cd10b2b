import type { RoutingOverlay } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { makeTarget } from '../testing/make-table.ts';
import { overlayLatencies } from './overlay-latencies.ts';
import { overlayShares } from './overlay-shares.ts';

const overlay = (shares: Record<string, number>, publishedAt = 0): RoutingOverlay => ({
  schemaVersion: '1.0',
  seq: 1,
  publishedAt,
  panic: [],
  targets: Object.fromEntries(
    Object.entries(shares).map(([key, share]) => [key, { state: 'open', share, reason: 'test', since: 0, latencyMs: 750 }]),
  ),
});
const first = makeTarget('first');

describe('overlayShares', () => {
  it('limits nobody without an overlay, and with one that has everyone at 1', () => {
    expect(overlayShares(undefined, 0)).toBeUndefined();
    expect(overlayShares(overlay({}), 0)).toBeUndefined();
    expect(overlayShares(overlay({ 'first@d0': 1 }), 0)).toBeUndefined();
  });

  it('gives the share that the overlay states, and 1 where it states none', () => {
    const shares = overlayShares(overlay({ 'first@d0': 0.25, 'other@d0': 0 }), 0);
    expect([shares?.(first), shares?.(makeTarget('other')), shares?.(makeTarget('third')), shares?.(first)]).toEqual([0.25, 0, 1, 0.25]);
  });

  it('does not let a redefined target inherit old health, nor take a property of every object for a target', () => {
    const shares = overlayShares(overlay({ 'first@older': 0 }), 0);
    expect(shares?.(first)).toBe(1);
    expect(shares?.(makeTarget('first', { definition: 'older' }))).toBe(0);
  });

  it('ignores an overlay that missed three heartbeats, and heeds it again when its clock is believed', () => {
    const given = overlay({ 'first@d0': 0 }, 1_000);
    expect(overlayShares(given, 1_000 + 15 * 60_000)?.(first)).toBe(0);
    expect(overlayShares(given, 1_001 + 15 * 60_000)).toBeUndefined();
    expect(overlayShares(given, 1_000)?.(first)).toBe(0);
  });
});

describe('overlayLatencies', () => {
  it('gives what the overlay has seen, and nothing when it is silent or stale', () => {
    const given = overlay({ 'first@d0': 1 });
    expect(overlayLatencies(given, 0)?.(first)).toBe(750);
    expect(overlayLatencies(given, 0)?.(makeTarget('other'))).toBeUndefined();
    expect(overlayLatencies(given, 15 * 60_000 + 1)).toBeUndefined();
    expect(overlayLatencies(undefined, 0)).toBeUndefined();
  });
});
