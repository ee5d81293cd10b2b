import { describe, expect, it } from 'vitest';
import type { OverlayTarget, RoutingOverlay } from '../routing-overlay.ts';
import { routingOverlay, routingTable, targetList } from '../samples.ts';
import { listTargets, OVERLAY_STALE_MS, TargetList } from './targets.ts';

const AT = routingOverlay.publishedAt;
const KEY = 'nova-lite@9d0c1b2a';
const open = routingOverlay.targets[KEY] as OverlayTarget;

function list(overlay: RoutingOverlay | undefined, { now = AT } = {}): TargetList {
  const listed = listTargets({ table: routingTable, tableSource: 'appconfig', reading: { kind: 'read', overlay }, now });
  // Whatever is answered keeps the contract.
  expect(TargetList.parse(listed)).toEqual(listed);
  return listed;
}

const find = ({ targets }: TargetList, name = 'nova-lite') => targets.find(({ target }) => target === name);

describe('the list of targets', () => {
  it('of the sample table and the sample overlay is the sample', () => {
    expect(list(routingOverlay)).toEqual(targetList);
  });

  it('has every target as well while nothing was published', () => {
    const listed = list(undefined);
    expect(listed.health).toEqual({ kind: 'absent' });
    expect(listed.targets.map(({ state, share }) => [state, share])).toEqual([
      ['closed', 1],
      ['closed', 1],
    ]);
  });

  it('says nothing of how targets are when health cannot be read', () => {
    const listed = listTargets({ table: routingTable, tableSource: 's3', reading: { kind: 'unreachable' }, now: AT });
    expect(listed).toMatchObject({ tableSource: 's3', health: { kind: 'unreachable' } });
    expect(find(listed)).toMatchObject({ state: 'unknown', share: 1 });
  });

  it('goes by health until it is three heartbeats old', () => {
    expect(find(list(routingOverlay, { now: AT + OVERLAY_STALE_MS }))).toMatchObject({ state: 'open', share: 0 });
    const stale = list({ ...routingOverlay, panic: ['default'] }, { now: AT + OVERLAY_STALE_MS + 1 });
    expect(stale).toMatchObject({ health: { kind: 'stale', seq: 42 }, panic: [] });
    // Processes ask it again; what was said last still helps to understand why it was out.
    expect(find(stale)).toMatchObject({ state: 'unknown', share: 1, reason: open.reason, since: '2026-09-21T14:13:10.000Z' });
  });

  it('never takes health that says nothing for stale: it is not renewed', () => {
    const listed = list({ ...routingOverlay, targets: {} }, { now: AT + 24 * 60 * 60_000 });
    expect(listed.health.kind).toBe('current');
    expect(find(listed)).toMatchObject({ state: 'closed', share: 1 });
    expect(list({ ...routingOverlay, targets: {}, panic: ['default'] }, { now: AT + 24 * 60 * 60_000 }).health.kind).toBe('stale');
  });

  it('does not let a redefined target inherit what was said of the old one', () => {
    expect(find(list({ ...routingOverlay, targets: { 'nova-lite@before': open } }))).toMatchObject({ state: 'closed', share: 1 });
  });

  it('says who holds a target by hand, and until when', () => {
    const hold = { author: 'ann', until: AT + 60_000 };
    const held = list({ ...routingOverlay, targets: { [KEY]: { ...open, manual: true, hold, latencyMs: 812 } } });
    expect(find(held)).toMatchObject({ hold: { author: 'ann', until: '2026-09-21T14:14:20.000Z' }, latencyMs: 812 });
    expect(find(list({ ...routingOverlay, targets: { [KEY]: { ...open, manual: true } } }))?.hold).toEqual({});
    expect(find(list(routingOverlay))).not.toHaveProperty('hold');
  });

  it('names the routes that ask a target, as a candidate or a fallback, and none for one that is not asked', () => {
    const route = routingTable.routes.default;
    const target = routingTable.targets['nova-lite'];
    if (!route || !target) throw new Error('the sample table has neither its route nor its target');
    const table = {
      ...routingTable,
      targets: { ...routingTable.targets, spare: { ...target, id: 'spare' } },
      routes: { ...routingTable.routes, archive: { ...route, name: 'archive', fallbacks: ['nova-lite'], candidates: [] } },
    };
    const listed = listTargets({ table, tableSource: 'appconfig', reading: { kind: 'read', overlay: undefined }, now: AT });
    expect(listed.targets.map(({ target: name, routes }) => [name, routes])).toEqual([
      ['nova-lite', ['archive', 'default']],
      ['nova-micro', ['default']],
      ['spare', []],
    ]);
  });
});
