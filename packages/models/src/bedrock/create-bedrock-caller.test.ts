import { getEventListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import type { CallModel, ModelFailure, ModelReply } from '@signalbox/contracts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { modelCall } from '../__fixtures__/model-call.ts';
import { awsError, json, type Provider, startProvider } from '../__fixtures__/start-provider.ts';
import { createBedrockCaller } from './create-bedrock-caller.ts';

const textReply = readFixture('converse-text.json');
const toolReply = readFixture('converse-tool-use.json');

let provider: Provider;
let callModel: CallModel;
const environment = { ...process.env };

beforeAll(() => {
  process.env.AWS_ACCESS_KEY_ID = 'AKIDEXAMPLE';
  process.env.AWS_SECRET_ACCESS_KEY = 'secret';
  process.env.AWS_SESSION_TOKEN = 'session-token';
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

describe('an answer', () => {
  it('is given with its usage', async () => {
    provider.answer(json(200, textReply));
    expect(await callModel(modelCall())).toEqual({
      outcome: 'succeeded',
      output: { message: { role: 'assistant', content: [{ text: 'The capital of France is Paris.' }] } },
      stopReason: 'end_turn',
      usage: { inputTokens: 9, outputTokens: 8, cacheReadTokens: 0, cacheWriteTokens: 0 },
    });
  });

  it('is asked for at the tier of its target, and counts the tokens that a cache keeps an hour', async () => {
    const usage = { ...textReply.usage, cacheWriteInputTokens: 700, cacheDetails: [{ ttl: '1h', inputTokens: 600 }] };
    provider.answer(json(200, { ...textReply, usage }));
    const { target } = modelCall();
    const reply = await callModel(modelCall({ target: { ...target, serviceTier: 'priority' } }));
    expect(provider.requests[0]?.body).toMatchObject({ serviceTier: { type: 'priority' } });
    expect(reply.usage).toMatchObject({ cacheWriteTokens: 700, cacheWrite1hTokens: 600 });
  });

  it('keeps tools and reasoning, and is JSON', async () => {
    provider.answer(json(200, toolReply));
    const reply = await callModel(modelCall());
    expect(JSON.parse(JSON.stringify(reply))).toEqual(reply);
    expect(reply).toMatchObject({ outcome: 'succeeded', stopReason: 'tool_use', output: { message: toolReply.output.message } });
    expect(reply.usage).toEqual({ inputTokens: 412, outputTokens: 97, cacheReadTokens: 320, cacheWriteTokens: 12 });
  });

  it('keeps a number that a double cannot hold as the nearest one that it can', async () => {
    const body = JSON.stringify(toolReply).replace('"days":3', '"days":12345678901234567890');
    provider.answer((response) => response.writeHead(200, { 'content-type': 'application/json' }).end(body));
    const reply = await callModel(modelCall());
    expect(JSON.stringify(reply)).toContain('"days":12345678901234567000');
  });

  it('is asked for by name, without the headers of a retry loop', async () => {
    provider.answer(json(200, textReply));
    await callModel(modelCall());
    const headers = provider.requests[0]?.headers ?? {};
    expect(headers['user-agent']).toBe('signalbox aws-sdk-js/3');
    expect(Object.keys(headers).filter((name) => name.startsWith('amz-sdk'))).toEqual([]);
  });

  it('is asked for once, signed with the credentials of the environment', async () => {
    provider.answer(json(200, textReply));
    await callModel(modelCall());
    expect(provider.requests).toHaveLength(1);
    const [request] = provider.requests;
    expect(request?.url).toBe('/model/amazon.nova-lite-v1%3A0/converse');
    expect(request?.body).toEqual({
      messages: [{ role: 'user', content: [{ text: 'What is the capital of France?' }] }],
      inferenceConfig: { maxTokens: 200, temperature: 0 },
    });
    expect(request?.headers['x-amz-security-token']).toBe('session-token');
    expect(request?.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/us-east-1\/bedrock\/aws4_request, /);
  });
});

describe('an answer that is no answer', () => {
  const cases: [name: string, body: object, expected: Partial<ModelReply>][] = [
    ['without content', reply([], 'end_turn'), { outcome: 'malformed', error: 'EmptyAnswer', usage: { inputTokens: 5, outputTokens: 2 } }],
    ['with empty text', reply([{ text: ' \n' }], 'end_turn'), { outcome: 'malformed', error: 'EmptyAnswer' }],
    ['with an unknown stop reason and no content', reply([], 'paused'), { outcome: 'malformed', error: 'EmptyAnswer' }],
    [
      'with reasoning alone',
      reply([{ reasoningContent: { reasoningText: { text: 'Hm.' } } }], 'end_turn'),
      { outcome: 'malformed', error: 'EmptyAnswer' },
    ],
    ['without a stop reason', reply([{ text: 'Paris' }], undefined), { outcome: 'malformed', error: 'MissingStopReason' }],
    [
      'stopped by a guardrail',
      reply([{ text: 'Sorry.' }], 'guardrail_intervened'),
      { outcome: 'refused', error: 'guardrail_intervened', providerMessage: 'Sorry.' },
    ],
    ['stopped by a content filter', reply([], 'content_filtered'), { outcome: 'refused', error: 'content_filtered' }],
    [
      'of a model that lost its form',
      reply([{ text: '{' }], 'malformed_model_output'),
      { outcome: 'malformed', error: 'malformed_model_output' },
    ],
    [
      'out of context',
      reply([{ text: 'Pa' }], 'model_context_window_exceeded'),
      { outcome: 'too-long', error: 'model_context_window_exceeded' },
    ],
    ['without an output', { stopReason: 'end_turn' }, { outcome: 'malformed', error: 'EmptyAnswer' }],
  ];
  it.each(cases)('%s fails', async (_name, body, expected) => {
    provider.answer(json(200, body));
    expect(await callModel(modelCall())).toMatchObject(expected);
  });

  it.each([
    ['an unknown stop reason', reply([{ text: 'Paris' }], 'paused'), 'paused'],
    ['only reasoning at max_tokens', reply([{ reasoningContent: { reasoningText: { text: 'Hm.' } } }], 'max_tokens'), 'max_tokens'],
  ])('with %s succeeds and says so', async (_name, body, stopReason) => {
    provider.answer(json(200, body));
    expect(await callModel(modelCall())).toMatchObject({ outcome: 'succeeded', stopReason });
  });

  it.each([
    ['broken JSON', '{"output":{"message":{"role":"assistant","content":[{"te'],
    ['HTML', '<html>busy</html>'],
    ['a JSON value of another kind', '[1]'],
    ['a field of another kind', '{"output":{"message":{"content":7}},"stopReason":"end_turn"}'],
    ['nothing', ''],
  ])('but %s is malformed', async (_name, body) => {
    provider.answer((response) => response.writeHead(200, { 'content-type': 'application/json' }).end(body));
    expect(await callModel(modelCall())).toMatchObject({ outcome: 'malformed' });
  });

  it('but a body that breaks off is malformed, not a fault', async () => {
    provider.answer((response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' }).write('{"output":');
      setTimeout(() => response.destroy(), 20);
    });
    expect(await callModel(modelCall())).toMatchObject({ outcome: 'malformed', error: 'CutAnswer', status: 200 });
  });
});

describe('an error of the provider', () => {
  const cases: [status: number, name: string, body: object, expected: Partial<ModelReply>][] = [
    [429, 'ThrottlingException', {}, { outcome: 'throttled' }],
    [400, 'ServiceQuotaExceededException', {}, { outcome: 'throttled' }],
    [429, 'ModelNotReadyException', {}, { outcome: 'not-ready' }],
    [503, 'ServiceUnavailableException', {}, { outcome: 'faulted', isTransient: true }],
    [500, 'InternalServerException', {}, { outcome: 'faulted', isTransient: true }],
    [408, 'ModelTimeoutException', {}, { outcome: 'timed-out' }],
    [424, 'ModelErrorException', { originalStatusCode: 500 }, { outcome: 'model-error', originalStatus: 500 }],
    [424, 'ModelErrorException', { originalStatusCode: 400 }, { outcome: 'model-error', originalStatus: 400 }],
    [400, 'ValidationException', {}, { outcome: 'rejected' }],
    [400, 'ValidationException', { message: 'Input is too long for requested model.' }, { outcome: 'too-long' }],
    [403, 'AccessDeniedException', {}, { outcome: 'misconfigured' }],
    [404, 'ResourceNotFoundException', {}, { outcome: 'misconfigured' }],
    [400, 'ConflictException', {}, { outcome: 'rejected' }],
    [403, 'ExpiredTokenException', {}, { outcome: 'misconfigured' }],
  ];
  it.each(cases)(
    '%i %s %j is mapped, seen once by the provider, and its text is for the caller alone, of what it can mend',
    async (status, name, body, expected) => {
      provider.answer(awsError(status, name, body));
      const { providerMessage, ...got } = (await callModel(modelCall())) as ModelFailure;
      expect(got).toMatchObject({ error: name, status, ...expected });
      expect(providerMessage !== undefined).toBe(['rejected', 'too-long', 'refused'].includes(got.outcome));
      expect(JSON.stringify(got)).not.toContain('quotes the prompt');
      expect(provider.requests).toHaveLength(1);
    },
  );

  it('gives the reason of a rejection in its own words, cut at 1,000 characters', async () => {
    provider.answer(awsError(400, 'ValidationException', { message: `  temperature must be 1 ${'x'.repeat(2000)}` }));
    const { providerMessage, message } = (await callModel(modelCall())) as ModelFailure;
    expect(providerMessage).toMatch(/^temperature must be 1 x+$/);
    expect(providerMessage).toHaveLength(1000);
    expect(message).not.toContain('temperature');
  });

  it('tells how long a throttle asks to wait', async () => {
    provider.answer(awsError(429, 'ThrottlingException', {}, { 'retry-after': '2' }));
    expect(await callModel(modelCall())).toMatchObject({ outcome: 'throttled', retryAfterMs: 2000 });
  });

  it('is read from its status when a proxy answers with HTML', async () => {
    provider.answer((response) => response.writeHead(502, { 'content-type': 'text/html' }).end('<html>Bad gateway</html>'));
    expect(await callModel(modelCall())).toMatchObject({ outcome: 'faulted', error: 'Http502', status: 502, isTransient: true });
  });

  it('leaves the connection open for the next call', async () => {
    provider.answer(awsError(503, 'ServiceUnavailableException'));
    for (let n = 0; n < 5; n += 1) await callModel(modelCall());
    expect(provider.connections()).toBe(1);
  });
});

describe('a call', () => {
  it('that is never answered times out at its limit, and the connection is given up', async () => {
    let wasClosed = false;
    provider.answer((_response, { socket }) => {
      socket.on('close', () => {
        wasClosed = true;
      });
    });
    const startedAt = performance.now();
    const got = await callModel(modelCall({ limits: { totalMs: 150 } }));
    const elapsedMs = performance.now() - startedAt;
    expect(got).toMatchObject({ outcome: 'timed-out', error: 'AttemptTimeout' });
    expect(elapsedMs).toBeGreaterThanOrEqual(145);
    expect(elapsedMs).toBeLessThan(5_000);
    await expect.poll(() => wasClosed).toBe(true);
  });

  it('whose body hangs after the headers times out, too', async () => {
    provider.answer((response) => response.writeHead(200, { 'content-type': 'application/json' }).write('{"output":'));
    expect(await callModel(modelCall({ limits: { totalMs: 150 } }))).toMatchObject({ outcome: 'timed-out', error: 'AttemptTimeout' });
  });

  it('whose caller leaves is cancelled at once', async () => {
    const caller = new AbortController();
    provider.answer(() => caller.abort());
    const startedAt = performance.now();
    expect(await callModel(modelCall({ signal: caller.signal }))).toMatchObject({ outcome: 'cancelled', error: 'Cancelled' });
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it('whose caller has left already is not made', async () => {
    expect(await callModel(modelCall({ signal: AbortSignal.abort() }))).toMatchObject({ outcome: 'cancelled' });
    expect(provider.requests).toHaveLength(0);
  });

  it('without messages is rejected without a call', async () => {
    expect(await callModel(modelCall({ content: { input: 'text to embed' } }))).toMatchObject({
      outcome: 'rejected',
      error: 'MissingMessages',
    });
    expect(provider.requests).toHaveLength(0);
  });

  it('leaves no listener on a signal that lives on', async () => {
    provider.answer(json(200, textReply));
    const signal = new AbortController().signal;
    await callModel(modelCall({ signal }));
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('to a host that refuses connections is a fault that may pass', async () => {
    const gone = await startProvider();
    await gone.stop();
    process.env.AWS_ENDPOINT_URL = gone.url;
    const got = await createBedrockCaller()(modelCall());
    expect(got).toMatchObject({ outcome: 'faulted', error: 'ECONNREFUSED', isTransient: true });
  });

  it('without credentials is a configuration error', async () => {
    const noCredentials = async () => {
      throw Object.assign(new Error('Could not load credentials from any providers'), { name: 'CredentialsProviderError' });
    };
    const got = await createBedrockCaller({ credentials: noCredentials })(modelCall());
    expect(got).toMatchObject({ outcome: 'misconfigured', error: 'CredentialsProviderError' });
  });
});

function reply(content: object[], stopReason: string | undefined): object {
  return { output: { message: { role: 'assistant', content } }, stopReason, usage: { inputTokens: 5, outputTokens: 2, totalTokens: 7 } };
}

function readFixture(name: string) {
  return JSON.parse(readFileSync(new URL(`./__fixtures__/${name}`, import.meta.url), 'utf8'));
}
