import { connect } from 'node:net';
import {
  type BedrockRuntimeClient,
  ConverseCommand,
  type ConverseCommandInput,
  ConverseResponse$,
  ConverseStreamCommand,
  ConverseStreamOutput$,
  CountTokensCommand,
  InvokeModelCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AttemptRecord } from './attempt-log.ts';
import { startTestBedrock, type TestBedrock, until } from './test-bedrock.ts';
import { shapeProblems } from './test-shape.ts';

const modelId = 'anthropic.claude-haiku-4-5-20251001-v1:0';
let simulator: TestBedrock;

beforeAll(async () => {
  simulator = await startTestBedrock();
});
afterAll(() => simulator.stop());
afterEach(() => simulator.reset());

function question(text: string, rest: Partial<ConverseCommandInput> = {}): ConverseCommandInput {
  return { modelId, messages: [{ role: 'user', content: [{ text }] }], ...rest };
}

const weatherTool = {
  toolSpec: {
    name: 'get_weather',
    inputSchema: {
      json: {
        type: 'object',
        properties: {
          city: { type: 'string' },
          unit: { enum: ['celsius', 'fahrenheit'] },
          days: { type: 'integer', minimum: 1, maximum: 7 },
        },
        required: ['city', 'unit', 'days'],
      },
    },
  },
};

async function readStream(client: BedrockRuntimeClient, input: ConverseCommandInput) {
  const { stream } = await client.send(new ConverseStreamCommand(input));
  const events = [];
  for await (const event of stream ?? []) events.push(event);
  return {
    events,
    text: events.map(({ contentBlockDelta }) => contentBlockDelta?.delta?.text ?? '').join(''),
    toolInput: events.map(({ contentBlockDelta }) => contentBlockDelta?.delta?.toolUse?.input ?? '').join(''),
    stopReason: events.find(({ messageStop }) => messageStop)?.messageStop?.stopReason,
    metadata: events.at(-1)?.metadata,
  };
}

describe.each(['HTTP/1.1', 'HTTP/2'] as const)('the SDK over %s', (protocol) => {
  const client = () => simulator.clients[protocol];

  it('gets a known answer with usage and metrics', async () => {
    const { output, stopReason, usage, metrics } = await client().send(new ConverseCommand(question('What is the capital of France?')));
    expect(output?.message).toEqual({ role: 'assistant', content: [{ text: 'The capital of France is Paris.' }] });
    expect(stopReason).toBe('end_turn');
    expect(usage).toEqual({ inputTokens: 8, outputTokens: 8, totalTokens: 16 });
    expect(metrics?.latencyMs).toBeGreaterThan(0);
  });

  it('streams the same answer in several deltas, metadata last', async () => {
    const { events, text, stopReason, metadata } = await readStream(client(), question('What is the capital of France?'));
    expect(text).toBe('The capital of France is Paris.');
    expect(events.filter(({ contentBlockDelta }) => contentBlockDelta).length).toBeGreaterThan(2);
    expect(Object.keys(events[0] ?? {})).toEqual(['messageStart']);
    expect(stopReason).toBe('end_turn');
    expect(metadata?.usage).toEqual({ inputTokens: 8, outputTokens: 8, totalTokens: 16 });
    expect(events.flatMap((event) => shapeProblems(ConverseStreamOutput$, event))).toEqual([]);
  });

  it('gets a tool call that conforms, whole and streamed', async () => {
    const input = question('Weather in Oslo in celsius', { toolConfig: { tools: [weatherTool], toolChoice: { any: {} } } });
    const { output, stopReason } = await client().send(new ConverseCommand(input));
    const toolUse = output?.message?.content?.[0]?.toolUse;
    expect(stopReason).toBe('tool_use');
    expect(toolUse).toMatchObject({ name: 'get_weather', input: { unit: 'celsius' } });
    const streamed = await readStream(client(), input);
    expect(JSON.parse(streamed.toolInput)).toEqual(toolUse?.input);
    expect(streamed.stopReason).toBe('tool_use');
    expect(streamed.events.find(({ contentBlockStart }) => contentBlockStart)?.contentBlockStart?.start?.toolUse?.toolUseId).toBe(
      toolUse?.toolUseId,
    );
  });

  it('is refused with the exception of its class', async () => {
    await expect(client().send(new ConverseCommand({ modelId, messages: [] }))).rejects.toMatchObject({
      name: 'ValidationException',
      $metadata: { httpStatusCode: 400 },
      message: expect.stringContaining("'messages'"),
    });
    await expect(client().send(new ConverseStreamCommand(question('[[too-long]]')))).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Input is too long for requested model.',
    });
    await expect(client().send(new ConverseCommand(question('hi', { modelId: 'acme.does-not-exist' })))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      $metadata: { httpStatusCode: 404 },
    });
    await expect(client().send(new CountTokensCommand({ modelId, input: { converse: { messages: [] } } }))).rejects.toMatchObject({
      name: 'NotImplementedException',
      message: expect.stringContaining('CountTokens'),
      $metadata: { httpStatusCode: 501 },
    });
  });

  it('lists what is marked as synthetic only when asked for it', async () => {
    await client().send(new ConverseCommand(question('hello')));
    await client().send(new ConverseCommand(question('hello', { requestMetadata: { synthetic: 'true' } })));
    await client().send(new ConverseCommand(question('hello', { requestMetadata: { synthetic: 'no', team: 'a' } })));
    const all = (await simulator.admin('GET', '/attempts?synthetic=true')).body.attempts as AttemptRecord[];
    expect(all.map(({ synthetic }) => synthetic)).toEqual([undefined, true, undefined]);
    expect(await simulator.attempts()).toEqual([all[0], all[2]]);
  });

  it('calls a model by an ARN with slashes', async () => {
    const arn = 'arn:aws:bedrock:eu-central-1:000000000000:inference-profile/eu.amazon.nova-lite-v1:0';
    await client().send(new ConverseCommand(question('hello', { modelId: arn })));
    expect(await simulator.attempts()).toMatchObject([{ modelId: arn, status: 200, streaming: false, region: 'eu-central-1' }]);
  });

  it('gets an embedding by InvokeModel', async () => {
    const body = JSON.stringify({ inputText: 'signals and tracks', dimensions: 256 });
    const reply = await client().send(
      new InvokeModelCommand({ modelId: 'amazon.titan-embed-text-v2:0', body, contentType: 'application/json' }),
    );
    const { embedding, inputTextTokenCount } = JSON.parse(reply.body.transformToString());
    expect(embedding).toHaveLength(256);
    expect(Math.hypot(...embedding)).toBeCloseTo(1);
    expect(inputTextTokenCount).toBe(5);
  });
});

describe('answers', () => {
  const converse = (input: ConverseCommandInput) => simulator.clients['HTTP/1.1'].send(new ConverseCommand(input));
  const textOf = async (input: ConverseCommandInput) => (await converse(input)).output?.message?.content?.[0]?.text;

  it('repeat for the same request and differ by model and by prompt', async () => {
    const first = await textOf(question('Explain interlocking'));
    expect(await textOf(question('Explain interlocking'))).toBe(first);
    expect(await textOf(question('Explain interlocking', { modelId: 'amazon.nova-lite-v1:0' }))).not.toBe(first);
    expect(await textOf(question('Explain interlocking!'))).not.toBe(first);
  });

  it('differ by seed', async () => {
    const other = await startTestBedrock({ seed: 7 });
    const reply = await other.clients['HTTP/1.1'].send(new ConverseCommand(question('Explain interlocking')));
    await other.stop();
    expect(reply.output?.message?.content?.[0]?.text).not.toBe(await textOf(question('Explain interlocking')));
  });

  it.each([
    ['max_tokens', '[[tokens:200]]', { maxTokens: 50 }, 50],
    ['end_turn', '[[tokens:200]]', { maxTokens: 200 }, 200],
    ['stop_sequence', 'What is the capital of France?', { stopSequences: [' is'] }, 6],
    ['guardrail_intervened', '[[stop:guardrail_intervened]] hello', {}, undefined],
    ['end_turn', '[[empty]]', {}, 0],
  ])('end with %s for %s and %j', async (stopReason, text, inferenceConfig, outputTokens) => {
    const reply = await converse(question(text, { inferenceConfig }));
    expect(reply.stopReason).toBe(stopReason);
    if (outputTokens !== undefined) expect(reply.usage?.outputTokens).toBe(outputTokens);
  });

  it('conform to the JSON schema that was asked for', async () => {
    const schema = JSON.stringify({
      type: 'object',
      properties: { sentiment: { enum: ['positive', 'negative'] } },
      required: ['sentiment'],
      additionalProperties: false,
    });
    const text = await textOf(
      question('Was it negative?', { outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema: { schema } } } } }),
    );
    expect(JSON.parse(text ?? '')).toEqual({ sentiment: 'negative' });
  });

  it('take the SDK schema of a Converse answer and nothing else', async () => {
    for (const input of [
      question('hello'),
      question('[[empty]]'),
      question('x', { toolConfig: { tools: [weatherTool], toolChoice: { any: {} } } }),
    ]) {
      const { modelId: id, ...body } = input;
      const response = await fetch(`${simulator.http1Url}/model/${encodeURIComponent(id ?? '')}/converse`, {
        method: 'POST',
        body: JSON.stringify(body),
      });
      expect(shapeProblems(ConverseResponse$, await response.json())).toEqual([]);
    }
    expect(shapeProblems(ConverseResponse$, { output: {}, usage: { inputTokens: '1' }, extra: 1 })).toEqual([
      '$.stopReason is missing',
      '$.metrics is missing',
      '$.output must have exactly one member',
      '$.usage.outputTokens is missing',
      '$.usage.totalTokens is missing',
      '$.usage.inputTokens is not a number',
      '$.extra is unknown',
    ]);
  });

  it('say how long they took', async () => {
    await converse(question('warm up'));
    const { metrics } = await converse(question('hello'));
    expect(metrics?.latencyMs).toBeGreaterThan(0);
  });

  it('stop being made when the caller leaves, without a word in the log', async () => {
    const aborting = new AbortController();
    const slow = simulator.clients['HTTP/1.1'].send(new ConverseCommand(question('[[tokens:60000]]')), { abortSignal: aborting.signal });
    await until(async () => (await simulator.attempts()).length === 1);
    aborting.abort();
    await expect(slow).rejects.toMatchObject({ name: 'AbortError' });
    await simulator.untilIdle();
    expect(await simulator.attempts()).toMatchObject([{ status: 0 }]);
    expect(simulator.logged.filter((line) => line.includes('unexpectedly'))).toEqual([]);
  });

  it('survive a caller that leaves in the middle of its request', async () => {
    const socket = connect(Number(new URL(simulator.http1Url).port), '127.0.0.1');
    socket.write(`POST /model/${modelId}/converse HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{"messages":`);
    await until(async () => (await simulator.attempts()).length === 1);
    socket.destroy();
    await simulator.untilIdle();
    expect(simulator.logged.filter((line) => line.includes('unexpectedly'))).toEqual([]);
  });
});
