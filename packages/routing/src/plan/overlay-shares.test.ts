import { OVERLAY_STALE_MS, type OverlayTarget, type Priority, type RoutingOverlay } from '@signalbox/contracts';
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
    expect(overlayShares(given, 1_000 + OVERLAY_STALE_MS)?.(first)).toBe(0);
    expect(overlayShares(given, 1_001 + OVERLAY_STALE_MS)).toBeUndefined();
    expect(overlayShares(given, 1_000)?.(first)).toBe(0);
  });
});

describe('under throttling', () => {
  const shareOf = (stated: Partial<OverlayTarget>, priority?: Priority) => {
    const given = overlay({ 'first@d0': 0.7 });
    Object.assign(given.targets['first@d0'] as OverlayTarget, stated);
    return overlayShares(given, 0, priority)?.(first);
  };

  it('bulk gives way to interactive at a target that is well', () => {
    const shares = (['bulk', 'standard', undefined, 'interactive'] as const).map((priority) => shareOf({ state: 'closed' }, priority));
    expect(shares.map((share) => Number(share?.toFixed(6)))).toEqual([0.4, 0.7, 0.7, 1]);
  });

  it('does not let one priority see the shares of another of the same overlay', () => {
    const given = overlay({ 'first@d0': 0.7 });
    (given.targets['first@d0'] as OverlayTarget).state = 'closed';
    const read = () => (['interactive', 'bulk', 'standard'] as const).map((priority) => overlayShares(given, 0, priority)?.(first));
    expect(read()).toEqual(read());
    expect(new Set(read()).size).toBe(3);
  });

  it.each<[string, Partial<OverlayTarget>]>([
    ['out', { state: 'open' }],
    ['degraded', { state: 'degraded' }],
    ['half-open', { state: 'half-open' }],
    ['held by hand', { state: 'closed', manual: true }],
  ])('not at one that is %s: what is shed there is shed for everybody', (_, stated) => {
    expect((['bulk', 'standard', 'interactive'] as const).map((priority) => shareOf(stated, priority))).toEqual([0.7, 0.7, 0.7]);
  });
});

describe('overlayLatencies', () => {
  it('gives what the overlay has seen, and nothing when it is silent or stale', () => {
    const given = overlay({ 'first@d0': 1 });
    expect(overlayLatencies(given, 0)?.(first)).toBe(750);
    expect(overlayLatencies(given, 0)?.(makeTarget('other'))).toBeUndefined();
    expect(overlayLatencies(given, OVERLAY_STALE_MS + 1)).toBeUndefined();
    expect(overlayLatencies(undefined, 0)).toBeUndefined();
  });
});
