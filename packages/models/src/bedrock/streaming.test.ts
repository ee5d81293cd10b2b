import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import type { CallModel } from '@signalbox/contracts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { modelCall, streamedCall } from '../__fixtures__/model-call.ts';
import { awsError, errorFrame, frame, json, openStream, type Provider, startProvider, stream } from '../__fixtures__/start-provider.ts';
import { createBedrockCaller } from './create-bedrock-caller.ts';

const toolReply = JSON.parse(readFileSync(new URL('./__fixtures__/converse-tool-use.json', import.meta.url), 'utf8'));

const start = frame('messageStart', { role: 'assistant' });
const stop = frame('messageStop', { stopReason: 'end_turn' });
const bill = frame('metadata', { usage: { inputTokens: 9, outputTokens: 8, totalTokens: 17 }, metrics: { latencyMs: 100 } });
const text = (words: string, contentBlockIndex = 0) => frame('contentBlockDelta', { contentBlockIndex, delta: { text: words } });
const delta = (contentBlockIndex: number, change: object) => frame('contentBlockDelta', { contentBlockIndex, delta: change });
const end = (contentBlockIndex: number) => frame('contentBlockStop', { contentBlockIndex });

let provider: Provider;
let callModel: CallModel;
const environment = { ...process.env };

beforeAll(() => {
  process.env.AWS_ACCESS_KEY_ID = 'AKIDEXAMPLE';
  process.env.AWS_SECRET_ACCESS_KEY = 'secret';
});
beforeEach(async () => {
  provider = await startProvider();
  process.env.AWS_ENDPOINT_URL = provider.url;
  callModel = createBedrockCaller();
});
afterEach(() => provider.stop());
afterAll(() => {
  process.env = environment;
});

describe('a whole stream', () => {
  it('gives the answer, its usage and the time to the first token', async () => {
    provider.answer((response) => {
      openStream(response).write(start);
      setTimeout(() => response.end(Buffer.concat([text('The capital '), text('is Paris.'), end(0), stop, bill])), 60);
    });
    const reply = await callModel(streamedCall());
    expect(reply).toMatchObject({
      outcome: 'succeeded',
      output: { message: { role: 'assistant', content: [{ text: 'The capital is Paris.' }] } },
      stopReason: 'end_turn',
      usage: { inputTokens: 9, outputTokens: 8 },
    });
    expect(reply.firstTokenMs).toBeGreaterThanOrEqual(55);
    expect(provider.requests[0]?.url).toBe('/model/amazon.nova-lite-v1%3A0/converse-stream');
  });

  it('gives the same answer as the whole reply does', async () => {
    provider.answer(json(200, toolReply));
    const whole = await callModel(modelCall());
    provider.answer(
      stream(
        start,
        delta(0, { reasoningContent: { text: 'The user wants the weather, ' } }),
        delta(0, { reasoningContent: { text: 'so I need the tool.' } }),
        delta(0, { reasoningContent: { signature: 'EqMBCkYIBxgCKkBc0YJ1' } }),
        end(0),
        delta(1, { reasoningContent: { redactedContent: 'cmVkYWN0ZWQ=' } }),
        end(1),
        text('I will look ', 2),
        text('that up.', 2),
        end(2),
        frame('contentBlockStart', {
          contentBlockIndex: 3,
          start: { toolUse: { toolUseId: 'tooluse_kZJMlvQmRJ6eAyJE5GIl7Q', name: 'get_weather' } },
        }),
        delta(3, { toolUse: { input: '{"city":"Pa' } }),
        delta(3, { toolUse: { input: 'ris","days":3,"exact":0.12345678901234567891,"op' } }),
        delta(3, { toolUse: { input: 'tions":{"units":["celsius",null]}}' } }),
        end(3),
        frame('messageStop', { stopReason: 'tool_use' }),
        frame('metadata', {
          usage: { inputTokens: 412, outputTokens: 97, totalTokens: 509, cacheReadInputTokens: 320, cacheWriteInputTokens: 12 },
        }),
      ),
    );
    const { firstTokenMs, ...streamed } = await callModel(streamedCall());
    expect(firstTokenMs).toEqual(expect.any(Number));
    expect(streamed).toEqual(whole);
  });

  it('is streamed from the provider when only the idle limit is set', async () => {
    provider.answer(stream(start, text('Paris.'), stop, bill));
    expect(await callModel(modelCall({ limits: { totalMs: 2000, idleMs: 500 } }))).toMatchObject({ outcome: 'succeeded' });
    expect(provider.requests[0]?.url).toContain('converse-stream');
  });

  it('asks for the tier of its target, and gives the tokens that a cache keeps an hour', async () => {
    const usage = { inputTokens: 9, outputTokens: 8, cacheWriteInputTokens: 700, cacheDetails: [{ ttl: '1h', inputTokens: 600 }] };
    provider.answer(stream(start, text('Paris.'), stop, frame('metadata', { usage })));
    const { target } = streamedCall();
    const reply = await callModel(streamedCall({ target: { ...target, serviceTier: 'flex' } }));
    expect(provider.requests[0]?.body).toMatchObject({ serviceTier: { type: 'flex' } });
    expect(reply.usage).toEqual({ inputTokens: 9, outputTokens: 8, cacheWriteTokens: 700, cacheWrite1hTokens: 600 });
  });

  it('without a bill succeeds on an estimate', async () => {
    provider.answer(stream(start, text('The capital is Paris.'), stop));
    expect(await callModel(streamedCall())).toMatchObject({
      outcome: 'succeeded',
      usage: { inputTokens: 8, outputTokens: 6, estimated: true },
    });
  });

  it('whose bill does not come succeeds on an estimate when the idle limit passes', async () => {
    provider.answer((response) => openStream(response).write(Buffer.concat([start, text('Paris.'), stop])));
    const reply = await callModel(streamedCall({ limits: { totalMs: 2000, idleMs: 80 } }));
    expect(reply).toMatchObject({ outcome: 'succeeded', usage: { estimated: true } });
  });

  it('that only says its stop reason is empty', async () => {
    provider.answer(stream(start, stop, bill));
    expect(await callModel(streamedCall())).toMatchObject({
      outcome: 'malformed',
      error: 'EmptyAnswer',
      usage: { inputTokens: 9, outputTokens: 8 },
    });
  });

  it('takes a tool without arguments as one with an empty object', async () => {
    const open = frame('contentBlockStart', { contentBlockIndex: 0, start: { toolUse: { toolUseId: 'tool-1', name: 'now' } } });
    provider.answer(stream(start, open, end(0), frame('messageStop', { stopReason: 'tool_use' }), bill));
    const reply = await callModel(streamedCall());
    expect(reply).toMatchObject({ output: { message: { content: [{ toolUse: { toolUseId: 'tool-1', name: 'now', input: {} } }] } } });
  });
});

describe('the first token', () => {
  it('is told once, when it comes: neither when the stream opens nor when it ends', async () => {
    const told: string[] = [];
    const opened = Promise.withResolvers<ServerResponse>();
    provider.answer((response) => {
      openStream(response).write(start);
      told.push('opened');
      opened.resolve(response);
    });
    const onFirstToken = () => {
      told.push('first token');
      void opened.promise.then((response) => response.end(Buffer.concat([text('is Paris.'), end(0), stop, bill])));
    };
    const reply = callModel(streamedCall({ onFirstToken }));
    const response = await opened.promise;
    await new Promise((resolve) => setTimeout(resolve, 40));
    told.push('writing');
    response.write(text('The capital '));
    expect(await reply).toMatchObject({ outcome: 'succeeded' });
    expect(told).toEqual(['opened', 'writing', 'first token']);
  });

  it('is not told when a stream has no content, or is no stream', async () => {
    let count = 0;
    const onFirstToken = () => {
      count += 1;
    };
    provider.answer(stream(start, stop, bill));
    expect(await callModel(streamedCall({ onFirstToken }))).toMatchObject({ error: 'EmptyAnswer' });
    provider.answer(json(200, toolReply));
    expect(await callModel(modelCall({ onFirstToken }))).toMatchObject({ outcome: 'succeeded' });
    expect(count).toBe(0);
  });
});

describe('a broken stream', () => {
  it('that ends without a stop reason is cut, with its usage estimated', async () => {
    provider.answer(stream(start, text('The capital is')));
    expect(await callModel(streamedCall())).toMatchObject({
      outcome: 'malformed',
      error: 'CutStream',
      usage: { inputTokens: 8, outputTokens: 4, estimated: true },
      firstTokenMs: expect.any(Number),
    });
  });

  it('whose connection is reset is cut', async () => {
    provider.answer((response, { socket }) => {
      openStream(response).write(Buffer.concat([start, text('The capital')]));
      setTimeout(() => socket.resetAndDestroy(), 30);
    });
    expect(await callModel(streamedCall())).toMatchObject({ outcome: 'malformed', error: 'CutStream', usage: { estimated: true } });
  });

  it('that is reset after its headers is cut and has cost nothing that is known', async () => {
    provider.answer((response, { socket }) => {
      openStream(response);
      setTimeout(() => socket.resetAndDestroy(), 30);
    });
    const reply = await callModel(streamedCall());
    expect(reply).toMatchObject({ outcome: 'malformed', error: 'CutStream' });
    expect(reply.usage).toBeUndefined();
  });

  it('that ends within a frame is cut or unreadable', async () => {
    provider.answer((response) => openStream(response).end(Buffer.concat([start, text('The capital').subarray(0, 40)])));
    expect(await callModel(streamedCall())).toMatchObject({ outcome: 'malformed' });
  });

  it('of frames with a wrong checksum is unreadable', async () => {
    const spoilt = Buffer.from(text('The capital'));
    spoilt[spoilt.length - 6] = (spoilt[spoilt.length - 6] ?? 0) ^ 0xff;
    provider.answer(stream(start, spoilt, stop, bill));
    expect(await callModel(streamedCall())).toMatchObject({ outcome: 'malformed', error: 'UnparseableAnswer' });
  });

  it.each([
    [
      'a tool input that is not JSON',
      [
        frame('contentBlockStart', { contentBlockIndex: 0, start: { toolUse: { toolUseId: 't', name: 'n' } } }),
        delta(0, { toolUse: { input: '{"city":' } }),
      ],
    ],
    ['a tool input without its start', [delta(0, { toolUse: { input: '{}' } })]],
    [
      'text in the block of a tool',
      [frame('contentBlockStart', { contentBlockIndex: 0, start: { toolUse: { toolUseId: 't', name: 'n' } } }), text('Paris')],
    ],
    ['content of an unknown kind', [delta(0, { hologram: { x: 1 } })]],
  ])('with %s is malformed', async (_name, frames) => {
    provider.answer(stream(start, ...frames, frame('messageStop', { stopReason: 'tool_use' }), bill));
    expect(await callModel(streamedCall())).toMatchObject({ outcome: 'malformed', error: 'UnparseableAnswer' });
  });

  it.each([
    ['throttlingException', {}, { outcome: 'throttled', error: 'ThrottlingException' }],
    ['internalServerException', {}, { outcome: 'faulted', error: 'InternalServerException', isTransient: true }],
    ['serviceUnavailableException', {}, { outcome: 'faulted', error: 'ServiceUnavailableException', isTransient: true }],
    [
      'modelStreamErrorException',
      { originalStatusCode: 500 },
      { outcome: 'model-error', error: 'ModelStreamErrorException', originalStatus: 500 },
    ],
    ['validationException', { message: 'Input is too long for requested model.' }, { outcome: 'too-long', error: 'ValidationException' }],
    ['modelTimeoutException', {}, { outcome: 'timed-out', error: 'ModelTimeoutException' }],
    ['somethingNewException', {}, { outcome: 'faulted', error: 'SomethingNewException' }],
  ])('by %s is mapped, with what was used', async (name, body, expected) => {
    provider.answer(
      stream(start, text('The capital'), frame(name, { message: 'provider text that quotes the prompt', ...body }, 'exception')),
    );
    const reply = await callModel(streamedCall());
    expect(reply).toMatchObject({ ...expected, usage: { estimated: true } });
    expect(JSON.stringify(reply)).not.toContain('quotes the prompt');
  });

  it('by an error without a model is mapped by its code', async () => {
    provider.answer(stream(start, errorFrame('InternalFailure')));
    expect(await callModel(streamedCall())).toMatchObject({ outcome: 'faulted', error: 'InternalFailure' });
  });

  it('before it began is mapped as any other error', async () => {
    provider.answer(awsError(429, 'ThrottlingException', {}, { 'x-amz-retry-after': '1500' }));
    expect(await callModel(streamedCall())).toMatchObject({ outcome: 'throttled', status: 429, retryAfterMs: 1500 });
    expect(provider.requests).toHaveLength(1);
  });
});

describe('a slow stream', () => {
  it('whose first token is late times out, whatever came before the content', async () => {
    provider.answer((response) => openStream(response).write(start));
    const startedAt = performance.now();
    const reply = await callModel(streamedCall({ limits: { totalMs: 5000, firstTokenMs: 120, idleMs: 5000 } }));
    expect(reply).toMatchObject({ outcome: 'timed-out', error: 'FirstTokenTimeout' });
    expect(reply.firstTokenMs).toBeUndefined();
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it('whose headers are late times out at the first-token limit', async () => {
    provider.answer(() => undefined);
    expect(await callModel(streamedCall({ limits: { totalMs: 5000, firstTokenMs: 120 } }))).toMatchObject({
      outcome: 'timed-out',
      error: 'FirstTokenTimeout',
    });
  });

  it('that stalls times out at the idle limit, with what was used', async () => {
    provider.answer((response) => openStream(response).write(Buffer.concat([start, text('The capital is')])));
    const startedAt = performance.now();
    const reply = await callModel(streamedCall({ limits: { totalMs: 5000, firstTokenMs: 2000, idleMs: 120 } }));
    expect(reply).toMatchObject({
      outcome: 'timed-out',
      error: 'IdleTimeout',
      usage: { outputTokens: 4, estimated: true },
      firstTokenMs: expect.any(Number),
    });
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it('that keeps coming is not idle, but ends at the total limit', async () => {
    provider.answer((response) => {
      openStream(response).write(start);
      const timer = setInterval(() => response.write(text('and ')), 30);
      response.on('close', () => clearInterval(timer));
    });
    const reply = await callModel(streamedCall({ limits: { totalMs: 450, idleMs: 200 } }));
    expect(reply).toMatchObject({ outcome: 'timed-out', error: 'AttemptTimeout' });
  });

  it('whose caller leaves in the middle is cancelled', async () => {
    const caller = new AbortController();
    provider.answer((response) => {
      openStream(response).write(Buffer.concat([start, text('The')]));
      setTimeout(() => caller.abort(), 40);
    });
    expect(await callModel(streamedCall({ signal: caller.signal }))).toMatchObject({ outcome: 'cancelled', usage: { estimated: true } });
  });
});
