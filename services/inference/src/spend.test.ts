import type { Attempt } from '@signalbox/contracts';
import { routingTable } from '@signalbox/contracts/samples';
import type { AnswerResult } from '@signalbox/routing';
import { NO_STRIKES } from '@signalbox/routing';
import { describe, expect, it } from 'vitest';
import { spendOf } from './spend.ts';
import { answeredOutput, attemptOf } from './testing/scripted-answer.ts';

const INPUT = { id: 'a' };
const [target] = Object.values(routingTable.targets);
const attempt = (stated: Partial<Attempt> = {}) => attemptOf(INPUT, { target: target?.id ?? '', ...stated });
const waiting = (attempts: Attempt[]): AnswerResult => ({
  kind: 'waiting',
  reason: 'unavailable',
  detail: '',
  strikes: NO_STRIKES,
  attempts,
});

/** A table in which everything costs a dollar for a million tokens of input, and two of output. */
const table = {
  targets: Object.fromEntries(
    Object.entries(routingTable.targets).map(([id, one]) => [id, { ...one, price: { inputPerMTokens: 1, outputPerMTokens: 2 } }]),
  ),
};

describe('what a receive used', () => {
  it('is the sum of its attempts, those included that gave no answer', () => {
    const cut = attempt({
      outcome: 'malformed',
      usage: { inputTokens: 1_000, outputTokens: 500, cacheReadTokens: 100, cacheWriteTokens: 10 },
    });
    const spent = spendOf(waiting([cut, attempt({ outcome: 'throttled' }), cut]), table);
    // Without a price of their own, cached tokens have no known price.
    expect(spent).toEqual({ inputTokens: 2_220, outputTokens: 1_000, tokens: 3_220, usd: null });
  });

  it('has a cost also when nothing was answered', () => {
    const cut = attempt({ outcome: 'malformed', usage: { inputTokens: 1_000, outputTokens: 500 } });
    expect(spendOf(waiting([cut, cut]), table).usd).toBeCloseTo(0.004, 12);
  });

  it('is nothing where no attempt was billed', () => {
    expect(spendOf(waiting([attempt({ outcome: 'throttled' })]), table)).toEqual({ inputTokens: 0, outputTokens: 0, tokens: 0, usd: 0 });
  });

  it('has no known cost at a target that the table does not know', () => {
    const gone = attempt({ target: 'gone', usage: { inputTokens: 1, outputTokens: 1 } });
    expect(spendOf(waiting([gone]), table).usd).toBeNull();
  });

  it('is that of the answer where its attempts carry none', () => {
    const input = { ...INPUT } as Parameters<typeof answeredOutput>[0];
    expect(spendOf(answeredOutput(input, {}), table)).toEqual({ inputTokens: 10, outputTokens: 20, tokens: 30, usd: 0.000_01 });
  });

  it('is not known when a provider that answered gave no usage', () => {
    const { usage: _, ...answer } = answeredOutput({ ...INPUT } as Parameters<typeof answeredOutput>[0], {});
    expect(spendOf({ ...answer, costUsd: null }, table)).toMatchObject({ tokens: null, usd: null });
  });
});
