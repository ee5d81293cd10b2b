import type { OverlayTarget, RoutingOverlay } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { overlayDueAt } from './overlay-due.ts';

const entry: OverlayTarget = { state: 'open', share: 0, reason: 'ejected', since: 5, latencyMs: 900 };
const overlayOf = (stated: Partial<RoutingOverlay> = {}): RoutingOverlay => ({
  schemaVersion: '1.0',
  seq: 1,
  publishedAt: 10_000,
  targets: {},
  panic: [],
  ...stated,
});
const due = (previous: Partial<RoutingOverlay>, next: Partial<RoutingOverlay>) =>
  overlayDueAt(overlayOf(previous), overlayOf({ seq: 2, publishedAt: 10_200, ...next }));

describe('an overlay', () => {
  it.each<[string, Partial<RoutingOverlay>]>([
    ['a target', { targets: { 'a@d0': entry } }],
    ['a panic', { panic: ['default'] }],
    ['a suspect slot', { suspectSlots: [3] }],
  ])('with %s is written at once when it is the first, a second after the last, and renewed', (_, said) => {
    expect(overlayDueAt(undefined, overlayOf(said))).toBe(10_000);
    expect(due({}, said)).toBe(11_000);
    expect(due(said, {})).toBe(11_000);
    expect(due(said, said)).toBe(310_000);
  });

  it('that says nothing is not written, and not renewed', () => {
    expect(overlayDueAt(undefined, overlayOf())).toBeUndefined();
    expect(due({}, {})).toBeUndefined();
    expect(due({ suspectSlots: [] }, {})).toBeUndefined();
  });

  it.each<[string, Partial<OverlayTarget>]>([
    ['state', { state: 'half-open' }],
    ['share', { share: 0.5 }],
    ['reason', { reason: 'another' }],
    ['time', { since: 6 }],
    ['hand', { manual: true }],
  ])('is written when a target has another %s', (_, other) => {
    expect(due({ targets: { 'a@d0': entry } }, { targets: { 'a@d0': { ...entry, ...other } } })).toBe(11_000);
  });

  it('is not written for another latency, nor for a hand that was none before', () => {
    const next = { 'a@d0': { ...entry, latencyMs: 950, manual: false } };
    expect(due({ targets: { 'a@d0': entry } }, { targets: next })).toBe(310_000);
  });
});
