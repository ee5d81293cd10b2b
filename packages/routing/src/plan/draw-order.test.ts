import type { Route } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { makeRequest } from '../testing/make-request.ts';
import { makeTable, makeTarget } from '../testing/make-table.ts';
import { drawBy } from './chance.ts';
import { plan } from './plan.ts';
import { prepareTarget } from './prepare-target.ts';

/** A source of chance that says what it is told to, and how often it was asked. */
function scripted(...values: number[]) {
  const asked = { times: 0 };
  const random = () => {
    asked.times += 1;
    return values.shift() ?? 0;
  };
  return { random, asked };
}

const { route } = makeTable({ targets: [makeTarget('any')] });
const prepare = (id: string, weight: number) => prepareTarget(makeTarget(id), route, { weight, isFallback: false });
const group = () => [prepare('a', 1), prepare('b', 2), prepare('c', 3)];
const shuffled = (...values: number[]) =>
  drawBy(scripted(...values).random)
    .shuffle(group())
    .map(({ target }) => target.id);

describe('a draw by weight', () => {
  it.each<[number[], string[]]>([
    [
      [0, 0],
      ['a', 'b', 'c'],
    ],
    // 0.16 of 6 is still the first one's; a sixth is the next one's already.
    [
      [0.16, 0.41],
      ['a', 'c', 'b'],
    ],
    [
      [1 / 6, 0],
      ['b', 'a', 'c'],
    ],
    [
      [0.49, 0.24],
      ['b', 'a', 'c'],
    ],
    [
      [0.5, 0.34],
      ['c', 'b', 'a'],
    ],
    [
      [0.99, 0.99],
      ['c', 'a', 'b'],
    ],
  ])('by %j goes %j', (values, expected) => {
    expect(shuffled(...values)).toEqual(expected);
  });

  it('leaves the group as it was, and asks chance once for each place but the last', () => {
    const given = group();
    const { random, asked } = scripted(0.99, 0.99);
    drawBy(random).shuffle(given);
    expect(given.map(({ target }) => target.id)).toEqual(['a', 'b', 'c']);
    expect(asked.times).toBe(2);
  });
});

type Given = { route: Partial<Route>; shares?: Record<string, number>; values?: number[] };

function planOf({ route, shares, values = [] }: Given) {
  const { random, asked } = scripted(...values);
  const made = makeTable({ targets: ['a', 'b', 'c'].map((id) => makeTarget(id)), route });
  const drawn = plan({ ...made, request: makeRequest(), random, ...(shares && { shares: ({ id }) => shares[id] ?? 1 }) });
  return { ...drawn, ids: drawn.targets.map(({ target }) => target.id), asked: asked.times };
}

const weighted = { strategy: 'weighted' as const };
const tiers = {
  ...weighted,
  candidates: [
    { target: 'a', weight: 1 },
    { target: 'b', weight: 1, tier: 1 },
    { target: 'c', weight: 1, tier: 1 },
  ],
};

describe('who enters', () => {
  it('is drawn for those only of whom it is not certain', () => {
    expect(planOf({ route: {}, shares: { a: 0.5 }, values: [0.49] })).toMatchObject({ ids: ['a', 'b', 'c'], heldOut: [], asked: 1 });
    expect(planOf({ route: {}, shares: { a: 0.5, b: 0 }, values: [0.49] })).toMatchObject({ ids: ['a', 'c'], heldOut: ['b'], asked: 1 });
  });

  it('is held out by a draw that meets its share exactly', () => {
    expect(planOf({ route: {}, shares: { a: 0.5 }, values: [0.5] })).toMatchObject({ ids: ['b', 'c'], heldOut: ['a'] });
  });

  it('is counted as 0 for a share below 0, and as 1 above', () => {
    const [within, beyond] = [
      { a: 0, b: 1, c: 0.5 },
      { a: -3, b: 7, c: 0.5 },
    ].map((shares) => planOf({ route: tiers, shares, values: [0.1, 0.1, 0.1] }));
    expect(beyond).toEqual(within);
  });
});

describe('places of a plan', () => {
  it('are the first draw in the first place only, also in a later group', () => {
    expect(planOf({ route: tiers, values: [0] }).targets.map(({ isFirstDraw }) => isFirstDraw)).toEqual([true, false, false]);
  });

  it('say only what there is to say', () => {
    const [first] = planOf({ route: {} }).targets;
    expect(Object.keys(first ?? {}).sort()).toEqual(['isFallback', 'isFirstDraw', 'probability', 'target']);
  });
});
