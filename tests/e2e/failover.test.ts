import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Attempt, RoutingTable } from '@signalbox/contracts';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type BusListener, listenToBus } from './kit/bus-listener.ts';
import { ask, type Heard, post, type Question } from './kit/chat-caller.ts';
import { deployFailoverTable, type FailoverRoute, PROVIDERS, type Provider, priceOf, targetOf } from './kit/failover-table.ts';
import { type RunningStack, startStack } from './kit/running-stack.ts';
import { createSimulator, type ModelAttempt, type ModelFault } from './kit/simulator.ts';

const WAYS = ['whole', 'stream'] as const;
type Way = (typeof WAYS)[number];

/** Long beside an answer on a busy machine. */
const SILENCE_MS = 2_000;

/** Routes that exist for each provider and each way of asking, so that what befalls one says nothing of another. */
const RULES: Record<string, Omit<FailoverRoute, 'name' | 'provider'>> = {
  'waits-once': {},
  'waits-too-long': {},
  'is-not-told': {},
  'fails-500': {},
  'fails-503': {},
  'fails-reset': {},
  'stays-down': {},
  silent: { limits: { firstTokenMs: SILENCE_MS } },
  'cut-held': { rescue: 'hold' },
  'stall-held': { rescue: 'hold', limits: { idleMs: SILENCE_MS } },
  'cut-early': { rescue: 'restart' },
  'ends-early': { rescue: 'restart' },
  'cut-late': { rescue: 'restart' },
  'stall-late': { rescue: 'restart', limits: { idleMs: SILENCE_MS } },
  'too-long': { targets: 3, contextTokens: [2_000, 1_000, 4_000] },
  filtered: {},
  invalid: {},
  'all-down': { targets: 3 },
  budget: { targets: 3, limits: { firstTokenMs: 5_000 } },
  'hung-up': {},
};
const EASY = 'easy';

vi.setConfig({ testTimeout: 60_000 });

const routeName = (rule: string, provider: Provider, way: Way) => `${rule}-${provider}-${way}`;

let running: RunningStack;
let bus: BusListener;
let table: RoutingTable;
let simulator: ReturnType<typeof createSimulator>;
let small: Server;

beforeAll(async () => {
  // A minute as on AWS, so that no schedule of the platform falls into a test.
  running = await startStack({ args: ['--minute', '60s'] });
  small = await startSmallServer();
  const ways = PROVIDERS.flatMap((provider) => WAYS.map((way) => ({ provider, way })));
  const routes = ways.flatMap(({ provider, way }) =>
    Object.entries(RULES).map(([rule, more]) => ({ ...more, name: routeName(rule, provider, way), provider })),
  );
  const firstBaseUrl = `http://127.0.0.1:${(small.address() as AddressInfo).port}/v1`;
  const larger = WAYS.map((way) => ({
    name: `larger-${way}`,
    provider: 'openai' as const,
    targets: 3,
    contextTokens: [2_000, 1_000, 4_000],
    firstBaseUrl,
  }));
  table = await deployFailoverTable(running.stack, [...routes, ...larger, { name: EASY, provider: 'bedrock' }]);
  bus = await listenToBus(running.stack);
  simulator = createSimulator(running.stack);
  // What its first call takes is not what a call takes.
  expect(await ask(running.stack, { model: EASY, text: 'Hello' })).toMatchObject({ status: 200 });
}, 120_000);
afterEach(() => simulator.heal());
afterAll(async () => {
  small?.close();
  await running?.stop();
});

/** A server whose model is too small for anything, in the words of OpenAI's API. */
async function startSmallServer(): Promise<Server> {
  const error = {
    message: "This model's maximum context length is 8192 tokens.",
    type: 'invalid_request_error',
    code: 'context_length_exceeded',
  };
  const server = createServer((request, response) => {
    request.resume().once('end', () => response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ error })));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** Both sides of one call. */
type Told = { heard: Heard; seen: ModelAttempt[]; of: (index: number) => ModelAttempt[]; route: string };

const ANSWER = '[[tokens:40]] Tell me of signal boxes.';

async function call(route: string, way: Way, more: Partial<Question> = {}): Promise<Told> {
  const heard = await ask(running.stack, { model: route, text: ANSWER, stream: way === 'stream', ...more });
  const seen = (await simulator.attempts()).filter(({ modelId }) => modelId.startsWith(`${route}-`));
  return { heard, seen, of: (index) => seen.filter(({ modelId }) => modelId === targetOf(route, index)), route };
}

/** The answer is whole, and names who gave it and after how many calls. */
function expectWhole({ heard, route, seen }: Told, index: number): void {
  expect(heard).toMatchObject({ status: 200, isComplete: true, error: undefined, usage: { completion_tokens: 40 } });
  expect(heard.text).toHaveLength(160);
  expect(heard.headers.get('x-signalbox-target'), JSON.stringify(seen)).toBe(targetOf(route, index));
  expect(heard.model).toBe(table.targets[targetOf(route, index)]?.model);
  expect(heard.headers.get('x-signalbox-attempts')).toBe(String(seen.length));
}

/** A process retries for a fifth of its requests: so many pay for one that follows. */
async function earnRetries(): Promise<void> {
  for (let count = 0; count < 2; count++) await ask(running.stack, { model: EASY, text: '[[tokens:1]] Hello', maxTokens: 1 });
}

async function ended(heard: Heard): Promise<Record<string, unknown> & { attempts: Attempt[]; costUsd: number }> {
  const id = heard.headers.get('x-signalbox-request-id');
  const [event] = await bus.waitFor(({ data, detailType }) => data.id === id && /^Inference(Completed|Failed)$/.test(detailType));
  return { ...event?.data, detailType: event?.detailType } as never;
}

const apart = ([first, second]: ModelAttempt[]) => (second?.at ?? Number.NaN) - (first?.at ?? Number.NaN);

describe.each(PROVIDERS)('of %s', (provider) => {
  describe.each(WAYS)('asked for a %s', (way) => {
    const breakFirst = (rule: string, fault: ModelFault) => simulator.break(targetOf(routeName(rule, provider, way), 0), fault);
    const askRule = (rule: string, more?: Partial<Question>) => call(routeName(rule, provider, way), way, more);

    it('a Retry-After that fits is waited for once', async () => {
      await earnRetries();
      await breakFirst('waits-once', { kind: 'throttle', retryAfterSeconds: 1, times: 1 });
      const told = await askRule('waits-once');
      expectWhole(told, 0);
      expect(told.seen.map(({ status }) => status)).toEqual([429, 200]);
      expect(apart(told.seen)).toBeGreaterThanOrEqual(1_000);
      expect(apart(told.seen)).toBeLessThan(2_000);
    });

    it('one that is longer than the route waits sends the call to the next target', async () => {
      await breakFirst('waits-too-long', { kind: 'throttle', retryAfterSeconds: 20 });
      const told = await askRule('waits-too-long');
      expectWhole(told, 1);
      expect(told.of(0)).toHaveLength(1);
      expect(apart(told.seen)).toBeLessThan(15_000);
    });

    it('a 429 without one is tried once more after a moment, and then the next target', async () => {
      await earnRetries();
      await breakFirst('is-not-told', { kind: 'throttle' });
      const told = await askRule('is-not-told');
      expectWhole(told, 1);
      expect(told.of(0)).toHaveLength(2);
      expect(apart(told.of(0))).toBeGreaterThanOrEqual(100);
    });

    it.each([500, 503, 0])('one %s is tried once more on the same target', async (status) => {
      await earnRetries();
      const rule = `fails-${status || 'reset'}`;
      await breakFirst(rule, { kind: 'error', status, times: 1 });
      const told = await askRule(rule);
      if (status === 0) {
        // On a connection that was kept it may be no attempt at all: then a fresh one is taken, and nothing counted.
        expect(told.heard).toMatchObject({ status: 200, isComplete: true });
        expect(told.heard.headers.get('x-signalbox-target')).toBe(targetOf(told.route, 0));
      } else expectWhole(told, 0);
      expect(told.of(0)).toHaveLength(2);
      expect(told.of(1)).toEqual([]);
    });

    it('a second 503 sends the call to the next target', async () => {
      await earnRetries();
      await breakFirst('stays-down', { kind: 'error', status: 503 });
      const told = await askRule('stays-down');
      expectWhole(told, 1);
      expect(told.of(0)).toHaveLength(2);
      expect(apart(told.of(0))).toBeGreaterThanOrEqual(50);
    });

    it('silence is not tried again: the next target is asked at the first-token limit', async () => {
      await breakFirst('silent', { kind: 'hang' });
      const told = await askRule('silent');
      expectWhole(told, 1);
      expect(told.of(0)).toHaveLength(1);
      // The limit runs from a call's begin; a provider sees it when it has come, which the first time is later.
      const { attempts } = await ended(told.heard);
      const [first, second] = attempts.map(({ startedAt }) => startedAt);
      expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(SILENCE_MS - 50);
      expect(apart(told.seen)).toBeLessThan(2 * SILENCE_MS);
    });

    it.each(['cut-stream', 'stall-stream'] as const)(
      'a %s of a route that holds is made good whole, and every token is paid for',
      async (kind) => {
        const rule = kind === 'cut-stream' ? 'cut-held' : 'stall-held';
        await breakFirst(rule, { kind, afterTokens: 12 });
        const told = await askRule(rule);
        expectWhole(told, 1);
        expect(told.seen).toHaveLength(2);
        const { attempts, costUsd, usage } = await ended(told.heard);
        expect(attempts.map(({ target }) => target)).toEqual([targetOf(told.route, 0), targetOf(told.route, 1)]);
        expect(attempts[0]?.usage).toMatchObject({ estimated: true });
        expect(attempts[0]?.usage?.outputTokens).toBeGreaterThanOrEqual(10);
        expect(usage).toMatchObject({ outputTokens: 40 });
        expect(costUsd).toBeCloseTo(
          attempts.reduce((sum, attempt) => sum + priceOf(table, attempt), 0),
          9,
        );
      },
    );

    it('a cut before the first token is made good by the next target, whatever the route says', async () => {
      await breakFirst('cut-early', { kind: 'cut-stream', afterTokens: 0 });
      const told = await askRule('cut-early');
      expect(told.heard).toMatchObject({ status: 200, isComplete: true, error: undefined, usage: { completion_tokens: 40 } });
      expect(told.heard.headers.get('x-signalbox-target')).toBe(targetOf(told.route, 1));
    });

    it.each(['cut-late', 'stall-late', 'ends-early'] as const)('an answer that is %s is never taken for whole', async (rule) => {
      const fault: ModelFault & { how?: string } =
        rule === 'stall-late' ? { kind: 'stall-stream', afterTokens: 12 } : { kind: 'cut-stream', afterTokens: 12 };
      await breakFirst(rule, rule === 'ends-early' ? ({ ...fault, how: 'end' } as ModelFault) : fault);
      const told = await askRule(rule);
      // Nothing of a whole answer has been sent when it breaks, so another can be.
      if (way === 'whole') return expectWhole(told, 1);
      expect(told.heard).toMatchObject({ status: 200, isComplete: false, finishReason: undefined, isDone: false });
      expect(told.heard.error).toMatchObject({
        code: 'answer_interrupted',
        attempts: [{ target: targetOf(told.route, 0), outcome: expect.stringMatching(/malformed|timed-out/) }],
      });
      expect(told.heard.text.length).toBeGreaterThan(0);
      expect(told.seen).toHaveLength(1);
      expect(await ended(told.heard)).toMatchObject({ detailType: 'InferenceFailed', attempts: [{ usage: { estimated: true } }] });
    });

    it('too long for one model goes to a larger one, and only there', async () => {
      const told = await askRule('too-long', { text: '[[too-long]] A long story.' });
      expect(told.heard).toMatchObject({ status: 400, isComplete: false, error: { code: 'context_length_exceeded' } });
      expect(told.seen.map(({ modelId }) => modelId)).toEqual([targetOf(told.route, 0), targetOf(told.route, 2)]);
    });

    it('a content filter is one attempt, and says whose it was', async () => {
      const told = await askRule('filtered', { text: '[[stop:content_filtered]] Forbidden.' });
      // What the filter let through had been sent when it struck.
      const status = way === 'whole' ? 400 : 200;
      expect(told.heard).toMatchObject({ status, isComplete: false, isDone: way === 'whole', error: { code: 'content_filter' } });
      expect(await ended(told.heard)).toMatchObject({ detailType: 'InferenceFailed', reason: 'refused' });
      expect(told.heard.error?.attempts).toMatchObject([{ target: targetOf(told.route, 0), outcome: 'refused' }]);
      expect(told.seen).toHaveLength(1);
    });

    it('an invalid request is one attempt, and the provider’s words reach the caller alone', async () => {
      const id = targetOf(routeName('invalid', provider, way), 0);
      await breakFirst('invalid', { kind: 'error', status: 400 });
      const told = await askRule('invalid');
      const words = `Simulated fault of ${id}`;
      expect(told.heard).toMatchObject({ status: 400, error: { code: 'rejected_by_model', message: expect.stringContaining(words) } });
      expect(told.seen).toHaveLength(1);
      expect(JSON.stringify(await ended(told.heard))).not.toContain('Simulated fault of');
      expect(running.log()).not.toContain('Simulated fault of');
    });

    it('when nobody answers, the caller gets the first error, every attempt, and when to come back', async () => {
      await earnRetries();
      const faults: ModelFault[] = [
        { kind: 'throttle', retryAfterSeconds: 30 },
        { kind: 'error', status: 503 },
        { kind: 'error', status: 500 },
      ];
      for (const [index, fault] of faults.entries()) await simulator.break(targetOf(routeName('all-down', provider, way), index), fault);
      const told = await askRule('all-down');
      expect(told.heard).toMatchObject({ status: 503, isComplete: false, error: { code: 'all_attempts_failed' } });
      expect(Number(told.heard.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      expect(told.heard.error?.attempts?.map(({ target, status }) => [target, status])).toEqual(
        told.seen.map(({ modelId, status }) => [modelId, status]),
      );
      expect(told.heard.error?.attempts?.[0]).toMatchObject({ outcome: 'throttled', status: 429 });
      expect(told.of(0)).toHaveLength(1);
      expect(told.of(1)).toHaveLength(2);
    });

    it('the time that the caller gives is kept, whatever else would be allowed', async () => {
      await simulator.break(targetOf(routeName('budget', provider, way), 0), { kind: 'throttle', retryAfterSeconds: 1 });
      for (const index of [1, 2]) await simulator.break(targetOf(routeName('budget', provider, way), index), { kind: 'hang' });
      const told = await askRule('budget', { timeoutSeconds: 2 });
      expect(told.heard).toMatchObject({ isComplete: false, error: { code: expect.stringMatching(/out_of_time|all_attempts_failed/) } });
      // What a busy machine adds before and after is not the call's.
      expect(await ended(told.heard)).toMatchObject({ timing: { totalMs: expect.toSatisfy((ms: number) => ms < 2_500) } });
      const ends = told.seen.map(({ at, durationMs }) => at + durationMs);
      expect(Math.max(...ends) - (told.seen[0]?.at ?? 0)).toBeLessThan(3_000);
    });

    it('a caller that hangs up ends the call of the model', async () => {
      const route = routeName('hung-up', provider, way);
      await breakFirst('hung-up', { kind: 'hang' });
      const leaving = new AbortController();
      const reply = post(running.stack, { model: route, text: ANSWER, stream: way === 'stream', signal: leaving.signal });
      const left = expect(reply).rejects.toThrow();
      const own = async () => (await simulator.attempts()).filter(({ modelId }) => modelId.startsWith(`${route}-`));
      const durations = async () => (await own()).map(({ durationMs }) => durationMs).join();
      // It grows as long as the call is open.
      const isOver = async () => {
        const before = await durations();
        await sleep(100);
        return before === (await durations());
      };
      for (let tries = 0; (await own()).length === 0 && tries < 100; tries++) await sleep(20);
      leaving.abort();
      await left;
      await expect.poll(isOver, { timeout: 5_000 }).toBe(true);
      expect(await own()).toHaveLength(1);
      const [event] = await bus.waitFor(({ detailType, data }) => detailType === 'InferenceFailed' && data.route === route);
      expect(event?.data).toMatchObject({ reason: 'cancelled' });
    });
  });
});

it.each(WAYS)('too long for a small server is answered by the larger model, asked for a %s', async (way) => {
  const told = await call(`larger-${way}`, way);
  expect(told.heard).toMatchObject({ status: 200, isComplete: true });
  expect(told.heard.headers.get('x-signalbox-target')).toBe(targetOf(`larger-${way}`, 2));
  expect(told.heard.headers.get('x-signalbox-attempts')).toBe('2');
  // The first target is not the simulator's, and the second is smaller still.
  expect(told.seen.map(({ modelId }) => modelId)).toEqual([targetOf(`larger-${way}`, 2)]);
});
