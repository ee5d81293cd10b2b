import type { InferenceRequest, InferenceResult } from '@signalbox/contracts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createProducer, question } from '../e2e/kit/producer.ts';
import { type RunningStack, startStack } from '../e2e/kit/running-stack.ts';
import { chunk, type ModelServer, type Script, startModelServer, status, streamed, whole } from './kit/model-server.ts';

const SERVED = 'amazon.nova-micro-v1:0';
/** First on both of these routes; on the first it is streamed, on the second it is not. */
const [STREAMING, WHOLE] = [{ route: 'fast' }, { route: 'batch' }];

let server: ModelServer;
let running: RunningStack;

async function start(): Promise<void> {
  server = await startModelServer();
  running = await startStack({ args: ['--quiet', '--model-server', `${SERVED}=${server.baseUrl}#llama3.2`] });
}
async function stop(): Promise<void> {
  await running.stop();
  await server.stop();
}

async function ask(text: string, more: Partial<InferenceRequest> = {}): Promise<InferenceResult> {
  const producer = createProducer(running.stack);
  const request = question(text, more);
  await producer.send(request);
  return producer.waitFor(request.id ?? '', 25_000);
}
const blocksOf = ({ output }: InferenceResult) => (output as { message: { content: Record<string, unknown>[] } }).message.content;
const textOf = (result: InferenceResult) =>
  blocksOf(result)
    .map(({ text }) => text ?? '')
    .join('');

describe('a request on the queue that a model server answers', () => {
  beforeAll(start);
  afterAll(stop);
  beforeEach(() => server.received.splice(0));

  it('is answered by its stream, whole, with what it counted', async () => {
    const usage = { choices: [], usage: { prompt_tokens: 11, completion_tokens: 7 } };
    server.answerWith(
      streamed([
        chunk({ role: 'assistant', content: '' }),
        chunk({ content: 'Grüße, ' }),
        chunk({ content: '世界' }),
        chunk({}, 'stop'),
        usage,
      ]),
    );
    const result = await ask('Greet me', { ...STREAMING, system: [{ text: 'Be brief.' }], inferenceConfig: { maxTokens: 50 } });
    expect(textOf(result)).toBe('Grüße, 世界');
    expect(result).toMatchObject({
      status: 'succeeded',
      stopReason: 'end_turn',
      servedBy: { model: SERVED },
      usage: { inputTokens: 11, outputTokens: 7 },
    });
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Greet me' },
    ];
    expect(server.received).toMatchObject([{ model: 'llama3.2', stream: true, max_tokens: 50, messages }]);
  });

  it('is answered in one piece on a route that streams nothing', async () => {
    server.answerWith(whole({ content: 'In one piece' }, { usage: { prompt_tokens: 5, completion_tokens: 3 } }));
    const result = await ask('Anything', WHOLE);
    expect(textOf(result)).toBe('In one piece');
    expect(result).toMatchObject({ servedBy: { model: SERVED }, usage: { inputTokens: 5, outputTokens: 3 } });
    expect(server.received).toMatchObject([{ stream: false }]);
  });

  it('loses nothing of a stream cut within characters, without [DONE] and without usage', async () => {
    const text = 'Schön 🦙 naïve 世界';
    server.answerWith(
      streamed([...text].map((character) => chunk({ content: character })).concat(chunk({}, 'stop')), { ending: 'no-done', sliceBytes: 7 }),
    );
    const result = await ask('Say it', STREAMING);
    expect(textOf(result)).toBe(text);
    expect(result.usage?.inputTokens).toBeGreaterThan(0);
    expect(result.usage?.outputTokens).toBeGreaterThan(0);
    expect(result.attempts).toHaveLength(1);
  });

  it('is waited for while the model thinks, for longer than it may be silent', async () => {
    const thoughts = Array.from({ length: 8 }, () => chunk({ content: '', reasoning: 'Hm. ' }));
    // A chunk every half second: the first word of the answer comes after the 3 s that the route gives the first token.
    server.answerWith(streamed([...thoughts, chunk({ content: 'So it is.' }, 'stop')], { sliceBytes: 110, delayMs: 500 }));
    const result = await ask('Think', STREAMING);
    expect(textOf(result)).toBe('So it is.');
    expect(blocksOf(result)[0]).toEqual({ reasoningContent: { reasoningText: { text: 'Hm. '.repeat(8) } } });
    expect(result.attempts).toHaveLength(1);
  });

  it('calls tools, and takes their results', async () => {
    const toolConfig = { tools: [{ toolSpec: { name: 'weather', inputSchema: { json: { type: 'object' } } } }] };
    const call = (id: string, city: string) => ({ index: 0, id, function: { name: 'weather', arguments: JSON.stringify({ city }) } });
    server.answerWith(
      streamed([chunk({ tool_calls: [call('call_1', 'Oslo')] }), chunk({ tool_calls: [call('call_2', 'Rome')] }), chunk({}, 'stop')]),
    );
    const first = await ask('How is the weather?', { ...STREAMING, toolConfig });
    expect(first.stopReason).toBe('tool_use');
    const uses = [
      { toolUse: { toolUseId: 'call_1', name: 'weather', input: { city: 'Oslo' } } },
      { toolUse: { toolUseId: 'call_2', name: 'weather', input: { city: 'Rome' } } },
    ];
    expect(blocksOf(first)).toEqual(uses);

    server.answerWith(streamed([chunk({ content: 'Rain, then sun.' }, 'stop')]));
    const results = ['call_1', 'call_2'].map((toolUseId) => ({ toolResult: { toolUseId, content: [{ text: `of ${toolUseId}` }] } }));
    const second = await ask('unused', {
      ...STREAMING,
      toolConfig,
      messages: [
        { role: 'user', content: [{ text: 'How is the weather?' }] },
        { role: 'assistant', content: uses },
        { role: 'user', content: results },
      ],
    });
    expect(textOf(second)).toBe('Rain, then sun.');
    expect(server.received[1]?.messages.slice(-2)).toMatchObject([
      { role: 'tool', tool_call_id: 'call_1', content: 'of call_1' },
      { role: 'tool', tool_call_id: 'call_2', content: 'of call_2' },
    ]);
  });
});

describe('a model server that fails', () => {
  // A stack for each: what one learnt of a failing model must not change the order of the next.
  beforeEach(start);
  afterEach(stop);

  const late = { sliceBytes: 1, delayMs: 300 };
  const failures: [string, Script, { outcome: string; logged: RegExp }][] = [
    ['answers 500', status(500, { error: 'out of memory' }), { outcome: 'faulted', logged: /answered 500: .*out of memory/ }],
    ['does not have the model', status(404, 'model "llama3.2" not found'), { outcome: 'misconfigured', logged: /"llama3.2" not found/ }],
    ['says nothing', streamed([chunk({}, 'stop')]), { outcome: 'malformed', logged: /^$/ }],
    ['ends early', streamed([chunk({ content: 'The' })], { ending: 'no-done' }), { outcome: 'model-error', logged: /no proper answer/ }],
    [
      'starts too late',
      streamed([chunk({ content: 'The' })], late),
      { outcome: 'timed-out', logged: /waited \d\.\d s .*ollama run llama3.2/ },
    ],
  ];
  it.each(failures)(
    'and %s is left for another model, whose answer is whole',
    async (_what, script, { outcome, logged }) => {
      server.answerWith(script);
      const result = await ask('What is the capital of France?', STREAMING);
      expect(result.attempts?.[0]).toMatchObject({ model: SERVED, outcome });
      expect(result).toMatchObject({ status: 'succeeded', servedBy: { model: expect.not.stringContaining(SERVED) } });
      expect(textOf(result)).toBe('The capital of France is Paris.');
      expect(running.log()).toMatch(logged);
    },
    30_000,
  );

  it('by not running is left for another model, and the log says how to start it', async () => {
    await server.stop();
    const result = await ask('What is the capital of France?', WHOLE);
    expect(result.attempts?.[0]).toMatchObject({ model: SERVED, outcome: 'faulted' });
    expect(textOf(result)).toBe('The capital of France is Paris.');
    expect(running.log()).toMatch(/No model server answers at .*ECONNREFUSED.*ollama serve/);
  });
});

describe('a server under the name *', () => {
  beforeAll(async () => {
    server = await startModelServer(whole({ content: 'Locally' }));
    running = await startStack({ args: ['--quiet', '--model-server', `*=${server.baseUrl}#qwen3`] });
  });
  afterAll(stop);

  it('answers every model of the policy', async () => {
    const [first, second] = [await ask('Who?', WHOLE), await ask('Who?', { ...WHOLE, requirements: { minContextTokens: 200_000 } })];
    expect([textOf(first), textOf(second)]).toEqual(['Locally', 'Locally']);
    expect(first.servedBy?.model).not.toBe(second.servedBy?.model);
    expect(server.received.map(({ model }) => model)).toEqual(['qwen3', 'qwen3']);
  });

  it('keeps requests waiting while it is away, and answers them when it is back', async () => {
    server.received.length = 0;
    const back = whole({ content: 'Back again' });
    server.answerWith((response, request) =>
      server.received.length <= 4 ? status(503, 'loading')(response, request) : back(response, request),
    );
    const result = await ask('Are you there?', WHOLE);
    expect(textOf(result)).toBe('Back again');
    expect(server.received.length).toBeGreaterThan(4);
  }, 30_000);
});
