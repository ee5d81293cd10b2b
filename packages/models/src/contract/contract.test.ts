import type { AnswerDelta, CallModel, ModelCall, ModelFailure } from '@signalbox/contracts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { modelCall } from '../__fixtures__/model-call.ts';
import { type Provider, type Reply, startProvider } from '../__fixtures__/start-provider.ts';
import { createModelCaller } from '../create-model-caller.ts';
import { bedrockDriver } from './bedrock-driver.ts';
import { openAiDriver } from './openai-driver.ts';
import { sageMakerDriver } from './sagemaker-driver.ts';

const TEXT = 'The capital is Paris.';
const STREAMED = { totalMs: 5_000, firstTokenMs: 4_000, idleMs: 4_000 };
const tool = { id: 'call_1', name: 'get_weather', input: { city: 'Paris', days: 3 } };

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
  callModel = createModelCaller();
});
afterEach(() => provider.stop());
afterAll(() => {
  process.env = environment;
});

describe.each([bedrockDriver, openAiDriver, sageMakerDriver])('a target of kind $kind', (driver) => {
  const { frames } = driver;
  const ask = (changes: Partial<ModelCall> = {}) => callModel({ ...modelCall(), target: driver.target(provider.url), ...changes });
  const askStream = (changes: Partial<ModelCall> = {}) => ask({ limits: STREAMED, ...changes });
  const streams =
    (...pieces: Uint8Array[]): Reply =>
    (response) =>
      void driver.open(response).end(Buffer.concat(pieces));
  const answered = { outcome: 'succeeded', stopReason: 'end_turn', usage: { inputTokens: 9, outputTokens: 8 } };
  const text = { output: { message: { role: 'assistant', content: [{ text: TEXT }] } } };

  it('answers whole, by one call', async () => {
    provider.answer(driver.whole({ text: TEXT, stop: 'end' }));
    expect(await ask()).toEqual({ ...answered, ...text });
    expect(provider.requests).toHaveLength(1);
  });

  it('answers by a stream, told piece by piece, by one call', async () => {
    provider.answer(streams(frames.text('The capital '), frames.text('is Paris.'), frames.stop('end'), frames.bill));
    const deltas: AnswerDelta[] = [];
    const reply = await askStream({ onDelta: (delta) => void deltas.push(delta) });
    expect(reply).toEqual({ ...answered, ...text, firstTokenMs: expect.any(Number) });
    expect(deltas).toEqual([
      { kind: 'text', index: 0, text: 'The capital ' },
      { kind: 'text', index: 0, text: 'is Paris.' },
    ]);
    expect(provider.requests).toHaveLength(1);
  });

  it('streams from the provider for onDelta alone', async () => {
    provider.answer(streams(frames.text(TEXT), frames.stop('end'), frames.bill));
    const deltas: AnswerDelta[] = [];
    expect(await ask({ onDelta: (delta) => void deltas.push(delta) })).toMatchObject(answered);
    expect(deltas).toHaveLength(1);
  });

  it('gives a tool call the same whole and streamed', async () => {
    provider.answer(driver.whole({ text: 'Let me see.', tool, stop: 'tool' }));
    const whole = await ask();
    const input = JSON.stringify(tool.input);
    provider.answer(
      streams(
        frames.text('Let me see.'),
        frames.toolStart(tool.id, tool.name),
        frames.toolInput(input.slice(0, 9)),
        frames.toolInput(input.slice(9)),
        frames.stop('tool'),
        frames.bill,
      ),
    );
    const deltas: AnswerDelta[] = [];
    const { firstTokenMs: _any, ...streamed } = await askStream({ onDelta: (delta) => void deltas.push(delta) });
    expect(whole).toMatchObject({
      stopReason: 'tool_use',
      output: {
        message: { content: [{ text: 'Let me see.' }, { toolUse: { toolUseId: 'call_1', name: 'get_weather', input: tool.input } }] },
      },
    });
    expect(streamed).toEqual(whole);
    expect(deltas.slice(1)).toEqual([
      { kind: 'tool-use', index: 1, toolUseId: 'call_1', name: 'get_weather' },
      { kind: 'tool-input', index: 1, json: input.slice(0, 9) },
      { kind: 'tool-input', index: 1, json: input.slice(9) },
    ]);
  });

  it('asks for JSON by its schema', async () => {
    const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false };
    const outputConfig = { textFormat: { type: 'json_schema' as const, structure: { jsonSchema: { schema: JSON.stringify(schema) } } } };
    provider.answer(driver.whole({ text: '{"city":"Paris"}', stop: 'end' }));
    expect(await ask({ content: { ...modelCall().content, outputConfig } })).toMatchObject(answered);
    expect(driver.schemaOf(provider.requests[0]?.body)).toEqual(schema);
  });

  it.each(['whole', 'streamed'])('is refused by a content filter, %s', async (form) => {
    const isWhole = form === 'whole';
    provider.answer(
      isWhole ? driver.whole({ text: 'No.', stop: 'filter' }) : streams(frames.text('No.'), frames.stop('filter'), frames.bill),
    );
    const reply = await (isWhole ? ask() : askStream());
    expect(reply).toMatchObject({ outcome: 'refused', error: 'content_filtered', usage: { inputTokens: 9, outputTokens: 8 } });
  });

  it.each([
    ['tooLong', { outcome: 'too-long', providerMessage: expect.stringContaining('maximum context length') }],
    ['invalid', { outcome: 'rejected', providerMessage: 'The value of temperature is too high.' }],
    ['throttled', { outcome: 'throttled', status: 429, retryAfterMs: 2000 }],
    ['serverError', { outcome: 'faulted', status: 500, isTransient: true }],
    ['denied', { outcome: 'misconfigured', status: 403 }],
  ] as const)('maps %s, whole and streamed, by one call each', async (error, expected) => {
    provider.answer(driver.errors[error]);
    const whole = await ask();
    expect(whole).toMatchObject(expected);
    expect(await askStream()).toEqual(whole);
    expect(provider.requests).toHaveLength(2);
    const { providerMessage: _forTheCaller, ...rest } = whole as ModelFailure;
    expect(JSON.stringify(rest)).not.toMatch(/quotes the prompt|temperature|context length/);
  });

  it.each(['whole', 'streamed'])('is a fault that may pass when reset before the first byte, %s', async (form) => {
    provider.answer((_response, { socket }) => void socket.resetAndDestroy());
    expect(await (form === 'whole' ? ask() : askStream())).toMatchObject({ outcome: 'faulted', error: 'ECONNRESET', isTransient: true });
    expect(provider.requests).toHaveLength(1);
  });

  it('is cut when reset after the first token, with its usage estimated', async () => {
    provider.answer((response, { socket }) => {
      driver.open(response).write(frames.text('The capital is'));
      setTimeout(() => socket.resetAndDestroy(), 50);
    });
    const reply = await askStream();
    expect(reply).toMatchObject({ outcome: 'malformed', error: 'CutStream', usage: { inputTokens: 8, outputTokens: 4, estimated: true } });
    expect(provider.requests).toHaveLength(1);
  });

  it('is cut when the stream ends without a finish', async () => {
    provider.answer(streams(frames.text('The capital is')));
    expect(await askStream()).toMatchObject({ outcome: 'malformed', error: 'CutStream', usage: { estimated: true } });
  });

  it('is malformed when a piece in the middle cannot be read, and the connection is given up', async () => {
    const closed = Promise.withResolvers<void>();
    provider.answer((response) => {
      response.on('close', closed.resolve);
      driver.open(response).write(Buffer.concat([frames.text('The'), frames.malformed, frames.text(' capital')]));
    });
    expect(await askStream()).toMatchObject({ outcome: 'malformed', error: 'UnparseableAnswer', usage: { estimated: true } });
    await closed.promise;
  });

  it('is whole without its bill, on an estimate', async () => {
    provider.answer(streams(frames.text(TEXT), frames.stop('end')));
    expect(await askStream()).toMatchObject({ ...answered, ...text, usage: { inputTokens: 8, outputTokens: 6, estimated: true } });
  });

  it('is whole when the connection breaks after its finish', async () => {
    provider.answer((response, { socket }) => {
      driver.open(response).write(Buffer.concat([frames.text(TEXT), frames.stop('end')]));
      setTimeout(() => socket.resetAndDestroy(), 50);
    });
    expect(await askStream()).toMatchObject({ outcome: 'succeeded', ...text });
  });

  it('is silent: a stream ends at the first-token limit, a whole answer at the total', async () => {
    provider.answer(() => undefined);
    const limits = { totalMs: 5_000, firstTokenMs: 120 };
    expect(await ask({ limits })).toMatchObject({ outcome: 'timed-out', error: 'FirstTokenTimeout' });
    expect(await ask({ limits: { totalMs: 120 } })).toMatchObject({ outcome: 'timed-out', error: 'AttemptTimeout' });
    expect(provider.requests).toHaveLength(2);
  });

  it('stalls: it ends at the idle limit, with what was used, and the connection is given up', async () => {
    const closed = Promise.withResolvers<void>();
    provider.answer((response) => {
      response.on('close', closed.resolve);
      driver.open(response).write(frames.text('The capital is'));
    });
    const reply = await askStream({ limits: { ...STREAMED, idleMs: 120 } });
    expect(reply).toMatchObject({ outcome: 'timed-out', error: 'IdleTimeout', usage: { outputTokens: 4, estimated: true } });
    await closed.promise;
  });

  it('never ends: it ends at the total limit', async () => {
    provider.answer((response) => {
      driver.open(response);
      const timer = setInterval(() => response.write(frames.text('and ')), 20);
      response.on('close', () => clearInterval(timer));
    });
    const startedAt = performance.now();
    expect(await askStream({ limits: { totalMs: 400, idleMs: 5_000 } })).toMatchObject({ outcome: 'timed-out', error: 'AttemptTimeout' });
    expect(performance.now() - startedAt).toBeLessThan(4_000);
  });

  it('whose caller has left already is not called', async () => {
    expect(await ask({ signal: AbortSignal.abort() })).toMatchObject({ outcome: 'cancelled', error: 'Cancelled' });
    expect(provider.requests).toHaveLength(0);
  });

  it('whose caller leaves in the middle is cancelled, and the connection is given up', async () => {
    const caller = new AbortController();
    const closed = Promise.withResolvers<void>();
    provider.answer((response) => {
      response.on('close', closed.resolve);
      driver.open(response).write(frames.text('The capital is'));
    });
    const reply = await askStream({ signal: caller.signal, onDelta: () => caller.abort() });
    expect(reply).toMatchObject({ outcome: 'cancelled', error: 'Cancelled', usage: { estimated: true } });
    await closed.promise;
  });

  it('waits for a slow reader, in order and without calling that idle', async () => {
    provider.answer(streams(frames.text('one '), frames.text('two '), frames.text('three'), frames.stop('end'), frames.bill));
    const log: string[] = [];
    const onDelta = async (delta: AnswerDelta) => {
      log.push(`${(delta as { text: string }).text.trim()} given`);
      await new Promise((resolve) => setTimeout(resolve, 500));
      log.push('taken');
    };
    expect(await askStream({ limits: { ...STREAMED, idleMs: 250 }, onDelta })).toMatchObject(answered);
    expect(log).toEqual(['one given', 'taken', 'two given', 'taken', 'three given', 'taken']);
  });

  it('reads no further than a reader who has stopped', async () => {
    const piece = Buffer.from(frames.text('x'.repeat(64 * 1024)));
    const sent = { bytes: 0 };
    provider.answer((response) => {
      driver.open(response);
      const fill = () => {
        while (!response.destroyed && sent.bytes < 256 * 1024 * 1024) {
          sent.bytes += piece.length;
          if (!response.write(piece)) return void response.once('drain', fill);
        }
      };
      fill();
    });
    const reply = await askStream({ limits: { totalMs: 1_000 }, onDelta: () => new Promise(() => undefined) });
    expect(reply).toMatchObject({ outcome: 'timed-out', error: 'AttemptTimeout' });
    // The buffers of two sockets, and nothing that grows with the answer.
    expect(sent.bytes).toBeLessThan(32 * 1024 * 1024);
  });

  it('is given up when the reader fails', async () => {
    const closed = Promise.withResolvers<void>();
    provider.answer((response) => {
      response.on('close', closed.resolve);
      driver.open(response).write(frames.text('The capital is'));
    });
    const onDelta = () => Promise.reject(new Error('the client is gone'));
    expect(await askStream({ onDelta })).toMatchObject({ outcome: 'cancelled', error: 'ConsumerFailed', usage: { estimated: true } });
    await closed.promise;
  });

  it('that refuses connections is a fault that may pass', async () => {
    const gone = await startProvider();
    await gone.stop();
    process.env.AWS_ENDPOINT_URL = gone.url;
    const reply = await createModelCaller()({ ...modelCall(), target: driver.target(gone.url) });
    expect(reply).toMatchObject({ outcome: 'faulted', error: 'ECONNREFUSED', isTransient: true });
  });

  it('keeps its connection, whatever the answers', async () => {
    const replies = [
      driver.whole({ text: TEXT, stop: 'end' }),
      streams(frames.text(TEXT), frames.stop('end'), frames.bill),
      driver.errors.throttled,
      driver.errors.invalid,
    ];
    for (const reply of [...replies, ...replies]) {
      provider.answer(reply);
      await askStream();
    }
    expect(provider.requests).toHaveLength(8);
    expect(provider.connections()).toBeLessThanOrEqual(3);
  });

  it('repeats a call that met a stale connection once, on a fresh one, and counts it as the same', async () => {
    const whole = driver.whole({ text: TEXT, stop: 'end' });
    provider.answer(whole);
    await ask();
    provider.answer((response, request) => (request.count === 2 ? void request.socket.resetAndDestroy() : whole(response, request)));
    expect(await ask()).toMatchObject(answered);
    expect(provider.requests).toHaveLength(3);
  });
});

describe.each([bedrockDriver, openAiDriver, sageMakerDriver])('embeddings of a target of kind $kind', (driver) => {
  const embed = (changes: Partial<ModelCall> = {}) => {
    const target = { ...driver.target(provider.url), model: 'amazon.titan-embed-text-v2:0' } as ModelCall['target'];
    return callModel({ ...modelCall(), target, operation: 'embed', content: { input: 'one text' }, ...changes });
  };

  it('come one for each text', async () => {
    provider.answer(driver.vectors(1));
    expect(await embed()).toEqual({
      outcome: 'succeeded',
      output: { embeddings: [[0.25, -0.5]] },
      stopReason: 'end_turn',
      usage: { inputTokens: 3, outputTokens: 0 },
    });
  });

  it('come in the order of the texts, dimensions asked for', async () => {
    provider.answer(driver.vectors(2));
    const content = { input: ['one', 'two'], additionalModelRequestFields: { dimensions: 256 } };
    expect(await embed({ content })).toMatchObject({ outcome: 'succeeded', usage: { inputTokens: 6, outputTokens: 0 } });
    expect(provider.requests[0]?.body).toMatchObject({ dimensions: 256 });
  });

  it.each([7, [], [1, 2], '', { text: 'x' }, undefined])('are rejected for the input %j without a call', async (input) => {
    expect(await embed({ content: input === undefined ? {} : { input } })).toMatchObject({ outcome: 'rejected', error: 'InvalidInput' });
    expect(provider.requests).toHaveLength(0);
  });

  it('are malformed when none came, or no JSON', async () => {
    provider.answer((response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
    expect(await embed()).toMatchObject({ outcome: 'malformed', error: 'IncompleteEmbeddings' });
    provider.answer((response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('<html>'));
    expect(await embed()).toMatchObject({ outcome: 'malformed', error: 'UnparseableAnswer' });
  });

  it('end at the first-token limit when the provider is silent, and at the total', async () => {
    provider.answer(() => undefined);
    expect(await embed({ limits: { totalMs: 5_000, firstTokenMs: 100 } })).toMatchObject({
      outcome: 'timed-out',
      error: 'FirstTokenTimeout',
    });
    expect(await embed({ limits: { totalMs: 100 } })).toMatchObject({ outcome: 'timed-out', error: 'AttemptTimeout' });
  });

  it('are throttled as any call is', async () => {
    provider.answer(driver.errors.throttled);
    expect(await embed()).toMatchObject({ outcome: 'throttled', retryAfterMs: 2000 });
  });
});
