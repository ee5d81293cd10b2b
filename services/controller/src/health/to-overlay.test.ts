import { RoutingOverlay } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import type { JudgedMember } from './evaluate-fleet.ts';
import { overlayDueAt } from './overlay-due.ts';
import { START } from './testing/make-buckets.ts';
import { circuits, makeHealth } from './testing/make-health.ts';
import { toOverlay } from './to-overlay.ts';

const member = (id: string, more: Partial<JudgedMember> = {}): JudgedMember => ({
  key: `${id}@d0`,
  id,
  health: makeHealth(),
  share: 1,
  isLastOfTier: false,
  ...more,
});
const open = (id: string, more: Partial<JudgedMember> = {}) =>
  member(id, { health: makeHealth({ circuit: circuits.open() }), share: 0, ...more });
const ofMembers = (targets: JudgedMember[], more: { panic?: string[]; suspectSlots?: number[] } = {}) =>
  toOverlay({ evaluation: { targets, panic: [], suspectSlots: [], ...more }, seq: 8, now: START });
const held = { target: 'a', share: 1, author: 'ann', reason: 'the vendor says it is mended', since: START - 5, until: START + 5 };

describe('an overlay', () => {
  it('says nothing of what is closed at full share', () => {
    expect(ofMembers([member('a'), member('b')])).toEqual({ schemaVersion: '1.0', seq: 8, publishedAt: START, targets: {}, panic: [] });
  });

  it('says of the others how, why, and since when', () => {
    const throttle = { share: 0.66666, changedAt: START - 7, reason: 'throttled: 30 % of 100 calls were over the quota' };
    const { targets, panic, suspectSlots } = ofMembers(
      [
        open('b', { latencyMs: 900 }),
        member('a', { health: makeHealth({ throttle }), share: 0.66666 }),
        open('c', { isLastOfTier: true, share: 0.005 }),
      ],
      { panic: ['z', 'y'], suspectSlots: [3] },
    );
    expect(Object.entries(targets)).toEqual([
      ['a@d0', { state: 'closed', share: 0.6667, reason: throttle.reason, since: START - 7 }],
      ['b@d0', { state: 'open', share: 0, reason: 'for a test', since: START, latencyMs: 900 }],
      ['c@d0', { state: 'open', share: 0.005, reason: '0.5 % as last of a tier; for a test', since: START }],
    ]);
    expect({ panic, suspectSlots }).toEqual({ panic: ['y', 'z'], suspectSlots: [3] });
  });

  it('says what a person decided, whatever was measured, and also at full share', () => {
    expect(ofMembers([open('a', { share: 1, hold: held })]).targets['a@d0']).toEqual({
      state: 'closed',
      share: 1,
      reason: 'by ann: the vendor says it is mended',
      since: START - 5,
      manual: true,
      hold: { author: 'ann', until: held.until },
    });
    expect(ofMembers([member('a', { share: 0, hold: { ...held, share: 0 } })]).targets['a@d0']?.state).toBe('open');
    expect(ofMembers([member('a', { share: 0.5, hold: { ...held, share: 0.5, reason: 'x'.repeat(200) } })]).targets['a@d0']).toMatchObject({
      state: 'degraded',
      reason: expect.stringMatching(/^by ann: x{71}…$/),
    });
  });

  it('fits its size and its schema with any number of targets: persons’ words first, then the lowest shares', () => {
    const reason = 'é'.repeat(80);
    const many = Array.from({ length: 1_000 }, (_, index) => {
      const circuit = circuits.degraded({ reason, share: index / 1_000 });
      return member(`target-${index}`, { health: makeHealth({ circuit }), share: index / 1_000 });
    });
    const overlay = ofMembers([...many, member('a', { hold: { ...held, reason } })]);
    expect(new TextEncoder().encode(JSON.stringify(overlay)).length).toBeLessThanOrEqual(65_536);
    expect(RoutingOverlay.parse(overlay)).toEqual(overlay);
    expect(overlay.targets['a@d0']).toMatchObject({ manual: true });
    const count = Object.keys(overlay.targets).length;
    expect(count).toBeGreaterThan(200);
    expect(overlay.targets[`target-${count - 2}@d0`]).toBeDefined();
    expect(overlay.targets[`target-${count}@d0`]).toBeUndefined();
  });

  it('does not round a small share to none', () => {
    expect(ofMembers([open('a', { share: 0.00001 })]).targets['a@d0']?.share).toBe(0.0001);
  });
});

describe('an overlay is due', () => {
  const quiet = (publishedAt: number) => ({ ...ofMembers([]), publishedAt });
  const loud = (publishedAt: number, more: Partial<JudgedMember> = {}) => ({ ...ofMembers([open('a', more)]), publishedAt });

  it.each([
    ['never while all is well', undefined, quiet(START), undefined],
    ['at once when it is the first that says something', undefined, loud(START), START],
    ['at once when it says something else', quiet(START - 5_000), loud(START), START],
    ['a second after the one before', loud(START - 300), quiet(START), START + 700],
    ['as a heartbeat in five minutes, with a share below 1', loud(START - 2_000), loud(START), START + 298_000],
    ['never again once it has said that all is well', quiet(START - 2_000), quiet(START), undefined],
    ['not for another median', loud(START - 2_000, { latencyMs: 5 }), loud(START, { latencyMs: 9 }), START + 298_000],
    ['for another panic', quiet(START - 2_000), { ...quiet(START), panic: ['default'] }, START],
    ['for another suspect', quiet(START - 2_000), { ...quiet(START), suspectSlots: [1] }, START],
  ])('%s', (_, previous, next, due) => {
    expect(overlayDueAt(previous, next)).toBe(due);
  });
});
