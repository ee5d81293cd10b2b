import type { Guard, GuardQuestion, Guardrail, GuardVerdict, ModelReply } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { makeRequest } from '../testing/make-request.ts';
import { makeTable, makeTarget } from '../testing/make-table.ts';
import { createAnswer, createStreamedAnswer } from './answer.ts';

const WHOLE: ModelReply = {
  outcome: 'succeeded',
  output: {
    message: { role: 'assistant', content: [{ text: 'Paris.' }, { toolUse: { toolUseId: '1', name: 'look', input: { city: 'Paris' } } }] },
  },
  stopReason: 'end_turn',
  usage: { inputTokens: 1_000_000, outputTokens: 0 },
};
const PASSED: GuardVerdict = { kind: 'passed' };
const BLOCKED: GuardVerdict = { kind: 'blocked', reasons: ['topic: weapons'] };
const UNKNOWN: GuardVerdict = { kind: 'unknown', error: 'ThrottlingException' };

/** A process whose guardrail gives these verdicts one after another; the last one stays. */
function setUp(applies: Guardrail['applies'], verdicts: GuardVerdict[]) {
  const asked: GuardQuestion[] = [];
  const pauses: number[] = [];
  const guard: Guard = async (question) => {
    asked.push(question);
    return verdicts[Math.min(asked.length, verdicts.length) - 1] as GuardVerdict;
  };
  let calls = 0;
  const ports = {
    callModel: async () => {
      calls++;
      return WHOLE;
    },
    now: () => 1_790_000_000_000,
    random: () => 0.5,
    sleep: async (ms: number) => void pauses.push(ms),
    guard,
  };
  const guardrail = { id: 'gr-1', version: '3', region: 'us-east-1', applies };
  const input = {
    id: 'r1',
    content: {
      system: [{ text: 'Ours' }],
      messages: [
        { role: 'user' as const, content: [{ text: 'Where?' }, { toolResult: { toolUseId: '1', content: [{ json: { a: 1 } }] } }] },
        { role: 'assistant' as const, content: [{ text: ' ' }] },
      ],
    },
    features: makeRequest({}),
    ...makeTable({ targets: [makeTarget('a')], route: { guardrail } }),
    endsAt: 1_790_000_060_000,
    signal: new AbortController().signal,
  };
  return { ports, input, asked, pauses, calls: () => calls, ask: () => createAnswer(ports)(input) };
}

describe('a route with a guardrail', () => {
  it.each([
    ['input', [['input', ['Where?', '{"a":1}']]]],
    ['output', [['output', ['Paris.', '{"city":"Paris"}']]]],
    [
      'both',
      [
        ['input', ['Where?', '{"a":1}']],
        ['output', ['Paris.', '{"city":"Paris"}']],
      ],
    ],
  ] as const)('asks it about %s', async (applies, expected) => {
    const { ask, asked } = setUp(applies, [PASSED]);
    expect(await ask()).toMatchObject({ kind: 'answered', output: WHOLE.output });
    expect(asked.map(({ source, texts }) => [source, texts])).toEqual(expected);
  });

  it('refuses what is blocked before it costs anything', async () => {
    const { ask, calls } = setUp('input', [BLOCKED]);
    const result = await ask();
    expect(result).toMatchObject({ kind: 'ended', reason: 'refused', error: { code: 'GuardrailBlocked' }, costUsd: 0, attempts: [] });
    expect(result.kind === 'ended' && result.error.message).toContain('topic: weapons');
    expect(calls()).toBe(0);
  });

  it('refuses an answer that is blocked, with what it cost', async () => {
    const { ask } = setUp('output', [BLOCKED]);
    const result = await ask();
    expect(result).toMatchObject({ kind: 'ended', reason: 'refused', attempts: [{ outcome: 'succeeded' }] });
    expect(result.kind === 'ended' && result.costUsd).toBeGreaterThan(0);
    expect(JSON.stringify(result)).not.toContain('Paris.');
  });

  it.each([
    ['input', 2, 0],
    ['output', 4, 1],
  ] as const)('waits when nobody can say of the %s, after asking again', async (applies, times, modelCalls) => {
    const { ask, asked, calls, pauses } = setUp(applies, [UNKNOWN]);
    expect(await ask()).toMatchObject({ kind: 'waiting', reason: 'unavailable', error: { code: 'ThrottlingException' } });
    expect(asked).toHaveLength(times);
    expect(pauses).toHaveLength(times - 1);
    expect(calls()).toBe(modelCalls);
  });

  it('goes on when it can say after a while', async () => {
    expect(await setUp('output', [UNKNOWN, UNKNOWN, PASSED]).ask()).toMatchObject({ kind: 'answered' });
  });

  it('is never passed by for want of something to ask', async () => {
    const { ports, input } = setUp('input', [PASSED]);
    const { guard: _, ...without } = ports;
    await expect(createAnswer(without)(input)).rejects.toThrow('guardrail');
  });

  it('gives no piece of an answer away that is still to be looked at', async () => {
    const { ports, input } = setUp('output', [PASSED]);
    await expect(createStreamedAnswer(ports)({ ...input, onDelta: () => undefined })).rejects.toThrow('whole');
  });
});
