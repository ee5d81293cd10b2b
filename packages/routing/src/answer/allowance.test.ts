import { describe, expect, it } from 'vitest';
import { makeRequest } from '../testing/make-request.ts';
import { makeTarget } from '../testing/make-table.ts';
import { answered, failed } from '../testing/scripted-model.ts';
import { createLab } from './testing/create-lab.ts';
import type { TimedCall, TimedReply } from './testing/timed-model.ts';

/** 1,000 tokens of input and at most 1,024 of output: 0.003048 dollars a call. */
const PRICE = { inputPerMTokens: 1, outputPerMTokens: 2 };
const cut = failed('malformed', { usage: { inputTokens: 1_000, outputTokens: 900 } });

type WorldInput = { maxCostUsd: number; replyOf: (call: TimedCall) => TimedReply };

function createWorld({ maxCostUsd, replyOf }: WorldInput) {
  const targets = ['a', 'b', 'c'].map((id) => makeTarget(id, { price: PRICE }));
  const lab = createLab({ script: replyOf, targets, route: { hedge: { afterMs: 1_000, budget: 1 } } });
  const features = makeRequest({ estimatedInputTokens: 1_000, requirements: { maxCostUsd } });
  return { ...lab, run: async () => (await lab.time.run(lab.ask({ features }))).attempts.map(({ target }) => target) };
}

const cutThenAnswered = ({ index }: TimedCall): TimedReply => ({ reply: index === 0 ? cut : answered(), takesMs: 100 });
const slow = (): TimedReply => ({ reply: answered(), takesMs: 5_000 });
const resetThenAnswered = ({ index }: TimedCall): TimedReply => ({
  reply: index === 0 ? failed('faulted', { isTransient: true }) : answered(),
  takesMs: 100,
});

describe('a request that says what it may cost', () => {
  it('goes on to another target while both calls are within that', async () => {
    expect(await createWorld({ maxCostUsd: 0.006, replyOf: cutThenAnswered }).run()).toEqual(['a', 'b']);
  });

  it('goes on to no other target once too little is left of it', async () => {
    expect(await createWorld({ maxCostUsd: 0.004, replyOf: cutThenAnswered }).run()).toEqual(['a']);
  });

  it('has a second call beside the first only when it can pay both', async () => {
    expect(await createWorld({ maxCostUsd: 0.0062, replyOf: slow }).run()).toEqual(['a', 'b']);
    expect(await createWorld({ maxCostUsd: 0.006, replyOf: slow }).run()).toEqual(['a']);
  });

  it('is not charged for a call that used nothing', async () => {
    expect(await createWorld({ maxCostUsd: 0.0031, replyOf: resetThenAnswered }).run()).toEqual(['a', 'a']);
  });
});
