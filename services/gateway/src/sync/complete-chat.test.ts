import { InferenceCompleted, InferenceFailed } from '@signalbox/contracts';
import { attempt } from '@signalbox/contracts/samples';
import { NO_STRIKES, type StreamedAnswer } from '@signalbox/routing';
import { describe, expect, it, vi } from 'vitest';
import type { SyncPorts } from './answer-now.ts';
import { createCompleteChat } from './complete-chat.ts';
import { answered, SERVED_BY, syncWorld, tableWith, testReply } from './test-sync.ts';

const caller = { tenant: 'acme', scopes: ['*'] };
const body = { model: 'default', messages: [{ role: 'user', content: 'What is the capital of France?' }] };
const streamed = { ...body, stream: true, stream_options: { include_usage: true } };
const failed = { ...attempt, outcome: 'faulted' as const, status: 503, error: 'ServiceUnavailableException' };
const unavailable = {
  kind: 'waiting' as const,
  reason: 'unavailable' as const,
  detail: 'nova-lite faulted 503',
  error: { code: 'ServiceUnavailableException', message: 'The provider failed.' },
  strikes: NO_STRIKES,
  costUsd: 0,
  attempts: [failed],
};
const interrupted = {
  kind: 'interrupted' as const,
  error: { code: 'CutStream', message: 'The answer was not whole.' },
  servedBy: SERVED_BY,
  costUsd: 0.001,
  attempts: [failed],
};
/** Gives these pieces away, and comes to this. */
const speaking =
  (pieces: string[], result: Awaited<ReturnType<StreamedAnswer>>): StreamedAnswer =>
  async ({ onDelta }) => {
    for (const text of pieces) await onDelta({ kind: 'text', index: 0, text }, { servedBy: SERVED_BY, attempts: 2 });
    return result;
  };

async function ask(world: ReturnType<typeof syncWorld>, asked: object = body) {
  const exchange = testReply();
  await createCompleteChat(world.ports)({ caller, body: asked, reply: exchange.reply });
  return exchange;
}

describe('a chat completion in one piece', () => {
  it('is answered in the shape of OpenAI, and names what answered', async () => {
    const { seen } = await ask(syncWorld({ answer: async () => answered('Paris.') }));
    expect(seen).toMatchObject({
      status: 200,
      body: {
        id: 'chatcmpl-id-1',
        object: 'chat.completion',
        created: 1_790_000_000,
        model: SERVED_BY.model,
        choices: [{ message: { role: 'assistant', content: 'Paris.' }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 9, completion_tokens: 12, total_tokens: 21 },
      },
      headers: {
        'x-signalbox-target': 'nova-lite',
        'x-signalbox-model': SERVED_BY.model,
        'x-signalbox-attempts': '1',
        'x-signalbox-request-id': 'chatcmpl-id-1',
        'x-request-id': 'chatcmpl-id-1',
      },
    });
    expect(seen.headers).not.toHaveProperty('x-signalbox-degraded');
  });

  it('says when it is degraded', async () => {
    const degraded = { from: 'standard', reason: 'a reason that may be long' };
    const { seen } = await ask(syncWorld({ answer: async () => answered('Paris.', { degraded }) }));
    expect(seen.headers['x-signalbox-degraded']).toBe('standard');
  });

  it('begins its record beside the call of the model, which goes out first', async () => {
    const order: string[] = [];
    const { promise: claimed, resolve } = Promise.withResolvers<void>();
    const world = syncWorld({
      answer: async () => {
        order.push('asked');
        await claimed;
        return answered('Paris.');
      },
    });
    const { claim } = world.ports.store;
    world.ports.store.claim = async (request) => {
      order.push('claimed');
      resolve();
      return claim(request);
    };
    await ask(world);
    expect(order).toEqual(['asked', 'claimed']);
    expect(world.done.records).toHaveLength(1);
  });

  it('has a record and an event, without the answer', async () => {
    const world = syncWorld({ answer: async () => answered('Paris.') });
    await ask(world, { ...body, metadata: { campaign: 'spring' } });
    expect(world.done.claims).toMatchObject([
      { tenant: 'acme', id: 'chatcmpl-id-1', origin: 'sync#chatcmpl-id-1', priority: 'interactive' },
    ]);
    expect(world.done.records).toMatchObject([
      { tenant: 'acme', status: 'succeeded', costUsd: 0.001, usage: { outputTokens: 12 }, labels: { campaign: 'spring' }, outputBytes: 0 },
    ]);
    expect(InferenceCompleted.parse(world.done.events[0]?.detail).data).toMatchObject({
      servedBy: SERVED_BY,
      features: { labels: { campaign: 'spring' } },
    });
    expect(JSON.stringify(world.done)).not.toMatch(/Paris|capital of France/);
  });

  it('is given although the table of records cannot be reached, and told', async () => {
    const world = syncWorld({ answer: async () => answered('Paris.'), isTableDown: true });
    const { seen } = await ask(world);
    expect(seen.status).toBe(200);
    expect(world.done.events).toHaveLength(1);
    expect(world.done.notes).toEqual([expect.stringContaining('record')]);
  });

  it('that nobody could give is a 503 with every attempt and when to come again', async () => {
    const world = syncWorld({ answer: async () => unavailable });
    const { seen } = await ask(world);
    expect(seen).toMatchObject({
      status: 503,
      headers: { 'retry-after': '5', 'x-signalbox-attempts': '1' },
      body: {
        error: {
          code: 'all_attempts_failed',
          type: 'server_error',
          request_id: 'chatcmpl-id-1',
          attempts: [{ target: 'nova-lite', outcome: 'faulted', status: 503, error: 'ServiceUnavailableException' }],
        },
      },
    });
    expect(InferenceFailed.parse(world.done.events[0]?.detail).data).toMatchObject({
      reason: 'unavailable',
      attempts: [{ outcome: 'faulted' }],
    });
  });

  it('is asked with the time that its caller gives', async () => {
    const ends: number[] = [];
    const world = syncWorld({
      answer: async ({ endsAt, takesAll }) => {
        expect(takesAll).toBe(true);
        ends.push(endsAt - 1_790_000_000_000);
        return answered('Paris.');
      },
    });
    await ask(world, { ...body, signalbox: { timeoutSeconds: 7 } });
    expect(ends).toEqual([7_000]);
  });

  it('needs a model that has what it asks for', async () => {
    const needs: unknown[] = [];
    const world = syncWorld({
      answer: async ({ features }) => {
        needs.push(features.requirements?.capabilities);
        return answered('Paris.');
      },
    });
    await ask(world, { ...body, seed: 7 });
    expect(needs).toEqual([['seed']]);
  });

  it.each([
    [{ ...body, model: 'nonsense' }, 404],
    [{ ...body, n: 2 }, 400],
    [{ messages: body.messages }, 400],
  ])('is refused before anything is done: %#', async (asked, status) => {
    const world = syncWorld({});
    await expect(ask(world, asked)).rejects.toMatchObject({ status });
    expect(world.done).toMatchObject({ claims: [], events: [] });
  });
});

describe("a tenant's limits", () => {
  const limited: Awaited<ReturnType<SyncPorts['reserve']>> = {
    kind: 'limited',
    limit: 'tokens-per-minute',
    scope: 'tenant',
    allowed: 1_000,
    needed: 812,
    left: 40,
    resetsAt: 1_790_000_060_000,
    retryAfterMs: 59_300,
  };

  it('are asked by the route that was named, and settled with what was used', async () => {
    const world = syncWorld({ answer: async () => answered('Paris.') });
    await ask(world);
    expect(world.done.limits).toEqual([
      ['reserved', 'acme', 'default'],
      ['settled', expect.objectContaining({ tokens: 21, usd: 0.001 })],
      ['counted', 'acme', 'default', 1, 0.001],
    ]);
  });

  it.each([
    ['no model was called', { answer: async () => ({ ...unavailable, attempts: [] }) }],
    ['a bug broke in', {}],
  ])('are given back where %s', async (_, scripts) => {
    const world = syncWorld(scripts);
    await ask(world).catch(() => undefined);
    expect(world.done.limits).toContainEqual(['released']);
  });

  it('refuse with which, how much is left and when it resets, before anything is spent', async () => {
    const world = syncWorld({ reserve: async () => limited });
    await expect(ask(world)).rejects.toMatchObject({
      status: 429,
      code: 'rate_limit_exceeded',
      message: expect.stringMatching(/tokens-per-minute.*40 left.*resets at/),
      headers: { 'retry-after': '60', 'x-signalbox-limit-left': '40' },
    });
    expect(world.done).toMatchObject({ claims: [], records: [], events: [] });
  });
});

describe('a streamed chat completion', () => {
  it('is given away as it arrives, with who gives it', async () => {
    const { seen, events } = await ask(syncWorld({ answerStreamed: speaking(['Pa', 'ris.'], answered('Paris.')) }), streamed);
    expect(seen).toMatchObject({ status: 200, isEnded: true, headers: { 'x-signalbox-target': 'nova-lite', 'x-signalbox-attempts': '2' } });
    const chunks = events()
      .slice(0, -1)
      .map((event) => JSON.parse(event));
    expect(chunks.map(({ choices }) => choices[0]?.delta.content)).toEqual(['Pa', 'ris.', undefined, undefined]);
    expect(chunks.at(-2)?.choices[0].finish_reason).toBe('stop');
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 21 } });
    expect(events().at(-1)).toBe('[DONE]');
  });

  it('that breaks off ends with an error, no reason to finish, and no [DONE]', async () => {
    const world = syncWorld({ answerStreamed: speaking(['Pa'], interrupted) });
    const { seen, events } = await ask(world, streamed);
    expect(seen).toMatchObject({ status: 200, isEnded: true });
    expect(JSON.parse(events().at(-1) ?? '')).toMatchObject({
      error: { code: 'answer_interrupted', type: 'server_error', request_id: 'chatcmpl-id-1', attempts: [{ outcome: 'faulted' }] },
    });
    expect(seen.text).not.toContain('[DONE]');
    expect(seen.text).not.toMatch(/"finish_reason":"/);
    expect(world.done.records).toMatchObject([{ status: 'failed', reason: 'unavailable', error: { code: 'CutStream' } }]);
  });

  it('that never began is refused with a status of its own', async () => {
    const { seen } = await ask(syncWorld({ answerStreamed: speaking([], unavailable) }), streamed);
    expect(seen).toMatchObject({ status: 503, text: '', headers: { 'retry-after': '5' } });
  });

  it.each([
    ['the route holds it', { rescue: 'hold' as const }],
    ['a guardrail looks at it', { guardrail: { id: 'gr', version: '1', region: 'us-east-1', applies: 'output' as const } }],
  ])('is sent when it is whole where %s', async (_, route) => {
    const world = syncWorld({ answer: async () => answered('Paris.'), table: tableWith(route) });
    const { seen, events } = await ask(world, streamed);
    expect(seen).toMatchObject({ status: 200, headers: { 'x-signalbox-target': 'nova-lite' } });
    expect(events().map((event) => (event === '[DONE]' ? event : (JSON.parse(event).choices[0]?.delta.content ?? '')))).toEqual([
      'Paris.',
      '',
      '',
      '[DONE]',
    ]);
  });

  it('keeps its line alive while it is held, and tells of a failure inside it then', async () => {
    vi.useFakeTimers();
    try {
      const answer = async () => {
        await new Promise((resolve) => setTimeout(resolve, 25_000));
        return unavailable;
      };
      const asked = ask(syncWorld({ answer, table: tableWith({ rescue: 'hold' }) }), streamed);
      await vi.advanceTimersByTimeAsync(25_000);
      const { seen, events } = await asked;
      expect(seen).toMatchObject({ status: 200, isEnded: true });
      expect(seen.text.match(/^: /gm)).toHaveLength(2);
      expect(JSON.parse(events()[0] ?? '')).toMatchObject({ error: { code: 'all_attempts_failed' } });
      expect(seen.text).not.toContain('[DONE]');
    } finally {
      vi.useRealTimers();
    }
  });

  it('whose caller hung up ends as cancelled', async () => {
    const exchange = testReply();
    const world = syncWorld({
      answerStreamed: async ({ signal }) => {
        exchange.hangUp();
        expect(signal.aborted).toBe(true);
        return { ...unavailable, reason: 'cancelled' };
      },
    });
    await createCompleteChat(world.ports)({ caller, body: streamed, reply: exchange.reply });
    expect(world.done.records).toMatchObject([{ status: 'failed', reason: 'cancelled' }]);
  });
});
