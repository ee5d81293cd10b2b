import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findModel } from './__fixtures__/find-model.ts';
import { lifecycleAt } from './lifecycle-at.ts';

describe('lifecycleAt', () => {
  it.each([
    ['an active model', 'amazon.nova-lite-v1:0', '2026-11-20', { stage: 'active', endsOn: null, daysLeft: null }],
    ['a model whose end is near', 'ai21.jamba-1-5-large-v1:0', '2026-11-20', { stage: 'legacy', endsOn: '2026-11-26', daysLeft: 6 }],
    ['the last day of a model', 'ai21.jamba-1-5-large-v1:0', '2026-11-25', { stage: 'legacy', daysLeft: 1 }],
    ['the first day without it', 'ai21.jamba-1-5-large-v1:0', '2026-11-26', { stage: 'ended', daysLeft: 0 }],
    ['a day after the end', 'ai21.jamba-1-5-large-v1:0', '2027-11-26', { stage: 'ended', endsOn: '2026-11-26', daysLeft: 0 }],
    ['a model that has ended, before it did', 'anthropic.claude-3-5-sonnet-20240620-v1:0', '2026-07-29', { stage: 'legacy', daysLeft: 1 }],
    [
      'a model that has ended',
      'anthropic.claude-3-5-sonnet-20240620-v1:0',
      '2026-11-20',
      { stage: 'ended', successor: 'anthropic.claude-sonnet-4-6' },
    ],
    ['an end across a leap day', 'anthropic.claude-opus-4-1-20250805-v1:0', '2026-01-08', { stage: 'legacy', daysLeft: 365 }],
    ['a model whose end has no day', 'amazon.titan-text-lite-v1', '2026-11-20', { stage: 'ended', endsOn: null, daysLeft: null }],
    ['a legacy model without a day', 'twelvelabs.marengo-embed-2-7-v1:0', '2026-11-20', { stage: 'legacy', endsOn: null, daysLeft: null }],
    ['a promise', 'anthropic.claude-haiku-4-5-20251001-v1:0', '2026-11-20', { stage: 'active', endsNoSoonerThan: '2026-10-16' }],
    ['a preview', 'anthropic.claude-mythos-preview', '2026-11-20', { stage: 'active', isPreview: true }],
  ])('tells of %s', (_, id, date, expected) => {
    expect(lifecycleAt(findModel(id), date)).toMatchObject(expected);
  });

  it.each(['2026-02-30', '20.11.2026', '2026-11', 'today', ''])('refuses "%s" as a date', (date) => {
    expect(() => lifecycleAt(findModel('amazon.nova-lite-v1:0'), date)).toThrow(`"${date}" is not a date; write YYYY-MM-DD`);
  });

  it('goes one way: a day later there is a day less, and what has ended stays so', () => {
    const model = findModel('ai21.jamba-1-5-large-v1:0');
    const day = fc.integer({ min: 0, max: 1000 }).map((offset) => Date.UTC(2025, 0, 1) + offset * 86_400_000);
    const at = (time: number) => lifecycleAt(model, new Date(time).toISOString().slice(0, 10));
    fc.assert(
      fc.property(day, (time) => {
        const [today, tomorrow] = [at(time), at(time + 86_400_000)];
        expect(tomorrow.daysLeft).toBe(Math.max(0, (today.daysLeft ?? 0) - 1));
        if (today.stage === 'ended') expect(tomorrow.stage).toBe('ended');
      }),
    );
  });
});
