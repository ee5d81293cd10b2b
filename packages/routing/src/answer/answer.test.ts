import type { ModelFailure, ModelReply } from '@signalbox/contracts';
import { Attempt } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { makeRequest } from '../testing/make-request.ts';
import { makeTable, makeTarget } from '../testing/make-table.ts';
import { answered, failed, repliesByTarget, type Script, START, scriptModel } from '../testing/scripted-model.ts';
import { createAnswer } from './answer.ts';
import type { AnswerInput } from './answer-input.ts';

const content = { messages: [{ role: 'user' as const, content: [{ text: 'What is the capital of France?' }] }] };
const three = () => makeTable({ targets: ['a', 'b', 'c'].map((id) => makeTarget(id)) });

async function run(script: Script, stated: Partial<AnswerInput> = {}, made = three()) {
  const model = scriptModel(script);
  const input: AnswerInput = {
    id: 'r',
    content,
    features: makeRequest(),
    ...made,
    endsAt: START + 300_000,
    signal: new AbortController().signal,
    ...stated,
  };
  const result = await createAnswer(model.ports)(input);
  return { result, ...model, tried: model.calls.map(({ target }) => target.id) };
}

const transient = failed('faulted', { isTransient: true, status: 503 });

describe('one outcome of the first target', () => {
  const tooSmall = failed('too-long');
  it.each<[string, ModelReply, tried: string[], expected: object]>([
    [
      'succeeded is the answer',
      answered(),
      ['a'],
      { kind: 'answered', servedBy: { target: 'a', model: 'maker.a-v1:0', region: 'us-east-1' } },
    ],
    [
      'throttled goes to the next',
      failed('throttled', { retryAfterMs: 2_000 }),
      ['a', 'b'],
      { kind: 'answered', servedBy: { target: 'b' } },
    ],
    ['not-ready goes to the next', failed('not-ready'), ['a', 'b'], { kind: 'answered', servedBy: { target: 'b' } }],
    ['misconfigured goes to the next', failed('misconfigured'), ['a', 'b'], { kind: 'answered', servedBy: { target: 'b' } }],
    ['faulted for good goes to the next', failed('faulted'), ['a', 'b'], { kind: 'answered', servedBy: { target: 'b' } }],
    [
      'faulted for a moment is tried once more, then goes to the next',
      transient,
      ['a', 'a', 'b'],
      { kind: 'answered', servedBy: { target: 'b' } },
    ],
    ['timed-out goes to another', failed('timed-out'), ['a', 'b'], { kind: 'answered', servedBy: { target: 'b' } }],
    ['malformed goes to another', failed('malformed'), ['a', 'b'], { kind: 'answered', servedBy: { target: 'b' } }],
    ['model-error goes to another', failed('model-error', { status: 424 }), ['a', 'b'], { kind: 'answered', servedBy: { target: 'b' } }],
    ['model-error over a 500 goes to another', failed('model-error', { originalStatus: 500 }), ['a', 'b'], { kind: 'answered' }],
    ['model-error over a 429 goes to another', failed('model-error', { originalStatus: 429 }), ['a', 'b'], { kind: 'answered' }],
    ['model-error over a 400 is invalid', failed('model-error', { originalStatus: 400 }), ['a'], { kind: 'ended', reason: 'invalid' }],
    [
      'rejected is invalid',
      failed('rejected'),
      ['a'],
      { kind: 'ended', reason: 'invalid', error: { code: 'rejected-code', message: 'The call rejected.' } },
    ],
    [
      'refused is refused',
      failed('refused', { usage: { inputTokens: 5, outputTokens: 0 } }),
      ['a'],
      { kind: 'ended', reason: 'refused', usage: { inputTokens: 5 }, costUsd: 0.000005 },
    ],
    ['too-long ends where no target takes more', tooSmall, ['a'], { kind: 'ended', reason: 'too-long', error: { code: 'too-long-code' } }],
    ['cancelled waits', failed('cancelled'), ['a'], { kind: 'waiting', reason: 'cancelled' }],
  ])('%s', async (_, reply, tried, expected) => {
    const outcome = await run(repliesByTarget({ a: reply }));
    expect(outcome.tried).toEqual(tried);
    expect(outcome.result).toMatchObject(expected);
    expect(outcome.result.attempts).toHaveLength(tried.length);
    for (const attempt of outcome.result.attempts) expect(Attempt.safeParse(attempt).success).toBe(true);
  });
});

describe('an outcome of every target', () => {
  it.each<[ModelFailure['outcome'], tried: string[], reason: string]>([
    ['throttled', ['a', 'a', 'b', 'b', 'c', 'c'], 'throttled'],
    ['not-ready', ['a', 'b', 'c'], 'unavailable'],
    ['misconfigured', ['a', 'b', 'c'], 'unavailable'],
    ['faulted', ['a', 'b', 'c'], 'unavailable'],
    ['timed-out', ['a', 'b'], 'unavailable'],
    ['malformed', ['a', 'b'], 'unavailable'],
    ['model-error', ['a', 'b'], 'unavailable'],
  ])('%s makes the request wait', async (kind, tried, reason) => {
    const outcome = await run(() => ({ reply: failed(kind) }));
    expect(outcome.tried).toEqual(tried);
    expect(outcome.result).toMatchObject({ kind: 'waiting', reason });
  });

  it('throttled passes on the shortest wait that a target asked for', async () => {
    const replies = {
      a: failed('throttled', { retryAfterMs: 9_000 }),
      b: failed('throttled', { retryAfterMs: 2_000 }),
      c: failed('throttled'),
    };
    expect((await run(repliesByTarget(replies))).result).toMatchObject({ kind: 'waiting', reason: 'throttled', retryAfterMs: 2_000 });
  });

  it('is told in short words without content', async () => {
    const replies = {
      a: failed('throttled', { status: 429, message: 'secret' }),
      b: failed('faulted', { status: 500 }),
      c: failed('not-ready'),
    };
    expect((await run(repliesByTarget(replies))).result).toMatchObject({
      reason: 'unavailable',
      detail: 'a throttled 429, a throttled 429, b faulted 500, c not-ready',
    });
  });
});

describe('a request that is too long', () => {
  const sized = (sizes: Record<string, number | null>) =>
    makeTable({ targets: Object.entries(sizes).map(([id, contextTokens]) => makeTarget(id, { contextTokens })) });

  it('goes only to a target that is known to take more', async () => {
    const outcome = await run(repliesByTarget({ a: failed('too-long') }), {}, sized({ a: 100_000, b: 100_000, c: null, d: 200_000 }));
    expect(outcome.tried).toEqual(['a', 'd']);
    expect(outcome.result).toMatchObject({ kind: 'answered', servedBy: { target: 'd' } });
  });

  it('ends when the largest finds it too long as well', async () => {
    const outcome = await run(
      repliesByTarget({ a: failed('too-long'), b: failed('too-long') }),
      {},
      sized({ a: 100_000, b: 200_000, c: 150_000 }),
    );
    expect(outcome.tried).toEqual(['a', 'b']);
    expect(outcome.result).toMatchObject({ kind: 'ended', reason: 'too-long' });
  });

  it('ends at once where the context of the target is unknown', async () => {
    expect((await run(repliesByTarget({ a: failed('too-long') }), {}, sized({ a: null, b: 200_000 }))).result).toMatchObject({
      reason: 'too-long',
    });
  });

  it('waits while a larger target is only out for now', async () => {
    const replies = { a: failed('throttled'), b: failed('too-long') };
    const outcome = await run(repliesByTarget(replies), {}, sized({ a: 200_000, b: 100_000 }));
    expect(outcome.result).toMatchObject({ kind: 'waiting', reason: 'unavailable' });
  });
});

describe('the quick retry', () => {
  it('comes after 50 to 150 ms, and answers as the first call would have', async () => {
    const outcome = await run(repliesByTarget({ a: [transient, answered()] }));
    expect(outcome.pauses).toEqual([100]);
    expect(outcome.result).toMatchObject({ kind: 'answered', servedBy: { target: 'a' } });
    expect(outcome.result.attempts.map(({ probability, firstDraw }) => [probability, firstDraw])).toEqual([
      [1, true],
      [1, false],
    ]);
  });

  it('happens once per target, also when both are out', async () => {
    expect((await run(() => ({ reply: transient }))).tried).toEqual(['a', 'a', 'b', 'b', 'c', 'c']);
  });

  it('is left out when there is no time for it', async () => {
    const outcome = await run(() => ({ reply: transient, takesMs: 900 }), { endsAt: START + 2_000 });
    expect(outcome.tried).toEqual(['a', 'b']);
    expect(outcome.result).toMatchObject({ kind: 'waiting', reason: 'out-of-time' });
  });

  it('is not made when the request was given up during the pause', async () => {
    const controller = new AbortController();
    const model = scriptModel(() => ({ reply: transient }));
    const sleep = async () => controller.abort();
    const result = await createAnswer({ ...model.ports, sleep })({
      id: 'r',
      content,
      features: makeRequest(),
      ...three(),
      endsAt: START + 60_000,
      signal: controller.signal,
    });
    expect(model.calls).toHaveLength(1);
    expect(result).toMatchObject({ kind: 'waiting', reason: 'cancelled' });
  });

  it('is not made when the pause took longer than it should and time is up', async () => {
    const model = scriptModel(() => ({ reply: transient }));
    const sleep = async () => {
      model.clock.now += 59_500;
    };
    const result = await createAnswer({ ...model.ports, sleep })({
      id: 'r',
      content,
      features: makeRequest(),
      ...three(),
      endsAt: START + 60_000,
      signal: new AbortController().signal,
    });
    expect(model.calls).toHaveLength(1);
    expect(result).toMatchObject({ kind: 'waiting', reason: 'out-of-time' });
  });
});

describe('limits', () => {
  it('tries at most as many targets as the route allows', async () => {
    const made = makeTable({ targets: ['a', 'b', 'c', 'd'].map((id) => makeTarget(id)) });
    made.route.limits.maxTargets = 2;
    expect((await run(() => ({ reply: failed('faulted') }), {}, made)).tried).toEqual(['a', 'b']);
  });

  it('gives an attempt the limits of the route while there is time', async () => {
    const { calls } = await run(() => ({ reply: answered() }));
    expect(calls[0]?.limits).toEqual({ totalMs: 60_000, firstTokenMs: 10_000, idleMs: 10_000 });
  });

  it('gives an attempt what is left when that is less', async () => {
    const { calls } = await run(() => ({ reply: answered() }), { endsAt: START + 4_000 });
    expect(calls[0]?.limits).toEqual({ totalMs: 4_000, firstTokenMs: 4_000, idleMs: 4_000 });
  });

  it('streams only where the route has a first-token or idle limit', async () => {
    const made = three();
    made.route.limits = { attemptMs: 300_000, maxTargets: 3 };
    expect((await run(() => ({ reply: answered() }), {}, made)).calls[0]?.limits).toEqual({ totalMs: 300_000 });
  });

  it('begins nothing with less than a second left', async () => {
    const outcome = await run(() => ({ reply: answered() }), { endsAt: START + 999 });
    expect(outcome.tried).toEqual([]);
    expect(outcome.result).toMatchObject({ kind: 'waiting', reason: 'out-of-time', detail: 'no attempt was begun', attempts: [] });
    expect((await run(() => ({ reply: answered() }), { endsAt: START + 1_000 })).tried).toEqual(['a']);
  });

  it('begins nothing for a request that was given up', async () => {
    const outcome = await run(() => ({ reply: answered() }), { signal: AbortSignal.abort() });
    expect(outcome.tried).toEqual([]);
    expect(outcome.result).toMatchObject({ kind: 'waiting', reason: 'cancelled' });
  });

  it.each([
    ['the default of the route', undefined, 1_024],
    ['what was asked for', 100, 100],
    ['the cap of the route', 100_000, 4_096],
  ])('asks for %s in tokens', async (_, maxTokens, expected) => {
    const inferenceConfig = { temperature: 0, ...(maxTokens !== undefined && { maxTokens }) };
    expect((await run(() => ({ reply: answered() }), { inferenceConfig })).calls[0]?.inferenceConfig).toEqual({
      temperature: 0,
      maxTokens: expected,
    });
  });

  it('asks for no more tokens than the target can give', async () => {
    const made = makeTable({ targets: [makeTarget('a', { maxOutputTokens: 500 }), makeTarget('b', { maxOutputTokens: null })] });
    const { calls } = await run(repliesByTarget({ a: failed('faulted') }), {}, made);
    expect(calls.map(({ inferenceConfig }) => inferenceConfig.maxTokens)).toEqual([500, 1_024]);
  });
});

describe('the result', () => {
  it('counts what every attempt cost, and the usage of the answer', async () => {
    const cut = failed('malformed', { usage: { inputTokens: 1_000_000, outputTokens: 0 } });
    const { result } = await run(repliesByTarget({ a: cut }));
    expect(result).toMatchObject({ kind: 'answered', usage: { inputTokens: 10, outputTokens: 20 }, costUsd: 1.00005, firstTokenMs: 80 });
  });

  it('has no cost when the answer came without usage', async () => {
    const { usage: _, ...uncounted } = answered();
    expect((await run(() => ({ reply: uncounted as ModelReply }))).result).toMatchObject({ kind: 'answered', costUsd: null });
  });

  it('says from what and why it is degraded', async () => {
    const made = makeTable({
      targets: [makeTarget('a'), makeTarget('small', { class: 'simple' })],
      route: { candidates: [{ target: 'a', weight: 1 }], fallbacks: ['small'] },
    });
    const { result } = await run(repliesByTarget({ a: failed('faulted', { status: 500 }) }), {}, made);
    expect(result).toMatchObject({ degraded: { from: 'standard', reason: 'answered by class simple: a faulted 500' } });
  });

  it('records attempts with consecutive ids, and flags the slow ones', async () => {
    const script: Script = ({ target }) =>
      target.id === 'a' ? { reply: failed('faulted', { status: 500 }), takesMs: 6_001 } : { reply: answered(), takesMs: 6_000 };
    const { result } = await run(script, { attemptsBefore: 4 });
    expect(result.attempts).toEqual([
      {
        attemptId: 'r#5',
        target: 'a',
        model: 'maker.a-v1:0',
        region: 'us-east-1',
        startedAt: START,
        durationMs: 6_001,
        outcome: 'faulted',
        slow: true,
        error: 'faulted-code',
        status: 500,
        probability: 1,
        firstDraw: true,
      },
      {
        attemptId: 'r#6',
        target: 'b',
        model: 'maker.b-v1:0',
        region: 'us-east-1',
        startedAt: START + 6_001,
        durationMs: 6_000,
        outcome: 'succeeded',
        firstTokenMs: 80,
        usage: { inputTokens: 10, outputTokens: 20 },
        probability: 1,
        firstDraw: false,
      },
    ]);
  });

  it('is invalid at once when no target of the route can take the request, and names the reasons', async () => {
    const outcome = await run(() => ({ reply: answered() }), { features: makeRequest({ requirements: { regions: ['eu-west-1'] } }) });
    expect(outcome.tried).toEqual([]);
    expect(outcome.result).toMatchObject({
      kind: 'ended',
      reason: 'invalid',
      error: { code: 'NoSuitableTarget', message: expect.stringContaining('a (region), b (region), c (region)') },
    });
  });
});

it('lets a bug of the caller of models through', async () => {
  const bug = new TypeError('x is not a function');
  await expect(
    run(() => {
      throw bug;
    }),
  ).rejects.toBe(bug);
});
