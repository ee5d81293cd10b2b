import { expect, it } from 'vitest';
import { byPart, judge } from './report.ts';

const same = { name: 'a send', ours: { id: 1, gone: undefined }, theirs: { id: 1 } };
const other = { name: 'a delay', ours: 1, theirs: 2 };
const listed = { name: 'a delay', reason: 'they count otherwise' };

it('passes what is the same, and a difference that is listed', () => {
  expect(judge([same, other], [listed])).toEqual({ passed: 2, listed: [listed], differing: [], outdated: [] });
});

it('fails a difference that is not listed', () => {
  expect(judge([same, other], [])).toMatchObject({ passed: 1, differing: [other] });
});

it.each([
  ['is the same by now', [{ ...other, theirs: 1 }]],
  ['nothing compares', [same]],
])('fails a listed difference that %s', (_, comparisons) => {
  expect(judge(comparisons, [listed])).toMatchObject({ passed: 1, outdated: [listed], differing: [] });
});

it('takes a comparison apart into its answers, with those that only one side gave, but leaves a refusal whole', () => {
  expect(byPart({ name: 'a hold', ours: { count: 1, left: 0 }, theirs: { count: 1, error: 'none' } })).toEqual([
    { name: 'a hold', ours: { count: 1, left: 0 }, theirs: { count: 1, error: 'none' } },
  ]);
  expect(byPart({ name: 'a hold', ours: { count: 1, left: 0 }, theirs: { count: 2 } })).toEqual([
    { name: 'a hold: count', ours: 1, theirs: 2 },
    { name: 'a hold: left', ours: 0, theirs: undefined },
  ]);
});
