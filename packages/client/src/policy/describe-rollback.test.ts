import { describe, expect, it } from 'vitest';
import { testRelease } from '../testing/test-release.ts';
import { describeRollback } from './describe-rollback.ts';

const running = testRelease({ number: 4, tableVersion: 'ddd444', state: 'DEPLOYING', percentage: 20 });
const current = testRelease({ number: 3, tableVersion: 'ccc333', isInForce: true });
const undone = testRelease({ number: 2, tableVersion: 'bbb222', state: 'ROLLED_BACK' });
const first = testRelease();

describe('describeRollback', () => {
  it.each([
    ['a release under way', [running, current, first], undefined, 'End release 4 of version ddd444 (20 % done)'],
    [
      'a release under way and a version',
      [running, current, first],
      'aaa',
      'End release 4 of version ddd444 (20 % done) and go back to version aaa',
    ],
    ['the one before, past what was undone', [current, undone, first], undefined, 'Go back from version ccc333 to version aaa111'],
    ['a version', [current, first], 'aaa111', 'Go back to version aaa111'],
    ['nothing to go back to', [current], undefined, 'Go back to the table before the last one'],
  ])('says what is done with %s', (_, releases, to, expected) => {
    expect(describeRollback(releases, to)).toBe(expected);
  });
});
