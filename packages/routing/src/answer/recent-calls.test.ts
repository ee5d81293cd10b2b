import { describe, expect, it } from 'vitest';
import { makeTarget } from '../testing/make-table.ts';
import { type CallVerdict, createRecentCalls, type RecentCalls } from './recent-calls.ts';

const target = makeTarget('a');
const since = 100;

type Call = { requestId?: string; startedAt?: number; endedAt?: number; verdict?: CallVerdict; isSuspect?: boolean };

function isWellAfter(calls: (Call | 'under way')[], asked = target): boolean {
  return after(calls).isWell({ target: asked, besides: 'me', since, now: 300 });
}

function after(calls: (Call | 'under way')[]): RecentCalls {
  const recentCalls = createRecentCalls();
  for (const call of calls) {
    if (call === 'under way') recentCalls.begin({ target, requestId: 'other', startedAt: 150 });
    else {
      const { requestId = 'other', startedAt = 150, endedAt = 200, verdict = 'answered', isSuspect = false } = call;
      recentCalls.begin({ target, requestId, startedAt, isSuspect })(verdict, endedAt);
    }
  }
  return recentCalls;
}

describe('a target', () => {
  it.each<[string, (Call | 'under way')[], boolean]>([
    ['is not known to be well when nobody called it', [], false],
    ['is well when it answered other requests', [{}, {}, {}], true],
    ['is not known to be well by two answers', [{}, {}], false],
    ['is not well by what it answered before', [{ startedAt: 99 }, {}, {}], false],
    ['is well by what began at that very time', [{ startedAt: 100 }, {}, {}], true],
    ['is not well by what it answered this request', [{ requestId: 'me' }, {}, {}], false],
    [
      'is not unwell by how this request failed',
      [{}, {}, {}, { requestId: 'me', verdict: 'failed' }, { requestId: 'me', verdict: 'failed' }],
      true,
    ],
    ['is well with three of four answered', [{}, {}, {}, { verdict: 'failed' }], true],
    ['is not well with three of five answered', [{}, {}, {}, { verdict: 'failed' }, { verdict: 'failed' }], false],
    ['is not unwell by failures before', [{ startedAt: 50, verdict: 'failed' }, { startedAt: 50, verdict: 'failed' }, {}, {}, {}], true],
    ['is not unwell by what suspects met', [{}, {}, {}, ...[1, 2, 3].map((): Call => ({ verdict: 'failed', isSuspect: true }))], true],
    ['is well by what suspects were answered', [{ isSuspect: true }, { isSuspect: true }, {}], true],
    ['is not unwell by calls that say nothing', [{}, {}, {}, { verdict: 'nothing' }, { verdict: 'nothing' }], true],
    ['is not well with calls under way for longer than any answer took', [{}, {}, {}, 'under way', 'under way'], false],
    [
      'is not unwell by calls under way for less than an answer took',
      [{ startedAt: 100, endedAt: 300 }, {}, {}, 'under way', 'under way'],
      true,
    ],
  ])('%s', (_, calls, expected) => {
    expect(isWellAfter(calls)).toBe(expected);
  });

  it('begins anew when it is redefined', () => {
    expect(isWellAfter([{}, {}, {}], { ...target, definition: 'd1' })).toBe(false);
  });

  it('is judged by its last 64 calls', () => {
    const failures = Array.from({ length: 64 }, (): Call => ({ verdict: 'failed' }));
    expect(isWellAfter([...Array.from({ length: 1_000 }, () => ({})), ...failures])).toBe(false);
    expect(isWellAfter([...failures, ...Array.from({ length: 64 }, () => ({}))])).toBe(true);
  });
});

describe('whether a target is in use', () => {
  it.each<[string, (Call | 'under way')[], boolean]>([
    ['shows in three calls of others, whatever came of them', [{}, { verdict: 'failed' }, 'under way'], true],
    ['does not show in two', [{}, {}], false],
    ['does not show in calls of before', [{ startedAt: 99 }, {}, {}], false],
    ['does not show in calls of the request itself', [{ requestId: 'me' }, {}, {}], false],
  ])('%s', (_, calls, expected) => {
    expect(after(calls).isInUse({ target, besides: 'me', since })).toBe(expected);
  });
});

describe('one answer', () => {
  it.each<[string, (Call | 'under way')[], boolean]>([
    ['is enough to have answered', [{}], true],
    ['is wanted', [], false],
    ['to this request is none', [{ requestId: 'me' }], false],
    ['from before is none', [{ startedAt: 99 }], false],
    ['is not enough beside a failure', [{}, { verdict: 'failed' }], false],
    ['is enough beside what suspects met', [{}, { verdict: 'failed', isSuspect: true }], true],
    ['is not enough beside a call that hangs', [{}, 'under way'], false],
  ])('%s', (_, calls, expected) => {
    expect(after(calls).hasAnswered({ target, besides: 'me', since, now: 300 })).toBe(expected);
  });
});
