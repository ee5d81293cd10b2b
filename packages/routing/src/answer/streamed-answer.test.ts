import type { AnswerDelta, ModelCall, ModelFailure, ModelReply, Route } from '@signalbox/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeRequest } from '../testing/make-request.ts';
import { makeTable, makeTarget } from '../testing/make-table.ts';
import { createAnswer, createStreamedAnswer } from './answer.ts';
import type { Speaker } from './answer-input.ts';

const USAGE = { inputTokens: 10, outputTokens: 3 };
const WHOLE: ModelReply = {
  outcome: 'succeeded',
  output: { message: { role: 'assistant', content: [{ text: 'One two' }] } },
  stopReason: 'end_turn',
  usage: USAGE,
};
const failure = (outcome: ModelFailure['outcome'], stated: Partial<ModelFailure> = {}): ModelFailure => ({
  outcome,
  error: `${outcome}-code`,
  message: `It ${outcome}.`,
  ...stated,
});
const text = (piece: string): AnswerDelta => ({ kind: 'text', index: 0, text: piece });

/** What a target does when it is called: the pieces that it gives, and what that comes to. */
type Script = { pieces?: string[]; reply: ModelReply };

function setUp(scripts: Record<string, Script>, route: Partial<Route> = {}) {
  const calls: ModelCall[] = [];
  const said: { text: string; by: string }[] = [];
  const callModel = async (call: ModelCall) => {
    calls.push(call);
    const { pieces = [], reply } = scripts[call.target.id] as Script;
    for (const piece of pieces) await call.onDelta?.(text(piece));
    return reply;
  };
  let now = 1_790_000_000_000;
  const ports = { callModel, now: () => ++now, random: () => 0.5, sleep: async () => undefined };
  const made = makeTable({ targets: Object.keys(scripts).map((id) => makeTarget(id)), route });
  const input = {
    id: 'r1',
    content: { messages: [{ role: 'user' as const, content: [{ text: 'Count to two' }] }] },
    features: makeRequest({}),
    ...made,
    endsAt: now + 60_000,
    signal: new AbortController().signal,
    onDelta: (delta: AnswerDelta, { servedBy }: Speaker) =>
      void said.push({ text: delta.kind === 'text' ? delta.text : '', by: servedBy.target }),
  };
  return { calls, said, ports, input, ask: createStreamedAnswer(ports) };
}

describe('an answer that is given away as it arrives', () => {
  it('passes each piece on with who gives it, and is whole in the end', async () => {
    const { ask, input, said } = setUp({ a: { pieces: ['One', ' two'], reply: WHOLE } });
    expect(await ask(input)).toMatchObject({ kind: 'answered', output: WHOLE.output, usage: USAGE, servedBy: { target: 'a' } });
    expect(said).toEqual([
      { text: 'One', by: 'a' },
      { text: ' two', by: 'a' },
    ]);
  });

  it.each([failure('faulted'), failure('timed-out'), failure('malformed'), failure('throttled'), failure('model-error')])(
    'is made good elsewhere while nothing was given: $outcome',
    async (reply) => {
      const { ask, input, said } = setUp({ a: { reply }, b: { pieces: ['Two'], reply: WHOLE } });
      expect(await ask(input)).toMatchObject({ kind: 'answered', servedBy: { target: 'b' } });
      expect(said).toEqual([{ text: 'Two', by: 'b' }]);
    },
  );

  it.each([failure('faulted', { isTransient: true, usage: USAGE }), failure('timed-out'), failure('malformed')])(
    'is interrupted once a piece was given, and nobody else is asked: $outcome',
    async (reply) => {
      const { ask, input, calls } = setUp({ a: { pieces: ['One'], reply }, b: { pieces: ['Two'], reply: WHOLE } });
      const result = await ask(input);
      expect(result).toMatchObject({
        kind: 'interrupted',
        error: { code: reply.error },
        servedBy: { target: 'a' },
        attempts: [{ target: 'a', outcome: reply.outcome }],
      });
      expect(calls).toHaveLength(1);
    },
  );

  it.each([
    [failure('refused', { providerMessage: 'Not that.', usage: USAGE }), 'refused'],
    [failure('rejected'), 'invalid'],
  ] as const)('ends as the request’s own doing where that is why it breaks off: $0.outcome', async (reply, reason) => {
    const { ask, input, calls } = setUp({ a: { pieces: ['One'], reply }, b: { pieces: ['Two'], reply: WHOLE } });
    const { outcome, error, message: _, ...told } = reply;
    expect(await ask(input)).toMatchObject({ kind: 'ended', reason, error: { code: error }, attempts: [{ outcome }], ...told });
    expect(calls).toHaveLength(1);
  });

  it('is nobody’s failure when the caller left in the middle', async () => {
    const caller = new AbortController();
    const { ask, input } = setUp({ a: { pieces: ['One'], reply: failure('cancelled') }, b: { reply: WHOLE } });
    const onDelta = () => caller.abort();
    expect(await ask({ ...input, signal: caller.signal, onDelta })).toMatchObject({ kind: 'waiting', reason: 'cancelled' });
  });

  it('has no second call beside it, of which the pieces would mix', async () => {
    const { ask, input, calls } = setUp(
      { a: { pieces: ['One'], reply: WHOLE }, b: { pieces: ['Two'], reply: WHOLE } },
      { hedge: { afterMs: 1, budget: 1 } },
    );
    await ask(input);
    expect(calls).toHaveLength(1);
  });

  it('reads on only when the caller has taken a piece', async () => {
    const { ask, input } = setUp({ a: { pieces: ['1', '2', '3'], reply: WHOLE } });
    const order: string[] = [];
    const onDelta = async (delta: AnswerDelta) => {
      const piece = delta.kind === 'text' ? delta.text : '';
      order.push(`begin ${piece}`);
      await new Promise((resolve) => setImmediate(resolve));
      order.push(`end ${piece}`);
    };
    await ask({ ...input, onDelta });
    expect(order).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2', 'begin 3', 'end 3']);
  });

  it('never mixes the pieces of two targets, whatever each of them does', async () => {
    const script = fc.record({
      pieces: fc.array(fc.constantFrom('x', 'y'), { maxLength: 3 }),
      reply: fc.constantFrom(
        WHOLE,
        failure('faulted'),
        failure('timed-out'),
        failure('throttled'),
        failure('refused'),
        failure('too-long'),
      ),
    });
    await fc.assert(
      fc.asyncProperty(script, script, script, async (a, b, c) => {
        const { ask, input, said } = setUp({ a, b, c });
        const result = await ask(input);
        const speakers = new Set(said.map(({ by }) => by));
        expect(speakers.size).toBeLessThanOrEqual(1);
        if (speakers.size === 1 && (result.kind === 'answered' || result.kind === 'interrupted'))
          expect(speakers).toContain(result.servedBy.target);
        if (said.length > 0) expect(['answered', 'interrupted', 'ended']).toContain(result.kind);
      }),
    );
  });
});

describe('a loop for whole answers', () => {
  it('gives nothing away, and asks for vectors where the route does', async () => {
    const { ports, input, calls, said } = setUp({ a: { pieces: ['One'], reply: WHOLE } }, { operation: 'embed' });
    const { onDelta: _, ...whole } = input;
    expect(await createAnswer(ports)(whole)).toMatchObject({ kind: 'answered' });
    expect(calls[0]).toMatchObject({ operation: 'embed' });
    expect(calls[0]).not.toHaveProperty('onDelta');
    expect(said).toEqual([]);
  });

  it('says what the first attempt failed by, and what those that used tokens cost', async () => {
    const cut = failure('malformed', { usage: { inputTokens: 1_000_000, outputTokens: 0 } });
    const { ports, input } = setUp({ a: { reply: cut }, b: { reply: failure('faulted') } });
    const { onDelta: _, ...whole } = input;
    const result = await createAnswer(ports)(whole);
    expect(result).toMatchObject({ kind: 'waiting', error: { code: 'malformed-code' } });
    expect(result.kind === 'waiting' && result.costUsd).toBeGreaterThan(0);
  });
});
