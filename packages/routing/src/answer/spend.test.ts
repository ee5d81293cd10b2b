import type { Attempt } from '@signalbox/contracts';
import { attempt } from '@signalbox/contracts/samples';
import { describe, expect, it } from 'vitest';
import { makeRequest } from '../testing/make-request.ts';
import { makeTable, makeTarget } from '../testing/make-table.ts';
import type { Answered, Waiting } from './answer-result.ts';
import { estimateSpend, spendOf } from './spend.ts';
import { NO_STRIKES } from './strikes.ts';

const { usage: _, ...unbilled } = attempt;
const cut: Attempt = {
  ...unbilled,
  outcome: 'malformed',
  usage: { inputTokens: 1_000, outputTokens: 500, cacheReadTokens: 100, cacheWriteTokens: 10 },
};
const waiting = (attempts: Attempt[], costUsd: number | null): Waiting => ({
  kind: 'waiting',
  reason: 'unavailable',
  detail: '',
  strikes: NO_STRIKES,
  costUsd,
  attempts,
});
const answered: Answered = {
  kind: 'answered',
  output: {},
  stopReason: 'end_turn',
  usage: { inputTokens: 10, outputTokens: 20 },
  servedBy: { target: 'a', model: 'm', region: 'us-east-1' },
  costUsd: 0.000_01,
  attempts: [unbilled],
};

describe('what a receive used', () => {
  it('is the sum of its attempts, those included that gave no answer', () => {
    const spent = spendOf(waiting([cut, { ...unbilled, outcome: 'throttled' }, cut], 0.004));
    expect(spent).toEqual({ inputTokens: 2_220, outputTokens: 1_000, tokens: 3_220, usd: 0.004 });
  });

  it('is nothing where no attempt was billed', () => {
    const spent = spendOf(waiting([{ ...unbilled, outcome: 'throttled' }], 0));
    expect(spent).toEqual({ inputTokens: 0, outputTokens: 0, tokens: 0, usd: 0 });
  });

  it('is that of the answer where its attempts carry none', () => {
    expect(spendOf(answered)).toEqual({ inputTokens: 10, outputTokens: 20, tokens: 30, usd: 0.000_01 });
  });

  it('is not known when a provider that answered gave no usage', () => {
    const { usage: _usage, ...without } = answered;
    expect(spendOf({ ...without, costUsd: null })).toMatchObject({ tokens: null, usd: null });
  });
});

describe('what a request may use', () => {
  const price = (perMTokens: number) => ({ price: { inputPerMTokens: perMTokens, outputPerMTokens: perMTokens } });
  const unknown = { price: { inputPerMTokens: null, outputPerMTokens: null } };
  const features = makeRequest({ estimatedInputTokens: 1_000, maxTokens: 500 });

  it('is its input and the output that it may have, at the dearest of the first choices', () => {
    const { route, table } = makeTable({ targets: [makeTarget('a', price(1)), makeTarget('b', price(4)), makeTarget('c', unknown)] });
    const estimate = estimateSpend({ features, route }, table);
    expect(estimate.tokens()).toBe(1_500);
    expect(estimate.usd()).toBeCloseTo(0.006, 12);
  });

  it('has no known cost where no price is known', () => {
    const { route, table } = makeTable({ targets: [makeTarget('c', unknown)] });
    expect(estimateSpend({ features, route }, table).usd()).toBeNull();
  });
});
