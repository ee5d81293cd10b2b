import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeRandom } from '../testing/make-random.ts';
import { makeRequest } from '../testing/make-request.ts';
import { makeTable, makeTarget } from '../testing/make-table.ts';
import { type Chance, drawBy, stickTo, stickyKeyOf } from './chance.ts';
import { prepareTarget } from './prepare-target.ts';

const { route } = makeTable({ targets: [makeTarget('any')] });
const prepare = (id: string, weight = 1) => prepareTarget(makeTarget(id), route, { weight, isFallback: false });
const idsOf = (order: ReturnType<Chance['shuffle']>) => order.map(({ target }) => target.id);
const SESSIONS = 4_000;
const sessions = Array.from({ length: SESSIONS }, (_, index) => `session-${index}`);

/** How often each of a group comes first, of one shuffle per chance. */
function countFirsts(group: ReturnType<typeof prepare>[], chances: readonly Chance[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const chance of chances) {
    const first = chance.shuffle(group)[0]?.target.id ?? '';
    counts[first] = (counts[first] ?? 0) + 1;
  }
  return counts;
}

describe.each<[string, readonly Chance[]]>([
  ['a draw', Array.from({ length: SESSIONS }, (_, index) => drawBy(makeRandom(index)))],
  ['a hash of the session', sessions.map(stickTo)],
])('by %s', (_, chances) => {
  it('each target comes first as often as its weight says', () => {
    const counts = countFirsts([prepare('a', 6), prepare('b', 3), prepare('c', 1)], chances);
    for (const [id, share] of Object.entries({ a: 0.6, b: 0.3, c: 0.1 })) {
      const deviation = Math.sqrt(share * (1 - share) * SESSIONS);
      expect(Math.abs((counts[id] ?? 0) - share * SESSIONS)).toBeLessThan(4 * deviation);
    }
  });

  it('entering and tiers fall evenly, and apart from who comes first', () => {
    const group = [prepare('a'), prepare('b')];
    const [a] = group as [ReturnType<typeof prepare>];
    const entering = chances.filter((chance) => chance.ofEntering(a) < 0.3);
    expect(Math.abs(entering.length / SESSIONS - 0.3)).toBeLessThan(0.03);
    expect(Math.abs(chances.filter((chance) => chance.ofTier() < 0.7).length / SESSIONS - 0.7)).toBeLessThan(0.03);
    expect(Math.abs((countFirsts(group, entering).a ?? 0) / entering.length - 0.5)).toBeLessThan(0.06);
  });
});

describe('a sticky request', () => {
  const groupArbitrary = fc
    .array(fc.integer({ min: 1, max: 50 }), { minLength: 2, maxLength: 8 })
    .map((weights) => weights.map((weight, index) => prepare(`t${index}`, weight)));

  it('gets the same order every time, however the targets are written', () => {
    fc.assert(
      fc.property(groupArbitrary, fc.string(), (group, key) => {
        const order = idsOf(stickTo(key).shuffle(group));
        expect(order.toSorted()).toEqual(group.map(({ target }) => target.id).toSorted());
        expect(idsOf(stickTo(key).shuffle(group.toReversed()))).toEqual(order);
      }),
    );
  });

  it('keeps the order of the others when a target leaves, so that only its own sessions move', () => {
    fc.assert(
      fc.property(groupArbitrary, fc.string(), fc.nat(), (group, key, pick) => {
        const leaving = group[pick % group.length];
        const before = idsOf(stickTo(key).shuffle(group));
        const after = idsOf(stickTo(key).shuffle(group.filter((one) => one !== leaving)));
        expect(after).toEqual(before.filter((id) => id !== leaving?.target.id));
      }),
    );
  });

  it('moves no session between the targets that stay when one comes in, and to it about its share', () => {
    const group = ['a', 'b', 'c'].map((id) => prepare(id));
    const moved = sessions.filter((session) => {
      const [before] = idsOf(stickTo(session).shuffle(group));
      const [after] = idsOf(stickTo(session).shuffle([...group, prepare('d')]));
      expect([before, 'd']).toContain(after);
      return after !== before;
    });
    expect(Math.abs(moved.length / SESSIONS - 0.25)).toBeLessThan(0.03);
  });
});

describe('stickyKeyOf', () => {
  const request = makeRequest({ sessionId: 's1', tenant: 'acme', labels: { team: 'blue' } });

  it.each([
    [undefined, undefined],
    ['sessionId', 's1'],
    ['tenant', 'acme'],
    ['labels.team', 'blue'],
    ['labels.other', undefined],
    ['labels.constructor', undefined],
  ])('reads by %s %s', (stickyBy, key) => {
    expect(stickyKeyOf(stickyBy, request)).toBe(key);
  });
});
