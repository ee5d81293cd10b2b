import type { OverlayTarget, RoutingOverlay } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { makeTarget } from '../testing/make-table.ts';
import { manualShares } from './overlay-shares.ts';

const NOW = 1_000_000;
const entry = (share: number, manual?: true): OverlayTarget => ({
  state: 'open',
  share,
  reason: 'test',
  since: 0,
  ...(manual && { manual }),
});
const overlayOf = (targets: RoutingOverlay['targets'], publishedAt = NOW): RoutingOverlay => ({
  schemaVersion: '1.0',
  seq: 1,
  publishedAt,
  panic: [],
  targets,
});

describe('manualShares', () => {
  it('gives what an operator holds, and everybody else all traffic whatever was measured', () => {
    const shares = manualShares(overlayOf({ 'held@d0': entry(0, true), 'ejected@d0': entry(0), 'half@d0': entry(0.5, true) }), NOW);
    expect(['held', 'ejected', 'half', 'unheard-of'].map((id) => shares?.(makeTarget(id)))).toEqual([0, 1, 0.5, 1]);
  });

  it('limits nobody where nobody is held, or only restored', () => {
    expect(manualShares(overlayOf({}), NOW)).toBeUndefined();
    expect(manualShares(overlayOf({ 'ejected@d0': entry(0) }), NOW)).toBeUndefined();
    expect(manualShares(overlayOf({ 'restored@d0': entry(1, true) }), NOW)).toBeUndefined();
    expect(manualShares(overlayOf({ 'restored@d0': entry(1, true), 'ejected@d0': entry(0) }), NOW)).toBeUndefined();
  });

  it('goes by one hold among many targets', () => {
    const shares = manualShares(overlayOf({ 'restored@d0': entry(1, true), 'held@d0': entry(0, true) }), NOW);
    expect([shares?.(makeTarget('restored')), shares?.(makeTarget('held'))]).toEqual([1, 0]);
  });

  it('says nothing without an overlay, and by one that nobody has renewed', () => {
    const held = { 'held@d0': entry(0, true) };
    expect(manualShares(undefined, NOW)).toBeUndefined();
    expect(manualShares(overlayOf(held, NOW - 3_600_000), NOW)).toBeUndefined();
  });
});
