import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { InferenceResult, type StackFile } from '@signalbox/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ask, type Heard, post } from './kit/chat-caller.ts';
import { deployFailoverTable, type FailoverRoute, PROVIDERS, type Provider, targetOf } from './kit/failover-table.ts';
import { createProducer } from './kit/producer.ts';
import { startStack } from './kit/running-stack.ts';
import { createSimulator, type ModelAttempt, type ModelFault } from './kit/simulator.ts';

const REAL_MINUTES = ['--minute', '60s'];

/** Runs against a stack of its own with these routes in force. */
async function withStack(routes: readonly FailoverRoute[], run: (stack: StackFile) => Promise<void>): Promise<void> {
  const running = await startStack({ args: REAL_MINUTES });
  try {
    await deployFailoverTable(running.stack, routes);
    await run(running.stack);
  } finally {
    await running.stop();
  }
}

describe('an outage of the first choice for a minute', () => {
  const OUTAGE_SECONDS = 60;
  const REQUESTS = 20;
  const FAULTS: Record<string, ModelFault> = { refusing: { kind: 'error', status: 503 }, silent: { kind: 'hang' } };
  const outages = PROVIDERS.flatMap((provider) => Object.keys(FAULTS).map((how) => ({ provider, how, name: `outage-${how}-${provider}` })));

  it('is noticed by no caller; few calls go to the dead target, and it is back within 30 s of healing', async () => {
    const routes = outages.map(({ name, provider }) => ({ name, provider, limits: { firstTokenMs: 2_000 } }));
    await withStack(routes, async (stack) => {
      const seen = await Promise.all(outages.map((outage) => sitThrough(stack, outage)));
      for (const { name, unanswered, deadCalls, backAfterMs } of seen) {
        expect(unanswered, name).toBe(0);
        // A caller that knew nothing would make two for each request.
        expect(deadCalls, name).toBeLessThanOrEqual(REQUESTS / 2);
        expect(backAfterMs, name).toBeLessThanOrEqual(30_000);
      }
    });
  }, 240_000);

  async function sitThrough(stack: StackFile, { name, how }: { name: string; how: string }) {
    const simulator = createSimulator(stack);
    const dead = targetOf(name, 0);
    const question = { model: name, text: '[[tokens:20]] Are you there?', stream: true };
    expect(await ask(stack, question)).toMatchObject({ isComplete: true });
    await simulator.break(dead, { ...(FAULTS[how] as ModelFault), forSeconds: OUTAGE_SECONDS });
    const [startsAt, endsAt] = [Date.now(), Date.now() + OUTAGE_SECONDS * 1_000];
    const heard: Promise<Heard>[] = [];
    for (let count = 0; count < REQUESTS; count++) {
      heard.push(ask(stack, question));
      await sleep((OUTAGE_SECONDS * 1_000) / REQUESTS);
    }
    const unanswered = (await Promise.all(heard)).filter(({ isComplete }) => !isComplete).length;
    const backAt = await untilBack(stack, question, { target: dead, endsAt });
    const deadCalls = (await simulator.attempts()).filter(({ modelId, at }) => modelId === dead && at >= startsAt && at < endsAt).length;
    return { name, unanswered, deadCalls, backAfterMs: backAt - endsAt };
  }

  async function untilBack(stack: StackFile, question: Parameters<typeof ask>[1], { target, endsAt }: { target: string; endsAt: number }) {
    for (;;) {
      const reply = await ask(stack, question);
      expect(reply.isComplete).toBe(true);
      if (reply.headers.get('x-signalbox-target') === target && Date.now() >= endsAt) return Date.now();
      if (Date.now() > endsAt + 90_000) return Number.POSITIVE_INFINITY;
      await sleep(1_000);
    }
  }
});

describe('any mix of faults', () => {
  const MIXES = 32;
  const AT_ONCE = 4;
  const BUDGET_SECONDS = 3;
  const TARGETS = 3;

  const fault: fc.Arbitrary<ModelFault | undefined> = fc.option(
    fc
      .oneof(
        fc.record({ kind: fc.constant('error' as const), status: fc.constantFrom(0, 400, 403, 424, 500, 503) }),
        fc.record({ kind: fc.constant('throttle' as const) }),
        fc.record({ kind: fc.constant('throttle' as const), retryAfterSeconds: fc.constantFrom(1, 2, 30) }),
        fc.record({ kind: fc.constant('hang' as const) }),
        fc.record({ kind: fc.constant('latency' as const), latencyMs: fc.integer({ min: 100, max: 4_000 }) }),
        fc.record({
          kind: fc.constantFrom('cut-stream' as const, 'stall-stream' as const, 'malformed' as const),
          afterTokens: fc.integer({ min: 0, max: 30 }),
        }),
      )
      .chain((made) =>
        fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined }).map((times) => ({ ...made, ...(times && { times }) })),
      ),
    { nil: undefined, freq: 8 },
  );
  const mixes = fc.sample(
    fc.record({
      faults: fc.array(fault, { minLength: TARGETS, maxLength: TARGETS }),
      provider: fc.constantFrom<Provider>(...PROVIDERS),
      rescue: fc.constantFrom('hold' as const, 'restart' as const),
      stream: fc.boolean(),
    }),
    { numRuns: MIXES, seed: 20_261_122 },
  );

  it('keeps to the time, calls no target more than twice, never at once again, and gives nothing broken for whole', async () => {
    const limits = { firstTokenMs: 1_000, idleMs: 1_000, retryAfterMs: 1_500 };
    const routes = mixes.map(({ provider, rescue }, index) => ({ name: `mix-${index}`, provider, rescue, targets: TARGETS, limits }));
    await withStack(routes, async (stack) => {
      const queue = [...mixes.entries()];
      const work = async () => {
        for (let next = queue.shift(); next; next = queue.shift()) await tryMix(stack, ...next);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
    });
  }, 300_000);

  async function tryMix(stack: StackFile, index: number, { faults, stream }: (typeof mixes)[number]): Promise<void> {
    const simulator = createSimulator(stack);
    const route = `mix-${index}`;
    const what = JSON.stringify({ route, ...mixes[index] });
    for (const [place, one] of faults.entries()) if (one) await simulator.break(targetOf(route, place), one);
    const heard = await ask(stack, { model: route, text: '[[tokens:40]] Mixed', stream, timeoutSeconds: BUDGET_SECONDS });
    const seen = (await simulator.attempts()).filter(({ modelId }) => modelId.startsWith(`${route}-`));
    if (heard.isComplete) expect(heard.text, what).toHaveLength(160);
    else expect(heard.error, what).toMatchObject({ code: expect.any(String), message: expect.stringMatching(/\w+ \w+/) });
    const [first] = seen;
    const last = Math.max(...seen.map(({ at, durationMs }) => at + durationMs));
    expect(last - (first?.at ?? 0), what).toBeLessThanOrEqual(BUDGET_SECONDS * 1_000 + 300);
    for (const calls of Map.groupBy(seen, ({ modelId }) => modelId).values()) checkCalls(calls, what);
  }

  function checkCalls(calls: ModelAttempt[], what: string): void {
    // A reset on a kept connection is repeated at once on a fresh one, which is no attempt of its own.
    const hasReset = calls.some(({ status }) => status === 0);
    expect(calls.length, what).toBeLessThanOrEqual(hasReset ? 3 : 2);
    if (hasReset) return;
    const gaps = calls.slice(1).map(({ at }, index) => at - (calls[index]?.at ?? 0));
    for (const gap of gaps) expect(gap, what).toBeGreaterThanOrEqual(50);
  }
});

it('holds 200 streams at once, and none of them stalls', async () => {
  const STREAMS = 200;
  const route = { name: 'many', provider: 'bedrock' as const, limits: { attemptMs: 280_000, firstTokenMs: 250_000, idleMs: 60_000 } };
  await withStack([route], async (stack) => {
    const simulator = createSimulator(stack);
    await simulator.break(targetOf(route.name, 0), { kind: 'hang' });
    const question = { model: route.name, text: '[[tokens:200]] Count', maxTokens: 200, stream: true, timeoutSeconds: 280 };
    const asked = Array.from({ length: STREAMS }, () => ask(stack, question));
    const underWay = async () => (await simulator.attempts()).filter(({ status }) => status === 0).length;
    const begunAt = Date.now();
    while ((await underWay()) < STREAMS && Date.now() < begunAt + 200_000) await sleep(500);
    const held = await underWay();
    // Those that it holds break off then, are tried anew, and answered.
    await simulator.heal();
    const heard = await Promise.all(asked);
    expect(held).toBe(STREAMS);
    expect(heard.map(({ isComplete }) => isComplete)).toEqual(Array(STREAMS).fill(true));
    expect(new Set(heard.map(({ text }) => text.length))).toEqual(new Set([800]));
  });
}, 420_000);

it('makes a model wait for readers who do not read, and gives them the whole answer when they do', async () => {
  const READERS = 3;
  const model = await startLongWindedModel();
  const route = { name: 'slow', provider: 'openai' as const, targets: 1, firstBaseUrl: model.url, limits: { attemptMs: 240_000 } };
  try {
    await withStack([route], async (stack) => {
      const readers = await Promise.all(Array.from({ length: READERS }, () => openUnread(stack, route.name)));
      let written = 0;
      // Longer than the silence that a model may keep: it is the reader that is silent here.
      for (let still = 0; still < 12; await sleep(1_000)) {
        still = model.written() === written ? still + 1 : 0;
        written = model.written();
      }
      // The buffers of sockets, and nothing that grows with the answer.
      expect(written).toBeLessThan(READERS * MOST_BUFFERED_BYTES);
      const heard = await Promise.all(readers.map(readToEnd));
      for (const { bytes, end } of heard) {
        expect(bytes).toBeGreaterThan(ANSWER_BYTES);
        expect(end).toContain('"finish_reason":"stop"');
        expect(end.endsWith('data: [DONE]\n\n')).toBe(true);
      }
    });
  } finally {
    model.stop();
  }
}, 120_000);

const PIECE = 'x'.repeat(64 * 1_024);
const PIECES = 1_024;
const ANSWER_BYTES = PIECE.length * PIECES;
/** Of one answer, on the three ways that it takes; each may keep what its two sockets do. */
const MOST_BUFFERED_BYTES = ANSWER_BYTES / 4;

/** A server in the words of OpenAI's API whose answer is as long as no buffer, and which counts what it could write. */
async function startLongWindedModel() {
  let written = 0;
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const say = (choice: object) => `data: ${JSON.stringify({ object: 'chat.completion.chunk', choices: [{ index: 0, ...choice }] })}\n\n`;
    const speech = say({ delta: { content: PIECE }, finish_reason: null });
    let left = PIECES;
    const fill = () => {
      while (left > 0 && !response.destroyed) {
        left--;
        written += PIECE.length;
        if (!response.write(speech)) return void response.once('drain', fill);
      }
      response.end(`${say({ delta: {}, finish_reason: 'stop' })}data: [DONE]\n\n`);
    };
    fill();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    written: () => written,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A stream whose head is here and of which nothing more is read. */
function openUnread({ gatewayUrl, apiKey }: StackFile, model: string): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
  const call = httpRequest(`${gatewayUrl}/v1/chat/completions`, { method: 'POST', headers, agent: false }, (response) =>
    resolve(response.pause()),
  );
  const messages = [{ role: 'user', content: 'A book, please' }];
  call.once('error', reject).end(JSON.stringify({ model, messages, stream: true, signalbox: { timeoutSeconds: 250 } }));
  return promise;
}

async function readToEnd(response: IncomingMessage): Promise<{ bytes: number; end: string }> {
  let [bytes, end] = [0, ''];
  response.setEncoding('utf8').on('data', (piece: string) => {
    bytes += piece.length;
    end = `${end}${piece}`.slice(-2_000);
  });
  await once(response.resume(), 'end');
  return { bytes, end };
}

it('a stack that dies in the middle of a stream breaks it, and the request ends as abandoned', async () => {
  const route = { name: 'dying', provider: 'bedrock' as const, limits: { attemptMs: 60_000, idleMs: 60_000 } };
  const running = await startStack({ args: ['--minute', '2s'] });
  await deployFailoverTable(running.stack, [route]);
  await createSimulator(running.stack).break(targetOf(route.name, 0), { kind: 'stall-stream', afterTokens: 5 });
  const reply = await post(running.stack, { model: route.name, text: '[[tokens:40]] Hello', stream: true, timeoutSeconds: 20 });
  const id = reply.headers.get('x-signalbox-request-id') ?? '';
  const reader = reply.body?.getReader();
  const { value } = (await reader?.read()) ?? {};
  expect(new TextDecoder().decode(value)).toContain('chat.completion.chunk');
  await untilKnown(running.stack, id);
  const rest = (async () => {
    for (let more = await reader?.read(); more && !more.done; more = await reader?.read());
  })();
  const broken = expect(rest).rejects.toThrow();
  await running.kill();
  await broken;

  const again = await startStack({ dataDirectory: running.dataDirectory, args: ['--minute', '2s'] });
  try {
    await expect.poll(() => reasonOf(again.stack, id), { timeout: 120_000, interval: 500 }).toBe('abandoned');
  } finally {
    await again.stop();
  }
}, 300_000);

/** Why it ended; what a busy machine cannot answer is asked again. */
async function reasonOf({ gatewayUrl, apiKey }: StackFile, id: string): Promise<string | undefined> {
  const reply = await fetch(`${gatewayUrl}/v1/inferences/${id}`, { headers: { authorization: `Bearer ${apiKey}` } });
  return reply.ok ? InferenceResult.parse(await reply.json()).reason : undefined;
}

/** The record is begun beside the call, so it may come a moment later. */
async function untilKnown(stack: StackFile, id: string): Promise<void> {
  const producer = createProducer(stack);
  for (let tries = 0; (await producer.result(id)) === undefined; tries++) {
    if (tries === 100) throw new Error(`${id} is not known`);
    await sleep(50);
  }
}
