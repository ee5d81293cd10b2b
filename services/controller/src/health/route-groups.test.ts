import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupsOf, targetsOf } from './route-groups.ts';
import { makeTable } from './testing/make-fleet.ts';

describe('the groups of a target', () => {
  const table = makeTable({
    one: { tiers: [['a', 'b'], ['c']], fallbacks: ['d', 'a'] },
    two: { tiers: [['c']] },
    three: { tiers: [['e']], fallbacks: ['a'] },
  });

  it.each<[string, string[][]]>([
    [
      'a',
      [
        ['a', 'b', 'c', 'd'],
        ['e', 'a'],
      ],
    ],
    ['b', [['a', 'b', 'c', 'd']]],
    ['c', [['a', 'b', 'c', 'd'], ['c']]],
    ['nobody', []],
  ])('of %s are those of its routes, in their order', (id, expected) => {
    expect(groupsOf(table, id)).toEqual(expected);
  });

  it('are made once for a table', () => {
    expect(groupsOf(table, 'a')).toBe(groupsOf(table, 'a'));
    expect(groupsOf({ ...table }, 'a')).not.toBe(groupsOf(table, 'a'));
  });

  it('are what looking through all routes finds', () => {
    const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
    const routes = fc.array(fc.record({ candidates: fc.array(id, { maxLength: 4 }), fallbacks: fc.array(id, { maxLength: 3 }) }), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(routes, id, (given, asked) => {
        const tiers = given.map(({ candidates, fallbacks }, index) => [`r${index}`, { tiers: [candidates], fallbacks }] as const);
        const made = makeTable(Object.fromEntries(tiers));
        const expected = Object.values(made.routes)
          .map(targetsOf)
          .filter((targets) => targets.includes(asked));
        expect(groupsOf(made, asked)).toEqual(expected);
      }),
    );
  });
});
