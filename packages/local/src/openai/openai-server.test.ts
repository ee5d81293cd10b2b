import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readServerSentEvents } from '../bedrock/server-sent-events.ts';
import { startTestBedrock, type TestBedrock, until } from '../bedrock/test-bedrock.ts';

let simulator: TestBedrock;
beforeAll(async () => {
  simulator = await startTestBedrock({ seed: 42 });
});
afterAll(() => simulator.stop());
afterEach(() => simulator.reset());

const model = 'llama-3';
const user = (content: unknown = 'What is the capital of France?') => ({ model, messages: [{ role: 'user', content }] });

function post(body: unknown, { path = '/openai/v1/chat/completions', signal }: { path?: string; signal?: AbortSignal } = {}) {
  return fetch(`${simulator.http1Url}${path}`, {
    method: 'POST',
    headers: { authorization: 'Bearer any' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...(signal ? { signal } : {}),
  });
}

// biome-ignore lint/suspicious/noExplicitAny: what a server of others answers is looked at, not typed.
type Json = any;

const complete = async (body: unknown): Promise<Json> => (await post(body)).json();

/** The data of each event, up to the end or the break. */
async function streamed(body: object) {
  const response = await post({ ...body, stream: true });
  const events: string[] = [];
  let isBroken = false;
  try {
    for await (const event of readServerSentEvents(response.body as unknown as AsyncIterable<Uint8Array>)) events.push(event);
  } catch {
    isBroken = true;
  }
  const chunks: Json[] = events.flatMap((event) => (event.startsWith('{') && event.endsWith('}') ? [JSON.parse(event)] : []));
  const text = chunks.map((chunk) => chunk.choices?.[0]?.delta?.content ?? '').join('');
  const reasons = chunks.flatMap((chunk) => chunk.choices?.[0]?.finish_reason ?? []);
  return { response, events, chunks, text, reasons, isBroken, isDone: events.at(-1) === '[DONE]' };
}

const weather = {
  type: 'function',
  function: { name: 'weather', parameters: { type: 'object', properties: { city: { enum: ['Paris'] } }, required: ['city'] } },
};
const named = { type: 'function', function: { name: 'weather' } };

describe('chat completions', () => {
  it('answer in one piece', async () => {
    expect(await complete(user())).toEqual({
      id: expect.stringMatching(/^chatcmpl-[0-9a-f]{29}$/),
      object: 'chat.completion',
      created: expect.closeTo(Date.now() / 1000, -1),
      model,
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'The capital of France is Paris.', refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: { prompt_tokens: 8, completion_tokens: 8, total_tokens: 16 },
      system_fingerprint: null,
    });
  });

  it('stream the same answer, with its usage when asked for', async () => {
    const { response, text, reasons, isDone, chunks } = await streamed({ ...user(), stream_options: { include_usage: true } });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect({ text, reasons, isDone }).toEqual({ text: 'The capital of France is Paris.', reasons: ['stop'], isDone: true });
    expect(chunks[0].choices[0].delta).toEqual({ role: 'assistant', content: '' });
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 8, completion_tokens: 8, total_tokens: 16 } });
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
    expect((await streamed(user())).chunks.every((chunk) => !('usage' in chunk))).toBe(true);
  });

  it('call tools, whole and in a stream', async () => {
    const body = { ...user('Weather?'), tools: [weather], tool_choice: named };
    const { choices } = await complete(body);
    expect(choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: { content: null, tool_calls: [{ type: 'function', function: { name: 'weather', arguments: '{"city":"Paris"}' } }] },
    });
    const { chunks, reasons } = await streamed(body);
    const calls = chunks.flatMap((chunk) => chunk.choices?.[0]?.delta?.tool_calls ?? []);
    expect(calls[0]).toMatchObject({ index: 0, id: choices[0].message.tool_calls[0].id, function: { name: 'weather', arguments: '' } });
    expect(calls.map((call) => call.function.arguments).join('')).toBe('{"city":"Paris"}');
    expect(reasons).toEqual(['tool_calls']);
    const next = [choices[0].message, { role: 'tool', tool_call_id: calls[0].id, content: 'rain' }, { role: 'user', content: 'And?' }];
    expect(await complete({ ...body, tool_choice: 'none', messages: [...body.messages, ...next] })).toMatchObject({
      choices: [{ finish_reason: 'stop' }],
    });
  });

  it('follow a JSON schema, see images, stop and end where they are told', async () => {
    const schema = { type: 'object', properties: { a: { const: 1 } }, required: ['a'] };
    const format = { type: 'json_schema', json_schema: { name: 'x', schema, strict: true } };
    const { choices } = await complete({ ...user('go'), response_format: format });
    expect(JSON.parse(choices[0].message.content)).toEqual({ a: 1 });
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,aGVsbG8=' } };
    expect((await complete(user([{ type: 'text', text: 'see' }, image]))).usage.prompt_tokens).toBe(1_501);
    expect((await complete({ ...user('[[tokens:50]]'), max_completion_tokens: 10 })).choices[0].finish_reason).toBe('length');
    expect((await complete({ ...user(), stop: ' is' })).choices[0].message.content).toBe('The capital of France');
    expect((await complete(user('[[stop:content_filtered]] x'))).choices[0].finish_reason).toBe('content_filter');
  });

  it('differ by seed and by model, and else repeat', async () => {
    const ask = async (more: object) => (await complete({ ...user('Explain interlocking'), ...more })).choices[0].message.content;
    const first = await ask({ seed: 1 });
    expect(await ask({ seed: 1 })).toBe(first);
    expect(await ask({ seed: 2 })).not.toBe(first);
    expect(await ask({ seed: 1, model: 'other' })).not.toBe(first);
  });

  it('of a model that reasons begin with what it thinks', async () => {
    const body = { ...user(), model: 'deepseek-r1' };
    const { choices, usage } = await complete(body);
    expect(choices[0].message).toMatchObject({
      content: 'The capital of France is Paris.',
      reasoning_content: expect.stringContaining('6 words'),
    });
    expect(usage.completion_tokens).toBe(8 + usage.completion_tokens_details.reasoning_tokens);
    const { chunks, text } = await streamed({ ...body, stream_options: { include_usage: true } });
    const thought = chunks.map((chunk) => chunk.choices[0]?.delta.reasoning_content ?? '').join('');
    expect({ thought, text }).toEqual({ thought: choices[0].message.reasoning_content, text: choices[0].message.content });
    expect(chunks.at(-1).usage).toEqual(usage);
    expect((await complete({ ...body, reasoning_effort: 'none' })).choices[0].message.reasoning_content).toBeUndefined();
  });

  it('stand below the simulator and behind Bedrock, too', async () => {
    const response = await post(user(), { path: '/_simulator/openai/v1/chat/completions' });
    expect(response.status).toBe(200);
    expect(await simulator.attempts()).toMatchObject([{ modelId: model, region: 'openai', status: 200, streaming: false }]);
  });
});

it('lists what is marked as synthetic only when asked for it', async () => {
  const headers = { 'x-signalbox-synthetic': 'true' };
  await (
    await fetch(`${simulator.http1Url}/openai/v1/chat/completions`, { method: 'POST', headers, body: JSON.stringify(user()) })
  ).arrayBuffer();
  expect(await simulator.attempts()).toEqual([]);
  const all = (await simulator.admin('GET', '/attempts?synthetic=true')).body.attempts;
  expect(all).toMatchObject([{ modelId: model, synthetic: true }]);
});

describe('a call that is wrong', () => {
  it.each<[string, unknown, number, string | null, RegExp]>([
    ['no JSON', '{', 400, null, /not JSON/],
    ['no messages', { model }, 400, null, /'messages': Member must not be null/],
    ['an image elsewhere', user([{ type: 'image_url', image_url: { url: 'https://example.com/a.png' } }]), 400, null, /data URL/],
    ['a tool that is not there', { ...user(), tool_choice: named }, 400, null, /does not define/],
    ['several answers', { ...user(), n: 2 }, 400, null, /'n'/],
    ['too much', user('[[too-long]]'), 400, 'context_length_exceeded', /maximum context length/],
    ['an unknown model', { ...user(), model: 'does-not-exist' }, 404, 'model_not_found', /does not exist/],
  ])('for %s is told so', async (_name, body, status, code, message) => {
    const response = await post(body);
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({
      error: { message: expect.stringMatching(message), type: 'invalid_request_error', param: null, code },
    });
  });

  it('for another path is 404', async () => {
    expect((await post({}, { path: '/openai/v1/images' })).status).toBe(404);
  });
});

describe('embeddings', () => {
  const embed = async (more: object): Promise<Json> =>
    (await post({ model: 'e5', input: ['signal', 'track'], ...more }, { path: '/openai/v1/embeddings' })).json();

  it('give one vector for each text, as numbers or as base64', async () => {
    const numbers = await embed({ dimensions: 256 });
    expect(numbers).toMatchObject({ object: 'list', model: 'e5', usage: { prompt_tokens: 4, total_tokens: 4 } });
    expect(numbers.data.map((each: Json) => [each.index, each.embedding.length])).toEqual([
      [0, 256],
      [1, 256],
    ]);
    const coded = await embed({ dimensions: 256, encoding_format: 'base64' });
    const bytes = Buffer.from(coded.data[1].embedding, 'base64');
    expect(bytes.readFloatLE(4 * 17)).toBeCloseTo(numbers.data[1].embedding[17], 6);
    expect((await embed({ input: 'one' })).data[0].embedding).toHaveLength(1024);
  });

  it('are struck by faults', async () => {
    await simulator.setFault('e5', { kind: 'throttle', retryAfterSeconds: 7 });
    const response = await post({ model: 'e5', input: 'x' }, { path: '/openai/v1/embeddings' });
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7']);
  });
});

describe.each([false, true])('a fault, streaming: %s', (stream) => {
  const body = { ...user('[[tokens:100]]'), stream };

  it.each<[object, number, string, string | null]>([
    [{ kind: 'error' }, 503, 'server_error', null],
    [{ kind: 'error', status: 500 }, 500, 'server_error', null],
    [{ kind: 'error', status: 502 }, 502, 'server_error', null],
    [{ kind: 'error', status: 401 }, 401, 'invalid_request_error', 'invalid_api_key'],
    [{ kind: 'error', status: 400 }, 400, 'invalid_request_error', null],
    [{ kind: 'error', status: 404 }, 404, 'invalid_request_error', 'model_not_found'],
    [{ kind: 'throttle' }, 429, 'rate_limit_error', 'rate_limit_exceeded'],
  ])('%j is a status and an error of this API', async (fault, status, type, code) => {
    await simulator.setFault(model, { ...fault, times: 1 });
    const response = await post(body);
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ error: { message: expect.any(String), type, param: null, code } });
    expect(await simulator.attempts()).toMatchObject([
      { modelId: model, region: 'openai', status, streaming: stream, fault: (fault as { kind: string }).kind },
    ]);
    expect((await post(body)).status).toBe(200);
  });

  it('of status 0 resets the connection', async () => {
    await simulator.setFault(model, { kind: 'error', status: 0 });
    await expect(post(body)).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
    expect(await simulator.attempts()).toMatchObject([{ status: 0 }]);
  });

  it('hangs until it is cleared', async () => {
    await simulator.setFault(model, { kind: 'hang' });
    const hanging = post(body);
    await until(async () => (await simulator.attempts()).length === 1);
    await simulator.admin('DELETE', '/faults');
    await expect(hanging).rejects.toThrow('fetch failed');
  });

  it('waits', async () => {
    await simulator.setFault(model, { kind: 'latency', latencyMs: 150 });
    await (await post(body)).text();
    expect((await simulator.attempts())[0]?.durationMs).toBeGreaterThanOrEqual(149);
  });
});

describe('a stream that breaks', () => {
  const body = user('[[tokens:100]]');

  it('cut, ends with its connection', async () => {
    await simulator.setFault(model, { kind: 'cut-stream', afterTokens: 20 });
    const { text, isBroken, reasons, isDone } = await streamed(body);
    expect({ length: text.length, isBroken, reasons, isDone }).toEqual({ length: 80, isBroken: true, reasons: [], isDone: false });
  });

  it('cut as if all were well, ends cleanly without a finish reason', async () => {
    await simulator.setFault(model, { kind: 'cut-stream', how: 'end' });
    const { text, isBroken, reasons, isDone } = await streamed(body);
    expect({ length: text.length, isBroken, reasons, isDone }).toEqual({ length: 40, isBroken: false, reasons: [], isDone: false });
  });

  it('stalled, says nothing more', async () => {
    await simulator.setFault(model, { kind: 'stall-stream' });
    const aborting = new AbortController();
    const response = await post({ ...body, stream: true }, { signal: aborting.signal });
    const reader = response.body?.getReader();
    let bytes = 0;
    for (;;) {
      const read = await Promise.race([reader?.read(), new Promise<undefined>((resolve) => setTimeout(resolve, 200, undefined))]);
      if (!read?.value) break;
      bytes += read.value.length;
    }
    expect(bytes).toBeGreaterThan(0);
    aborting.abort();
    await simulator.untilIdle();
    expect(await simulator.attempts()).toMatchObject([{ status: 200, fault: 'stall-stream' }]);
  });

  it('malformed, has an event that is no JSON, last or in the middle', async () => {
    await simulator.setFault(model, { kind: 'malformed', afterTokens: 5 });
    const last = await streamed(body);
    expect(() => JSON.parse(last.events.at(-1) ?? '')).toThrow(SyntaxError);
    expect(last).toMatchObject({ isBroken: false, isDone: false, reasons: [] });
    await simulator.setFault(model, { kind: 'malformed', afterTokens: 5, how: 'continue' });
    const middle = await streamed(body);
    expect(middle).toMatchObject({ isDone: true, reasons: ['stop'] });
    expect(middle.text).toHaveLength(400);
    expect(middle.events.filter((event) => event.startsWith('{"id":"chatcmpl-malformed"'))).toHaveLength(1);
  });

  it('in error, ends with an event that tells it', async () => {
    await simulator.setFault(model, { kind: 'error', exception: 'ModelStreamErrorException' });
    const { chunks, text, isDone } = await streamed(body);
    expect(text).toHaveLength(40);
    expect(chunks.at(-1)).toMatchObject({ error: { message: expect.stringContaining('Simulated fault') } });
    expect(isDone).toBe(false);
  });

  it('is cut in its middle when it is no stream', async () => {
    await simulator.setFault(model, { kind: 'cut-stream' });
    await expect((await post(body)).text()).rejects.toThrow();
    await simulator.setFault(model, { kind: 'cut-stream', how: 'end' });
    const text = await (await post(body)).text();
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
  });

  it.each([
    { kind: 'hang', how: 'end' },
    { kind: 'malformed', how: 'end' },
    { kind: 'cut-stream', how: 'continue' },
  ])('cannot be %j', async (fault) => {
    expect(await simulator.setFault(model, fault)).toMatchObject({ status: 400, body: { message: expect.stringContaining("'how'") } });
  });
});

it('survives a caller that leaves in the middle of its request', async () => {
  const socket = connect(Number(new URL(simulator.http1Url).port), '127.0.0.1');
  socket.write('POST /openai/v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{"messages":');
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.destroy();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect((await post(user())).status).toBe(200);
  expect(simulator.logged.filter((line) => line.includes('unexpectedly'))).toEqual([]);
});
