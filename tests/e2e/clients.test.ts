import { setTimeout as sleep } from 'node:timers/promises';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { APICallError, embedMany, generateObject, generateText, isStepCount, streamText, tool } from 'ai';
import OpenAI from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { type RunningStack, startStack } from './kit/running-stack.ts';
import { runSignalbox } from './kit/signalbox-command.ts';
import { createSimulator, type ModelAttempt } from './kit/simulator.ts';
import { createKey } from './kit/tenants.ts';

// Cold starts, on a machine that may have others to do.
vi.setConfig({ testTimeout: 60_000 });

const MODEL = 'amazon.nova-lite-v1:0';
const QUESTION = 'What is the capital of Japan?';
const ANSWER = 'The capital of Japan is Tokyo.';
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
/** What the simulated models count for one image. */
const IMAGE_TOKENS = 1_500;

const Place = z.object({ city: z.string(), founded: z.int(), kind: z.enum(['town', 'village']) });
const weather = {
  type: 'object',
  properties: { city: { type: 'string', enum: ['Oslo'] } },
  required: ['city'],
  additionalProperties: false,
};
const tools = [{ type: 'function' as const, function: { name: 'temperature', description: 'In °C', strict: true, parameters: weather } }];
const CALLED = { type: 'function', id: expect.stringMatching(/./), function: { name: 'temperature', arguments: '{"city":"Oslo"}' } };
const user = (content: string) => [{ role: 'user' as const, content }];

let running: RunningStack;
let simulator: ReturnType<typeof createSimulator>;
let openai: OpenAI;
let signalbox: ReturnType<typeof createOpenAICompatible>;

beforeAll(async () => {
  running = await startStack({ args: ['--quiet'] });
  simulator = createSimulator(running.stack);
  openai = connect();
  const { gatewayUrl, apiKey } = running.stack;
  signalbox = createOpenAICompatible({
    name: 'signalbox',
    baseURL: `${gatewayUrl}/v1`,
    apiKey,
    includeUsage: true,
    supportsStructuredOutputs: true,
  });
});
afterAll(() => running?.stop());

function connect(options: { apiKey?: string; maxRetries?: number } = {}): OpenAI {
  const { gatewayUrl, apiKey } = running.stack;
  return new OpenAI({ baseURL: `${gatewayUrl}/v1`, apiKey, maxRetries: 0, ...options });
}

const attemptsOn = async (id: string) => (await simulator.attempts()).filter(({ modelId }) => modelId === id);
const countAttempts = async (id: string) => (await attemptsOn(id)).length;

/** What the provider saw of calls of a model, once there are so many and the last of them has ended. */
async function endedAttempts(modelId: string, count: number): Promise<ModelAttempt[]> {
  await expect.poll(() => countAttempts(modelId), { timeout: 5_000 }).toBe(count);
  for (let before = await attemptsOn(modelId); ; ) {
    await sleep(100);
    const now = await attemptsOn(modelId);
    // While a call is open, its duration grows.
    if (now.every(({ durationMs }, index) => durationMs === before[index]?.durationMs)) return now;
    before = now;
  }
}

describe('the official OpenAI client', () => {
  it('asks, and is told who answered', async () => {
    const { data, response, request_id } = await openai.chat.completions
      .create({ model: 'default', messages: [{ role: 'system', content: 'Be brief.' }, ...user(QUESTION)] })
      .withResponse();
    expect(data).toMatchObject({ object: 'chat.completion', model: MODEL, id: request_id });
    expect(data.choices).toMatchObject([{ index: 0, message: { role: 'assistant', content: ANSWER }, finish_reason: 'stop' }]);
    expect(data.usage).toMatchObject({ prompt_tokens: 11, completion_tokens: 8, total_tokens: 19 });
    expect(response.headers.get('x-signalbox-target')).toBe('nova-lite');
    expect(response.headers.get('x-signalbox-attempts')).toBe('1');
  });

  it('reads a stream piece by piece, with its usage at the end', async () => {
    const stream = await openai.chat.completions.create({
      model: 'default',
      messages: user(QUESTION),
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    const pieces = chunks.flatMap(({ choices }) => choices[0]?.delta.content ?? []);
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.join('')).toBe(ANSWER);
    expect(chunks.flatMap(({ choices }) => choices[0]?.finish_reason ?? [])).toEqual(['stop']);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 8, completion_tokens: 8, total_tokens: 16 } });
    expect(new Set(chunks.map(({ id, model }) => `${id} ${model}`)).size).toBe(1);
  });

  it('calls a tool and gives the model its result', async () => {
    const turns: OpenAI.ChatCompletionMessageParam[] = user('How warm is it?');
    const first = await openai.chat.completions.create({ model: 'default', messages: turns, tools, tool_choice: 'required' });
    const [choice] = first.choices;
    expect(choice).toMatchObject({ finish_reason: 'tool_calls', message: { content: null, tool_calls: [CALLED] } });
    if (!choice) throw new Error('there is no choice');
    turns.push(choice.message, { role: 'tool', tool_call_id: choice.message.tool_calls?.[0]?.id ?? '', content: '4 °C' });
    const second = await openai.chat.completions.create({ model: 'default', messages: turns, tools });
    expect(second.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: expect.stringContaining('"4 °C"') } });
  });

  it('assembles a streamed tool call, and runs the loop of its tool runner', async () => {
    const asked = user('[[tool:temperature]] How warm is it?');
    const streamed = await openai.chat.completions.stream({ model: 'default', messages: asked, tools }).finalChatCompletion();
    const [choice] = streamed.choices;
    expect(choice).toMatchObject({ finish_reason: 'tool_calls', message: { tool_calls: [CALLED] } });
    if (!choice) throw new Error('there is no choice');
    // With what the client made of the call's input beside it.
    const result = { role: 'tool' as const, tool_call_id: choice.message.tool_calls?.[0]?.id ?? '', content: '4 °C' };
    const answer = await openai.chat.completions.create({ model: 'default', messages: [...asked, choice.message, result], tools });
    expect(answer.choices[0]?.message.content).toContain('"4 °C"');
    const runner = openai.chat.completions.runTools({
      model: 'default',
      messages: asked,
      tools: [
        {
          type: 'function',
          function: {
            name: 'temperature',
            description: 'In °C',
            parameters: weather,
            parse: (input: string) => JSON.parse(input) as { city: string },
            function: ({ city }: { city: string }) => `4 °C in ${city}`,
          },
        },
      ],
    });
    expect(await runner.finalContent()).toContain('"4 °C in Oslo"');
  });

  it('shows an image by its data URL, to a model that sees', async () => {
    const image = { type: 'image_url' as const, image_url: { url: `data:image/png;base64,${PIXEL}` } };
    const { usage, choices } = await openai.chat.completions.create({
      model: 'default',
      messages: [{ role: 'user', content: [{ type: 'text', text: 'What is this?' }, image] }],
    });
    expect(choices[0]?.message.content).toContain('"What is this?"');
    expect(usage?.prompt_tokens).toBe(IMAGE_TOKENS + 4);
  });

  it('parses an answer by a zod schema, and goes on from there', async () => {
    const asked = { model: 'default', messages: user('Tokyo'), response_format: zodResponseFormat(Place, 'place') };
    const [choice] = (await openai.chat.completions.parse(asked)).choices;
    if (!choice) throw new Error('there is no choice');
    const messages = [...asked.messages, choice.message, ...user(QUESTION)];
    expect((await openai.chat.completions.create({ model: 'default', messages })).choices[0]?.message.content).toBe(ANSWER);
    expect(choice.message.parsed).toEqual({
      city: 'tokyo',
      founded: expect.any(Number),
      kind: expect.stringMatching(/^(town|village)$/),
    });
  });

  it.each([
    ['a stop sequence', { stop: [' is'] }, { content: 'The capital of Japan', reason: 'stop' }],
    ['its length', { max_completion_tokens: 2 }, { content: 'The capi', reason: 'length' }],
  ])('has an answer that ends at %s', async (_what, how, { content, reason }) => {
    const { choices } = await openai.chat.completions.create({ model: 'default', messages: user(QUESTION), ...how });
    expect(choices).toMatchObject([{ message: { content }, finish_reason: reason }]);
  });

  it('gets the same vectors as base64, its default, and as floats', async () => {
    const asked = { model: 'embeddings', input: ['a cat sat', 'a cat sat', 'Quantum chromodynamics'] };
    const [packed, plain] = [await openai.embeddings.create(asked), await openai.embeddings.create({ ...asked, encoding_format: 'float' })];
    expect(packed.model).toBe('amazon.titan-embed-text-v2:0');
    const vectors = packed.data.map(({ embedding }) => embedding);
    expect(vectors.map(({ length }) => length)).toEqual([1_024, 1_024, 1_024]);
    expect(plain.data.map(({ embedding }) => embedding.map(Math.fround))).toEqual(vectors);
    expect(vectors[1]).toEqual(vectors[0]);
    expect(vectors[2]).not.toEqual(vectors[0]);
    const { data, usage } = await openai.embeddings.create({ model: 'embeddings', input: 'a cat sat', dimensions: 256 });
    expect(data[0]?.embedding).toHaveLength(256);
    expect(usage.prompt_tokens).toBeGreaterThan(0);
  });

  it('lists the models', async () => {
    const models = [];
    for await (const model of openai.models.list()) models.push(model);
    expect(models).toContainEqual({ id: MODEL, object: 'model', created: expect.any(Number), owned_by: 'amazon' });
    const asked = await openai.chat.completions.create({ model: MODEL, messages: user(QUESTION) });
    expect(asked.model).toBe(MODEL);
  });
});

describe('the errors of the official OpenAI client', () => {
  const ask = (model: string, text = QUESTION, more: object = {}) =>
    openai.chat.completions.create({ model, messages: user(text), ...more }, {});

  it.each([
    ['a parameter that is not taken', () => ask('default', QUESTION, { n: 2 }), OpenAI.BadRequestError, 'unsupported_parameter', 'n'],
    ['a text that is too long', () => ask('default', '[[too-long]]'), OpenAI.BadRequestError, 'context_length_exceeded', null],
    ['content that is filtered', () => ask('default', '[[stop:content_filtered]]'), OpenAI.BadRequestError, 'content_filter', null],
    ['a name that nobody has', () => ask('nobody'), OpenAI.NotFoundError, 'model_not_found', 'model'],
    ['the same of a stream', () => ask('nobody', QUESTION, { stream: true }), OpenAI.NotFoundError, 'model_not_found', 'model'],
    [
      'embeddings of a chat model',
      () => openai.embeddings.create({ model: 'default', input: 'x' }),
      OpenAI.BadRequestError,
      'wrong_operation',
      'model',
    ],
  ])('for %s', async (_what, fail, type, code, param) => {
    const error = await fail().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(type);
    expect(error).toMatchObject({ code, param, requestID: expect.stringMatching(/./), error: { request_id: expect.stringMatching(/./) } });
  });

  it('for keys: one that is wrong, and one whose scopes leave out what it asks for', async () => {
    const apiKey = await createKey(running.stack, { name: 'scoped', tenant: 'default', scopes: ['route:fast'] });
    const scoped = connect({ apiKey });
    const asked = { model: 'default', messages: user(QUESTION) };
    await expect(connect({ apiKey: 'wrong' }).chat.completions.create(asked)).rejects.toThrow(OpenAI.AuthenticationError);
    await expect(scoped.chat.completions.create(asked)).rejects.toThrow(OpenAI.PermissionDeniedError);
    await expect(scoped.chat.completions.create({ ...asked, model: 'fast' })).resolves.toMatchObject({ object: 'chat.completion' });
  });
});

it('a tenant over its limit is a RateLimitError that says when to come back', async () => {
  const limits = ['tenants', 'set', 'frugal', '--requests-per-minute', '1', '--stack', running.dataDirectory];
  expect(await runSignalbox(limits)).toMatchObject({ code: 0 });
  const frugal = connect({ apiKey: await createKey(running.stack, { name: 'frugal', tenant: 'frugal', scopes: ['*'] }) });
  const ask = () => frugal.chat.completions.create({ model: 'default', messages: user(QUESTION) });
  expect((await ask()).choices[0]?.message.content).toBe(ANSWER);
  const error = await ask().catch((thrown) => thrown);
  expect(error).toBeInstanceOf(OpenAI.RateLimitError);
  expect(error).toMatchObject({ code: 'rate_limit_exceeded', type: 'rate_limit_error' });
  const seconds = Number(error.headers.get('retry-after'));
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThanOrEqual(60);
  // Another tenant is as free as before.
  expect((await openai.chat.completions.create({ model: 'default', messages: user(QUESTION) })).model).toBe(MODEL);
});

describe('when a model fails', () => {
  // Each has a target of its own, so that what befalls one is not remembered in another.
  afterEach(() => simulator.heal());

  it('and no other may answer, it is an InternalServerError that says when to come back', async () => {
    await simulator.break('us.amazon.nova-2-lite-v1:0', { kind: 'error', status: 503 });
    const error = await openai.chat.completions.create({ model: 'nova-2-lite', messages: user(QUESTION) }).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(OpenAI.InternalServerError);
    expect(error).toMatchObject({ status: 503, code: 'all_attempts_failed' });
    expect(error.error.attempts).toMatchObject([
      { target: 'nova-2-lite', outcome: 'faulted' },
      { target: 'nova-2-lite', outcome: 'faulted' },
    ]);
    expect(Number(error.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await endedAttempts('us.amazon.nova-2-lite-v1:0', 2)).toHaveLength(2);
  });

  it('the client comes back when it was told to, and not before', async () => {
    const modelId = 'anthropic.claude-sonnet-5';
    // Longer than the gateway itself waits for.
    await simulator.break(modelId, { kind: 'throttle', retryAfterSeconds: 6, times: 1 });
    const { choices } = await connect({ maxRetries: 1 }).chat.completions.create({ model: 'sonnet-eu', messages: user(QUESTION) });
    expect(choices[0]?.message.content).toBe(ANSWER);
    const [first, second] = await endedAttempts(modelId, 2);
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(6_000);
  });

  it('in mid-stream, the stream ends with an APIError and never as if it were whole', async () => {
    await simulator.break('us.anthropic.claude-sonnet-5', { kind: 'cut-stream', afterTokens: 4 });
    let text = '';
    const reasons: unknown[] = [];
    const read = async () => {
      for await (const { choices } of await openai.chat.completions.create({ model: 'sonnet', messages: user(QUESTION), stream: true })) {
        text += choices[0]?.delta.content ?? '';
        if (choices[0]?.finish_reason) reasons.push(choices[0].finish_reason);
      }
    };
    const error = await read().catch((thrown) => thrown);
    expect(error).toBeInstanceOf(OpenAI.APIError);
    expect(error).toMatchObject({ code: 'answer_interrupted', message: expect.stringContaining('sonnet broke off') });
    expect({ text, reasons }).toEqual({ text: 'The capital of J', reasons: [] });
  });

  it('in mid-stream on a route that holds, the answer is whole and another’s', async () => {
    await simulator.break('us.anthropic.claude-haiku-4-5-20251001-v1:0', { kind: 'cut-stream', afterTokens: 4 });
    const stream = openai.chat.completions.stream({ model: 'quality', messages: user(QUESTION) });
    const { model, choices } = await stream.finalChatCompletion();
    expect({ model, text: choices[0]?.message.content }).toEqual({ model: 'amazon.nova-pro-v1:0', text: ANSWER });
  });
});

describe('a caller that leaves', () => {
  // What a model that is silent gets from the gateway before it is left.
  const FIRST_TOKEN_MS = 10_000;
  afterEach(() => simulator.heal());

  it('in the middle of a stream takes the model call with it', async () => {
    const modelId = 'eu.amazon.nova-2-lite-v1:0';
    await simulator.break(modelId, { kind: 'stall-stream', afterTokens: 4 });
    const stream = await openai.chat.completions.create({ model: 'nova-2-lite-eu', messages: user(QUESTION), stream: true });
    for await (const { choices } of stream) if (choices[0]?.delta.content) break;
    expect(stream.controller.signal.aborted).toBe(true);
    const [attempt] = await endedAttempts(modelId, 1);
    expect(attempt).toMatchObject({ status: 200, streaming: true, fault: 'stall-stream' });
    expect(attempt?.durationMs).toBeLessThan(FIRST_TOKEN_MS / 2);
  });

  it('because its time is up takes the model call with it, and no other is made', async () => {
    const modelId = 'amazon.nova-pro-v1:0';
    await simulator.break(modelId, { kind: 'hang' });
    const before = await countAttempts(modelId);
    const asked = openai.chat.completions.create({ model: 'nova-pro', messages: user(QUESTION) }, { timeout: 1_500 });
    await expect(asked).rejects.toThrow(OpenAI.APIConnectionTimeoutError);
    const attempts = await endedAttempts(modelId, before + 1);
    expect(attempts.at(-1)).toMatchObject({ status: 0, fault: 'hang' });
    expect(attempts.at(-1)?.durationMs).toBeLessThan(FIRST_TOKEN_MS / 2);
  });
});

describe('the Vercel AI SDK', () => {
  const temperature = tool({
    description: 'In °C',
    inputSchema: z.object({ city: z.enum(['Oslo']) }),
    execute: async ({ city }) => `4 °C in ${city}`,
  });

  it('asks, and reads a stream', async () => {
    const { text, finalStep, finishReason, usage } = await generateText({ model: signalbox('default'), prompt: QUESTION });
    expect({ text, finishReason, model: finalStep.response.modelId }).toEqual({ text: ANSWER, finishReason: 'stop', model: MODEL });
    expect(usage).toMatchObject({ inputTokens: 8, outputTokens: 8, totalTokens: 16 });
    const streamed = streamText({ model: signalbox('default'), prompt: QUESTION });
    const pieces = [];
    for await (const piece of streamed.textStream) pieces.push(piece);
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.join('')).toBe(ANSWER);
    expect(await streamed.finishReason).toBe('stop');
    expect(await streamed.usage).toMatchObject({ inputTokens: 8, outputTokens: 8 });
  });

  it('runs tools until the model has its answer, whole and streamed', async () => {
    const asked = { model: signalbox('default'), prompt: '[[tool:temperature]] How warm is it?', tools: { temperature } };
    const { steps, text } = await generateText({ ...asked, stopWhen: isStepCount(3) });
    expect(steps.map(({ finishReason }) => finishReason)).toEqual(['tool-calls', 'stop']);
    expect(text).toContain('"4 °C in Oslo"');
    const streamed = streamText({ ...asked, stopWhen: isStepCount(3) });
    expect(await streamed.text).toContain('"4 °C in Oslo"');
    expect((await streamed.steps)[0]?.toolCalls).toMatchObject([{ toolName: 'temperature', input: { city: 'Oslo' } }]);
  });

  it('makes an object of a schema, and shows an image', async () => {
    const { object } = await generateObject({ model: signalbox('default'), prompt: 'Tokyo', schema: Place });
    expect(object).toEqual({ city: 'tokyo', founded: expect.any(Number), kind: expect.stringMatching(/^(town|village)$/) });
    const image = { type: 'file' as const, data: Buffer.from(PIXEL, 'base64'), mediaType: 'image/png' };
    const { usage } = await generateText({
      model: signalbox('default'),
      messages: [{ role: 'user', content: [{ type: 'text', text: 'What is this?' }, image] }],
    });
    expect(usage.inputTokens).toBe(IMAGE_TOKENS + 4);
  });

  it('gets vectors', async () => {
    const { embeddings } = await embedMany({ model: signalbox.embeddingModel('embeddings'), values: ['a cat sat', 'two cats'] });
    expect(embeddings.map(({ length }) => length)).toEqual([1_024, 1_024]);
  });

  it('throws what is refused, and has the error of a stream that broke off', async () => {
    const refused = await generateText({ model: signalbox('nobody'), prompt: QUESTION }).catch((thrown) => thrown);
    expect(refused).toBeInstanceOf(APICallError);
    expect(refused).toMatchObject({ statusCode: 404, isRetryable: false, data: { error: { code: 'model_not_found' } } });
    await simulator.break('us.anthropic.claude-sonnet-5', { kind: 'cut-stream', afterTokens: 4 });
    const parts = [];
    for await (const part of streamText({ model: signalbox('sonnet'), prompt: QUESTION, onError: () => undefined }).stream)
      parts.push(part);
    await simulator.heal();
    expect(parts.find(({ type }) => type === 'error')).toMatchObject({ error: { code: 'answer_interrupted' } });
    expect(parts.at(-1)).toMatchObject({ type: 'finish', finishReason: 'error' });
  });
});
