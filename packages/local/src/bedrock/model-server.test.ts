import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readAll } from 'node:stream/consumers';
import { ConverseCommand, type ConverseCommandInput, ConverseStreamCommand, InvokeModelCommand } from '@aws-sdk/client-bedrock-runtime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBedrock } from './bedrock.ts';
import { startTestBedrock, type TestBedrock } from './test-bedrock.ts';

type Script = (response: ServerResponse, body: Record<string, unknown>, request: IncomingMessage) => void;

const modelId = 'local.llama';
const question: ConverseCommandInput = { modelId, messages: [{ role: 'user', content: [{ text: 'Hello' }] }] };
let script: Script;
let received: Record<string, unknown>[] = [];
let server: Server;
let simulator: TestBedrock;

beforeEach(async () => {
  received = [];
  server = createServer(async (request, response) => {
    const body = JSON.parse(await readAll(request)) as Record<string, unknown>;
    received.push({ path: request.url, ...body });
    script(response, body, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://localhost:${(server.address() as AddressInfo).port}/v1`;
  simulator = await startTestBedrock({ modelServers: { [modelId]: { baseUrl, model: 'llama3.2' } } });
});
afterEach(async () => {
  await simulator.stop();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const client = () => simulator.clients['HTTP/2'];
const answerJson =
  (body: unknown, status = 200, headers = {}): Script =>
  (response) =>
    response.writeHead(status, headers).end(JSON.stringify(body));
const completion = (message: object, finishReason = 'stop', usage: object | null = { prompt_tokens: 11, completion_tokens: 7 }) =>
  answerJson({ choices: [{ message, finish_reason: finishReason }], usage });
const answerEvents =
  (events: unknown[], { done = true, cut = false } = {}): Script =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const event of events) response.write(`data: ${JSON.stringify(event)}\n\n`);
    if (cut) return void setTimeout(() => response.destroy(), 20);
    response.end(done ? 'data: [DONE]\n\n' : '');
  };
const chunk = (delta: object, finishReason: string | null = null) => ({ choices: [{ index: 0, delta, finish_reason: finishReason }] });

async function readStream(input: ConverseCommandInput) {
  const { stream } = await client().send(new ConverseStreamCommand(input));
  const events = [];
  for await (const event of stream ?? []) events.push(event);
  return events;
}

describe('a model served by a real server', () => {
  it('answers in one piece, with its own usage', async () => {
    script = completion({ content: 'Hi there' });
    const { output, stopReason, usage } = await client().send(new ConverseCommand(question));
    expect(output?.message?.content).toEqual([{ text: 'Hi there' }]);
    expect({ stopReason, usage }).toEqual({ stopReason: 'end_turn', usage: { inputTokens: 11, outputTokens: 7, totalTokens: 18 } });
    expect(received).toEqual([
      { path: '/v1/chat/completions', model: 'llama3.2', messages: [{ role: 'user', content: 'Hello' }], stream: false },
    ]);
    expect(await simulator.attempts()).toMatchObject([{ modelId, status: 200 }]);
  });

  it.each([
    ['stop', 'end_turn'],
    ['length', 'max_tokens'],
    ['content_filter', 'content_filtered'],
    ['something new', 'end_turn'],
  ])('ends with %s as %s', async (finishReason, expected) => {
    script = completion({ content: 'Hi' }, finishReason);
    expect((await client().send(new ConverseCommand(question))).stopReason).toBe(expected);
  });

  it('gets system, tools, images and settings in its own form', async () => {
    script = completion(
      { content: null, tool_calls: [{ id: 'call_2', function: { name: 'search', arguments: '{"q":"y"}' } }] },
      'stop',
      null,
    );
    const reply = await client().send(
      new ConverseCommand({
        modelId,
        system: [{ text: 'Be brief.' }],
        messages: [
          { role: 'user', content: [{ text: 'Look' }, { image: { format: 'png', source: { bytes: Buffer.from('img') } } }] },
          { role: 'assistant', content: [{ text: 'Searching' }, { toolUse: { toolUseId: 'call_1', name: 'search', input: { q: 'x' } } }] },
          { role: 'user', content: [{ toolResult: { toolUseId: 'call_1', content: [{ json: { hits: 1 } }] } }, { text: 'And?' }] },
        ],
        inferenceConfig: { maxTokens: 50, temperature: 0.5, topP: 0.9, stopSequences: ['END'] },
        toolConfig: { tools: [{ toolSpec: { name: 'search', inputSchema: { json: { type: 'object' } } } }], toolChoice: { any: {} } },
        outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema: { name: 'hits', schema: '{"type":"object"}' } } } },
        additionalModelRequestFields: { top_k: 5 },
      }),
    );
    expect(reply.stopReason).toBe('tool_use');
    expect(reply.output?.message?.content).toEqual([{ toolUse: { toolUseId: 'call_2', name: 'search', input: { q: 'y' } } }]);
    expect(reply.usage?.inputTokens).toBeGreaterThan(1_000);
    expect(received[0]).toMatchObject({
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,aW1n' } },
          ],
        },
        {
          role: 'assistant',
          content: 'Searching',
          tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'search', arguments: '{"q":"x"}' } }],
        },
        { role: 'tool', tool_call_id: 'call_1', content: '{"hits":1}' },
        { role: 'user', content: 'And?' },
      ],
      max_tokens: 50,
      temperature: 0.5,
      top_p: 0.9,
      stop: ['END'],
      top_k: 5,
      tools: [{ type: 'function', function: { name: 'search', parameters: { type: 'object' } } }],
      tool_choice: 'required',
      response_format: { type: 'json_schema', json_schema: { name: 'hits', schema: { type: 'object' } } },
    });
  });

  it('streams text, then a tool call in pieces', async () => {
    script = answerEvents([
      chunk({ role: 'assistant', content: '' }),
      chunk({ content: 'Let me ' }),
      chunk({ content: 'look.' }),
      chunk({ tool_calls: [{ index: 0, id: 'call_9', function: { name: 'search', arguments: '{"q":' } }] }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: '"x"}' } }] }),
      chunk({}, 'tool_calls'),
      { choices: [], usage: { prompt_tokens: 3, completion_tokens: 4 } },
    ]);
    expect(await readStream(question)).toMatchObject([
      { messageStart: { role: 'assistant' } },
      { contentBlockDelta: { contentBlockIndex: 0, delta: { text: 'Let me ' } } },
      { contentBlockDelta: { contentBlockIndex: 0, delta: { text: 'look.' } } },
      { contentBlockStop: { contentBlockIndex: 0 } },
      { contentBlockStart: { contentBlockIndex: 1, start: { toolUse: { toolUseId: 'call_9', name: 'search' } } } },
      { contentBlockDelta: { contentBlockIndex: 1, delta: { toolUse: { input: '{"q":' } } } },
      { contentBlockDelta: { contentBlockIndex: 1, delta: { toolUse: { input: '"x"}' } } } },
      { contentBlockStop: { contentBlockIndex: 1 } },
      { messageStop: { stopReason: 'tool_use' } },
      { metadata: { usage: { inputTokens: 3, outputTokens: 4, totalTokens: 7 } } },
    ]);
    expect(received[0]).toMatchObject({ stream: true, stream_options: { include_usage: true } });
  });

  it('streams a call without arguments as an empty object, and estimates usage it is not told', async () => {
    script = answerEvents([chunk({ tool_calls: [{ index: 0, id: 'c', function: { name: 'now' } }] }), chunk({}, 'stop')], { done: false });
    const events = await readStream(question);
    expect(events).toMatchObject([
      {},
      { contentBlockStart: { start: { toolUse: { name: 'now' } } } },
      { contentBlockDelta: { delta: { toolUse: { input: '{}' } } } },
      {},
      { messageStop: { stopReason: 'tool_use' } },
      { metadata: { usage: { inputTokens: 2 } } },
    ]);
  });

  it.each(['reasoning', 'reasoning_content'])(
    'tells what the model thought (%s) before what it says, streamed and whole',
    async (field) => {
      script = answerEvents([
        chunk({ content: '', [field]: 'Hm, ' }),
        chunk({ content: '', [field]: 'so' }),
        chunk({ content: 'Yes' }),
        chunk({}, 'stop'),
      ]);
      expect((await readStream(question)).flatMap(({ contentBlockDelta }) => contentBlockDelta ?? [])).toEqual([
        { contentBlockIndex: 0, delta: { reasoningContent: { text: 'Hm, ' } } },
        { contentBlockIndex: 0, delta: { reasoningContent: { text: 'so' } } },
        { contentBlockIndex: 1, delta: { text: 'Yes' } },
      ]);
      script = completion({ content: 'Yes', [field]: 'Hm, so' });
      const { output } = await client().send(new ConverseCommand(question));
      expect(output?.message?.content).toEqual([{ reasoningContent: { reasoningText: { text: 'Hm, so' } } }, { text: 'Yes' }]);
    },
  );

  it('keeps calls apart whose server gives every one the index 0, and reads an error that is null as none', async () => {
    const call = (id: string, args: string) => ({ index: 0, id, function: { name: 'now', arguments: args } });
    const calls = [call('a', '{"zone":'), call('a', '"UTC"}'), call('b', '{}')].map((each) => chunk({ tool_calls: [each] }));
    script = answerEvents([{ ...chunk({ content: 'Hm' }), error: null }, ...calls, chunk({}, 'stop')]);
    const starts = (await readStream(question)).flatMap(({ contentBlockStart, contentBlockDelta }) =>
      contentBlockStart ? [contentBlockStart.start?.toolUse?.toolUseId] : (contentBlockDelta?.delta?.toolUse?.input ?? []),
    );
    expect(starts).toEqual(['a', '{"zone":', '"UTC"}', 'b', '{}']);
  });

  it.each([
    ['ends without a finish reason', answerEvents([chunk({ content: 'Hal' })], { done: false }), 'ModelStreamErrorException'],
    [
      'reports an error in its stream',
      answerEvents([chunk({ content: 'Hal' }), { error: { message: 'out of memory' } }]),
      'ModelStreamErrorException',
    ],
    ['breaks off', answerEvents([chunk({ content: 'Hal' })], { cut: true }), 'InternalServerException'],
  ])('never ends well when the server %s', async (_name, answer, name) => {
    script = answer;
    const texts: string[] = [];
    const read = async () => {
      const { stream } = await client().send(new ConverseStreamCommand(question));
      for await (const event of stream ?? []) texts.push(event.contentBlockDelta?.delta?.text ?? '');
    };
    await expect(read()).rejects.toMatchObject({ name });
    expect(texts.join('')).toBe('Hal');
  });

  it.each([
    ['429', answerJson({ error: 'slow down' }, 429, { 'retry-after': '3' }), 'ThrottlingException', 429],
    ['400', answerJson({ error: 'bad' }, 400), 'ValidationException', 400],
    ['404', answerJson({ error: 'model not found' }, 404), 'ResourceNotFoundException', 404],
    ['401', answerJson({ error: 'key' }, 401), 'AccessDeniedException', 403],
    ['408', answerJson({ error: 'slow' }, 408), 'ModelTimeoutException', 408],
    ['500', answerJson({ error: 'crash' }, 500), 'InternalServerException', 500],
    ['no chat completion', answerJson({ hello: 1 }), 'ModelErrorException', 424],
    ['a redirect elsewhere', answerJson({}, 302, { location: 'http://example.com/' }), 'InternalServerException', 500],
    ['no JSON', (response: ServerResponse) => response.end('<html>'), 'ModelErrorException', 424],
    [
      'half a body',
      (response: ServerResponse) => response.writeHead(200, { 'content-length': '100' }).write('{', () => response.destroy()),
      'InternalServerException',
      500,
    ],
  ] as [string, Script, string, number][])('that answers %s is an error of its class', async (_name, answer, name, status) => {
    script = answer;
    await expect(client().send(new ConverseCommand(question))).rejects.toMatchObject({ name, $metadata: { httpStatusCode: status } });
  });

  it.each([false, true])('that is not running is unavailable, and the message says what to do (streaming: %s)', async (streaming) => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    const call = streaming ? client().send(new ConverseStreamCommand(question)) : client().send(new ConverseCommand(question));
    await expect(call).rejects.toMatchObject({
      name: 'ServiceUnavailableException',
      message: expect.stringMatching(/127\.0\.0\.1:\d+\/v1 \(ECONNREFUSED\).*ollama serve.*modelServers/),
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  it('is left alone when the caller hangs up', async () => {
    const hungUp = new Promise<void>((resolve) => {
      script = (_response, _body, request) => request.socket.on('close', resolve);
    });
    await expect(client().send(new ConverseCommand(question), { abortSignal: AbortSignal.timeout(100) })).rejects.toMatchObject({
      name: 'AbortError',
    });
    await hungUp;
  });

  it('is subject to faults as a simulated one is', async () => {
    script = completion({ content: 'Hi' });
    await simulator.setFault(modelId, { kind: 'throttle' });
    await expect(client().send(new ConverseCommand(question))).rejects.toMatchObject({ name: 'ThrottlingException' });
    expect(received).toEqual([]);
  });

  it('refuses what its server cannot take', async () => {
    const video = { video: { format: 'mp4' as const, source: { bytes: Buffer.from('v') } } };
    await expect(client().send(new ConverseCommand({ modelId, messages: [{ role: 'user', content: [video] }] }))).rejects.toThrow(
      /does not take a video block/,
    );
    await expect(client().send(new InvokeModelCommand({ modelId, body: JSON.stringify({ inputText: 'x' }) }))).rejects.toThrow(
      /conversations only/,
    );
  });

  it('answers every model under the name *, but for embeddings', async () => {
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    const all = await startTestBedrock({ modelServers: { '*': { baseUrl, model: 'qwen3' } } });
    script = completion({ content: 'Any' });
    const { output } = await all.clients['HTTP/2'].send(new ConverseCommand({ ...question, modelId: 'us.some.model' }));
    expect(output?.message?.content).toEqual([{ text: 'Any' }]);
    expect(received).toMatchObject([{ model: 'qwen3' }]);
    const embedding = new InvokeModelCommand({ modelId: 'amazon.titan-embed-text-v2:0', body: JSON.stringify({ inputText: 'x' }) });
    expect((await all.clients['HTTP/2'].send(embedding)).$metadata.httpStatusCode).toBe(200);
    await all.stop();
    const modelServers = { '*': { baseUrl, model: '*' } };
    expect(() => createBedrock({ log: () => undefined, modelServers })).toThrow(/which model .* after a #/);
  });

  it('is refused at creation when it is not on this machine', () => {
    expect(() => createBedrock({ log: () => undefined, modelServers: { m: { baseUrl: 'http://10.0.0.1/v1', model: 'x' } } })).toThrow(
      /only loopback/,
    );
  });
});
