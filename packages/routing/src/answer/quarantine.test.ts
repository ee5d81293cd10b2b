import type { CallModel, ModelReply } from '@signalbox/contracts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeRandom } from '../testing/make-random.ts';
import { makeRequest } from '../testing/make-request.ts';
import { makeTable, makeTarget } from '../testing/make-table.ts';
import { answered, failed, START, scriptModel } from '../testing/scripted-model.ts';
import { createAnswer } from './answer.ts';
import type { AnswerInput } from './answer-input.ts';
import type { AnswerResult } from './answer-result.ts';
import { createProcessHealth } from './process-health.ts';
import { NO_STRIKES, type Strikes } from './strikes.ts';

const content = { messages: [{ role: 'user' as const, content: [{ text: 'Hi' }] }] };
const hung = failed('timed-out', { error: 'FirstTokenTimeout' });

/** A process in which other requests are answered or not, and one request is received again and again. */
function createProcess({ targets = ['a', 'b'] }: { targets?: string[] } = {}) {
  const made = makeTable({ targets: targets.map((id) => makeTarget(id)) });
  const health = createProcessHealth({ random: () => 0.5 });
  let reply: ModelReply = hung;
  const model = scriptModel(() => ({ reply, takesMs: 10_000 }));
  const answer = createAnswer({ ...model.ports, health });
  const base = { content, features: makeRequest(), ...made, signal: new AbortController().signal };
  return {
    clock: model.clock,
    receive: (
      strikesBefore: Strikes | undefined,
      withReply: ModelReply = hung,
      stated: Partial<AnswerInput> = {},
    ): Promise<AnswerResult> => {
      reply = withReply;
      return answer({ ...base, id: 'suspect', endsAt: model.clock.now + 300_000, strikesBefore, ...stated });
    },
    others: (outcomes: Partial<Record<string, boolean>>) => {
      for (const [id, isAnswered] of Object.entries(outcomes)) {
        for (let count = 0; count < 3; count++) {
          const endCall = health.recentCalls.begin({ target: makeTarget(id), requestId: 'other', startedAt: model.clock.now });
          endCall(isAnswered ? 'answered' : 'failed', model.clock.now + 1_000);
        }
      }
      model.clock.now += 5_000;
    },
  };
}

function strikesOf(result: AnswerResult): Strikes {
  if (result.kind !== 'waiting') throw new Error(`it is ${result.kind}, not waiting`);
  return result.strikes;
}

describe('an ambiguous failure', () => {
  it('is never held against a request in its first receive', async () => {
    const { receive, others } = createProcess();
    others({ a: true, b: true });
    expect(strikesOf(await receive(undefined))).toEqual({ againstRequest: 0, total: 2, struckAt: START + 15_000 });
  });

  it('quarantines a request whose targets answer others between its failures', async () => {
    const { receive, others } = createProcess();
    const first = await receive(undefined);
    others({ a: true, b: true });
    const second = await receive(strikesOf(first));
    expect(second).toMatchObject({ kind: 'ended', reason: 'quarantined', error: { code: 'Quarantined' } });
    expect(first.attempts.length + second.attempts.length).toBe(4);
  });

  it('at a target that is well is followed by no look at one that is not, which would tell nothing', async () => {
    const { receive, others } = createProcess();
    const first = await receive(undefined);
    others({ a: true, b: false });
    const second = await receive(strikesOf(first));
    expect(second).toMatchObject({ kind: 'waiting', attempts: [{ target: 'a' }], strikes: { againstRequest: 1, total: 3 } });
    others({ a: true });
    const third = await receive(strikesOf(second));
    expect(third).toMatchObject({ kind: 'ended', reason: 'quarantined', attempts: [{ target: 'a' }] });
    expect([first, second, third].flatMap(({ attempts }) => attempts)).toHaveLength(4);
  });

  it('quarantines at its third receive where there is one target', async () => {
    const { receive, others } = createProcess({ targets: ['a'] });
    const first = strikesOf(await receive(undefined));
    others({ a: true });
    const second = strikesOf(await receive(first));
    expect(second).toMatchObject({ againstRequest: 1, total: 2 });
    others({ a: true });
    expect(await receive(second)).toMatchObject({ kind: 'ended', reason: 'quarantined', attempts: [{ target: 'a' }] });
  });

  it('is the fault of targets that fail for others too', async () => {
    const { receive, others, clock } = createProcess();
    const first = await receive(undefined);
    others({ a: false, b: false });
    clock.now += 61_000;
    expect(strikesOf(await receive(strikesOf(first)))).toMatchObject({ againstRequest: 0, total: 4 });
  });

  it('is not repeated within a minute at a target that answers others no longer: the request waits for a witness', async () => {
    const { receive, others } = createProcess();
    const first = strikesOf(await receive(undefined));
    others({ a: false, b: false });
    expect(await receive(first)).toEqual({
      kind: 'waiting',
      reason: 'unavailable',
      detail: 'it failed without a clear cause; tried again once a target has answered others',
      isBrief: true,
      strikes: first,
      costUsd: 0,
      attempts: [],
    });
  });

  it('is tried again at once where nobody else comes who could tell, but at one target only', async () => {
    const { receive } = createProcess();
    const first = strikesOf(await receive(undefined));
    expect(await receive(first)).toMatchObject({ kind: 'waiting', attempts: [{ target: 'a' }], strikes: { againstRequest: 0, total: 3 } });
    expect(await receive(first, answered())).toMatchObject({ kind: 'answered' });
  });

  it('waits for another draw where nobody else comes, while the other target is well', async () => {
    const { receive, others } = createProcess();
    const strikesBefore = strikesOf(await receive(undefined));
    others({ b: true });
    expect(await receive(strikesBefore)).toMatchObject({ kind: 'waiting', isBrief: true, strikes: strikesBefore, attempts: [] });
  });

  it.each<[string, Partial<AnswerInput>]>([
    ['where nobody can wait', { takesAll: true }],
    ['before the end of the request', { endsAt: START + 40_000 }],
  ])('has its second look all the same %s', async (_, stated) => {
    const { receive, others } = createProcess();
    const first = strikesOf(await receive(undefined));
    others({ a: false, b: false });
    const { attempts } = await receive(first, failed('timed-out', { error: 'FirstTokenTimeout' }), stated);
    expect(attempts.map(({ target }) => target).join(' ')).toBe('a b');
  });

  it('is not judged by evidence that is older than a minute', async () => {
    const { receive, others, clock } = createProcess();
    const first = await receive(undefined);
    others({ a: true, b: true });
    clock.now += 61_000;
    expect(strikesOf(await receive(strikesOf(first)))).toMatchObject({ againstRequest: 0 });
  });

  it('is not judged by calls before it', async () => {
    const { receive, others, clock } = createProcess();
    const first = await receive(undefined);
    clock.now -= 12_000;
    others({ a: true, b: true });
    expect(strikesOf(await receive(strikesOf(first)))).toMatchObject({ againstRequest: 0 });
  });

  it('is not held against a request that was cut off by the end of its receive', async () => {
    const { receive, others, clock } = createProcess();
    const first = await receive(undefined);
    others({ a: true, b: true });
    const second = await receive(strikesOf(first), hung, { endsAt: clock.now + 9_000 });
    expect(second).toMatchObject({ kind: 'waiting', reason: 'out-of-time', strikes: { againstRequest: 0, total: 3 } });
  });

  it('does not stand in the way of an answer', async () => {
    const { receive, others } = createProcess();
    const first = await receive(undefined);
    others({ a: true, b: true });
    expect(await receive(strikesOf(first), answered())).toMatchObject({ kind: 'answered' });
  });

  it('ends a request that is alone after 40 strikes, not earlier', async () => {
    const { receive, clock } = createProcess();
    let strikes = NO_STRIKES;
    for (let index = 0; index < 19; index++) {
      strikes = strikesOf(await receive(strikes));
      clock.now += 120_000;
    }
    expect(strikes).toMatchObject({ againstRequest: 0, total: 38 });
    expect(await receive(strikes)).toMatchObject({
      kind: 'ended',
      reason: 'quarantined',
      error: { message: expect.stringContaining('40 times') },
    });
  });
});

/** Whether a call hangs that would have been answered between these times, in milliseconds from the start. */
type Hangs = (call: { id: string; fromMs: number; toMs: number }) => boolean;
type Load = { seed: number; seconds: number; hangs: Hangs; tenantOf?: (id: string) => string };

const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** A model that answers after 0.3 to 3.3 s, or hangs to the first-token limit. */
function createHangingModel({
  random,
  hangs,
  id,
  startedAt,
}: {
  random: () => number;
  hangs: Hangs;
  id: string;
  startedAt: number;
}): CallModel {
  return async ({ limits }) => {
    const fromMs = Date.now() - startedAt;
    const takesMs = 300 + random() * 3_000;
    const isHung = hangs({ id, fromMs, toMs: fromMs + takesMs });
    await sleep(isHung ? (limits.firstTokenMs ?? limits.totalMs) : takesMs);
    return isHung ? hung : answered();
  };
}

/**
 * A worker under load, in virtual time: a request begins every 500 ms, calls overlap, and a request that waits is parked for 5 s
 * doubling to 15 min, with full jitter, and received again until it ends.
 */
async function simulate({
  seed,
  seconds,
  hangs,
  tenantOf = () => 'acme',
}: Load): Promise<{ id: string; kind: string; attempts: number }[]> {
  const random = makeRandom(seed);
  const made = makeTable({ targets: ['a', 'b', 'c'].map((id) => makeTarget(id)) });
  const ports = { now: Date.now, random, sleep, health: createProcessHealth({ random }) };
  const startedAt = Date.now();
  const live = async (id: string) => {
    const answer = createAnswer({ ...ports, callModel: createHangingModel({ random, hangs, id, startedAt }) });
    const input = { id, content, features: makeRequest({ tenant: tenantOf(id) }), ...made, signal: new AbortController().signal };
    let attempts = 0;
    let strikesBefore: Strikes | undefined;
    for (let deferrals = 0; ; deferrals++) {
      const result = await answer({ ...input, endsAt: Date.now() + 75_000, strikesBefore });
      attempts += result.attempts.length;
      if (result.kind !== 'waiting') return { id, kind: result.kind, attempts };
      strikesBefore = result.strikes;
      await sleep(random() * Math.min(900, 5 * 2 ** deferrals) * 1_000);
    }
  };
  const lives: ReturnType<typeof live>[] = [];
  for (let index = 0; index < seconds * 2; index++) {
    lives.push(live(`${index}`));
    await vi.advanceTimersByTimeAsync(500);
  }
  await vi.advanceTimersByTimeAsync(2 * 3_600_000);
  return Promise.all(lives);
}

describe('under load', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: START });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each([
    [1, 180],
    [2, 180],
    [3, 180],
    [4, 10],
    [5, 30],
    [6, 59],
  ])('no request fails while every target hangs (seed %i, %i s)', async (seed, outageSeconds) => {
    const end = (20 + outageSeconds) * 1_000;
    const lives = await simulate({ seed, seconds: outageSeconds + 60, hangs: ({ fromMs, toMs }) => toMs > 20_000 && fromMs < end });
    expect(lives.filter(({ kind }) => kind !== 'answered')).toEqual([]);
    expect(Math.max(...lives.map(({ attempts }) => attempts))).toBeGreaterThan(2);
  });

  const isPoison = (id: string) => Number(id) < 200 && Number(id) % 20 === 7;
  it.each<[string, (id: string) => string]>([
    ['of a tenant of its own', (id) => (isPoison(id) ? 'poisoner' : `tenant-${Number(id) % 3}`)],
    ['of the only tenant', () => 'acme'],
  ])('poison %s costs four attempts at most, and nobody else fails', async (_, tenantOf) => {
    const lives = await simulate({ seed: 7, seconds: 300, hangs: ({ id }) => isPoison(id), tenantOf });
    const poison = lives.filter(({ id }) => isPoison(id));
    expect(poison).toHaveLength(10);
    expect(new Set(poison.map(({ kind }) => kind))).toEqual(new Set(['ended']));
    expect(Math.max(...poison.map(({ attempts }) => attempts))).toBeLessThanOrEqual(4);
    expect(lives.filter(({ id, kind }) => !isPoison(id) && kind !== 'answered')).toEqual([]);
  });

  it('hardly a request fails when every third call hangs at random', async () => {
    const random = makeRandom(8);
    const lives = await simulate({ seed: 8, seconds: 300, hangs: () => random() < 0.33 });
    expect(lives.filter(({ kind }) => kind === 'ended').length / lives.length).toBeLessThan(0.004);
  });
});
