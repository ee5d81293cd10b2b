import type { CallModel, ModelCall } from '@signalbox/contracts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { modelCall } from '../__fixtures__/model-call.ts';
import {
  awsError,
  errorFrame,
  frame,
  json,
  openStream,
  type Provider,
  payloadPart,
  sse,
  startProvider,
} from '../__fixtures__/start-provider.ts';
import { completion } from '../contract/openai-driver.ts';
import { containerError, sageMakerTarget } from '../contract/sagemaker-driver.ts';
import { createModelCaller } from '../create-model-caller.ts';

let provider: Provider;
let callModel: CallModel;
const environment = { ...process.env };

beforeAll(() => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' });
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

const ask = (changes: Partial<ModelCall> = {}) => callModel({ ...modelCall(), target: sageMakerTarget(), ...changes });
const askStream = (changes: Partial<ModelCall> = {}) => ask({ limits: { totalMs: 5_000, firstTokenMs: 4_000, idleMs: 4_000 }, ...changes });
const choice = (delta: object, finish_reason: string | null = null) => sse({ choices: [{ index: 0, delta, finish_reason }] });

describe('what is sent', () => {
  it('goes to the endpoint and its component, names no model, and marks a probe of our own', async () => {
    provider.answer(json(200, completion({ text: 'Paris.', stop: 'end' })));
    await ask({ target: sageMakerTarget({ component: 'llama-adapter' }), synthetic: true });
    const { url, headers, body } = provider.requests[0] ?? {};
    expect(url).toBe('/endpoints/chat-endpoint/invocations');
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'x-amzn-sagemaker-inference-component': 'llama-adapter',
      'x-amzn-sagemaker-custom-attributes': 'synthetic=true',
      authorization: expect.stringMatching(/^AWS4-HMAC-SHA256 .*\/us-east-1\/sagemaker\/aws4_request/),
    });
    expect(body).toEqual({
      messages: [{ role: 'user', content: 'What is the capital of France?' }],
      max_tokens: 200,
      temperature: 0,
      stream: false,
    });
  });

  it('is streamed by the operation that streams', async () => {
    provider.answer((response) => void openStream(response).end(payloadPart(Buffer.from(choice({ content: 'Paris.' }, 'stop')))));
    expect(await askStream({ target: sageMakerTarget({ component: 'a' }) })).toMatchObject({ outcome: 'succeeded' });
    expect(provider.requests[0]?.url).toBe('/endpoints/chat-endpoint/invocations-response-stream');
    expect(provider.requests[0]?.headers['x-amzn-sagemaker-inference-component']).toBe('a');
    expect(provider.requests[0]?.body).toMatchObject({ stream: true, stream_options: { include_usage: true } });
  });
});

it('a stream is the same with its parts cut at every byte', async () => {
  const bytes = Buffer.from([choice({ content: 'Zürich 東京' }), choice({}, 'stop'), 'data: [DONE]\n\n'].join(''));
  const parts = Array.from(bytes, (_, n) => payloadPart(bytes.subarray(n, n + 1)));
  provider.answer((response) => void openStream(response).end(Buffer.concat(parts)));
  expect(await askStream()).toMatchObject({ outcome: 'succeeded', output: { message: { content: [{ text: 'Zürich 東京' }] } } });
});

describe("an error of the container is the caller's where it is a 4xx", () => {
  it.each([
    [
      containerError(400, { message: 'temperature must be non-negative', type: 'BadRequestError' }),
      { outcome: 'rejected', providerMessage: 'temperature must be non-negative' },
    ],
    [containerError(413, { message: 'maximum context length is 4096 tokens' }), { outcome: 'too-long' }],
    [containerError(422, { detail: [{ msg: 'Field required' }] }), { outcome: 'rejected', providerMessage: 'Field required' }],
    [containerError(404, { message: 'The model `x` does not exist.', type: 'NotFoundError' }), { outcome: 'misconfigured' }],
    [containerError(429, { message: 'queue is full' }), { outcome: 'throttled' }],
    [containerError(500, { message: 'CUDA out of memory' }), { outcome: 'model-error' }],
    [containerError(503, { message: 'worker died' }), { outcome: 'model-error' }],
  ])('%#', async (reply, expected) => {
    provider.answer(reply);
    const got = await ask();
    expect(got).toMatchObject({ status: 424, originalStatus: expect.any(Number), ...expected });
    expect(JSON.stringify(got)).not.toMatch(/quotes the prompt|CUDA|worker died/);
    expect(await askStream()).toEqual(got);
    expect(provider.requests).toHaveLength(2);
  });

  it('also in plain words', async () => {
    provider.answer(awsError(424, 'ModelError', { OriginalStatusCode: 400, OriginalMessage: 'prompt is too long' }));
    expect(await ask()).toMatchObject({ outcome: 'too-long', originalStatus: 400 });
  });
});

describe('an error of SageMaker', () => {
  it.each([
    [429, 'ModelNotReadyException', 'loading', { outcome: 'not-ready' }],
    [503, 'ServiceUnavailable', 'later', { outcome: 'faulted', isTransient: true }],
    [500, 'InternalFailure', 'boom', { outcome: 'faulted', isTransient: true }],
    [530, 'InternalDependencyException', 'boom', { outcome: 'faulted' }],
    [400, 'ValidationError', 'Endpoint chat-endpoint of account 1 not found.', { outcome: 'misconfigured' }],
    [400, 'ValidationError', 'Inference Component Name header is required.', { outcome: 'misconfigured' }],
    [400, 'ValidationError', '1 validation error detected: body is too large', { outcome: 'rejected' }],
    [403, 'AccessDeniedException', 'no', { outcome: 'misconfigured' }],
    [400, 'ThrottlingException', 'Rate exceeded', { outcome: 'throttled' }],
  ])('%i %s "%s" is mapped', async (status, name, message, expected) => {
    provider.answer(awsError(status, name, { message }));
    expect(await ask()).toMatchObject({ error: name, status, ...expected });
  });

  it.each([
    ['ModelInvocationTimeExceeded', { outcome: 'timed-out', error: 'ModelInvocationTimeExceeded' }],
    ['StreamBroken', { outcome: 'malformed', error: 'StreamBroken' }],
    ['SomethingNew', { outcome: 'model-error', error: 'ModelStreamError' }],
  ])('in the middle of a stream is mapped by its code %s, with what was used', async (ErrorCode, expected) => {
    const broken = frame('ModelStreamError', { Message: 'quotes the prompt', ErrorCode }, 'exception');
    provider.answer(
      (response) => void openStream(response).end(Buffer.concat([payloadPart(Buffer.from(choice({ content: 'Par' }))), broken])),
    );
    const reply = await askStream();
    expect(reply).toMatchObject({ ...expected, usage: { estimated: true } });
    expect(JSON.stringify(reply)).not.toContain('quotes');
  });

  it('in the middle of a stream that has no shape is mapped by its code', async () => {
    const text = payloadPart(Buffer.from(choice({ content: 'Par' })));
    provider.answer((response) => void openStream(response).end(Buffer.concat([text, errorFrame('InternalStreamFailure')])));
    expect(await askStream()).toMatchObject({ outcome: 'faulted', error: 'InternalStreamFailure' });
  });
});
