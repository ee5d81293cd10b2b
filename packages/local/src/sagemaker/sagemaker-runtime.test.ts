import { EventStreamCodec } from '@smithy/eventstream-codec';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readServerSentEvents } from '../bedrock/server-sent-events.ts';
import { startTestBedrock, type TestBedrock } from '../bedrock/test-bedrock.ts';
import { modelOfEndpoint } from './endpoint-name.ts';

let simulator: TestBedrock;
beforeAll(async () => {
  simulator = await startTestBedrock({ seed: 42 });
});
afterAll(() => simulator.stop());
afterEach(() => simulator.reset());

const ENDPOINT = 'signalbox-llama';
const chat = (text = 'What is the capital of France?', more: object = {}) => ({ messages: [{ role: 'user', content: text }], ...more });

type Options = { name?: string; stream?: boolean; headers?: Record<string, string> };

function invoke(body: unknown, { name = ENDPOINT, stream = false, headers = {} }: Options = {}) {
  return fetch(`${simulator.http1Url}/endpoints/${name}/invocations${stream ? '-response-stream' : ''}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes).toString(),
  (text) => Buffer.from(text),
);

/** The frames of an event stream, and what it broke with. */
async function framesOf(response: Response) {
  let rest: Buffer = Buffer.alloc(0);
  let isBroken = false;
  const frames: { type: unknown; body: Buffer }[] = [];
  try {
    for await (const chunk of response.body ?? []) {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 4 && rest.length >= rest.readUInt32BE(0)) {
        const { headers, body } = codec.decode(rest.subarray(0, rest.readUInt32BE(0)));
        frames.push({ type: (headers[':event-type'] ?? headers[':exception-type'])?.value, body: Buffer.from(body) });
        rest = rest.subarray(rest.readUInt32BE(0));
      }
    }
  } catch {
    isBroken = true;
  }
  return { frames, isBroken };
}

async function* bytesOf(frames: { type: unknown; body: Buffer }[]) {
  for (const { type, body } of frames) if (type === 'PayloadPart') yield body;
}

/** What is in the parts, as the server-sent events that the container wrote. */
async function eventsOf(frames: { type: unknown; body: Buffer }[]): Promise<string[]> {
  const events: string[] = [];
  for await (const event of readServerSentEvents(bytesOf(frames))) events.push(event);
  return events;
}

const textOf = (events: string[]) =>
  events
    .flatMap((event) => (event.startsWith('{') && event.endsWith('}') ? [JSON.parse(event)] : []))
    .map((chunk) => chunk.choices[0]?.delta.content ?? '')
    .join('');

describe('InvokeEndpoint', () => {
  it('answers a chat in OpenAI’s shape, without a model in it', async () => {
    const response = await invoke(chat());
    expect([response.status, response.headers.get('x-amzn-invoked-production-variant')]).toEqual([200, 'AllTraffic']);
    expect(await response.json()).toMatchObject({ model: 'llama', choices: [{ message: { content: 'The capital of France is Paris.' } }] });
    expect(await simulator.attempts()).toMatchObject([{ modelId: ENDPOINT, region: 'eu-central-1', status: 200, streaming: false }]);
  });

  it('asks the inference component that is named', async () => {
    const answer = async (options: Options) =>
      (await (await invoke(chat('Explain it'), options)).json()) as { choices: { message: { content: string } }[] };
    const component = await answer({ headers: { 'x-amzn-sagemaker-inference-component': 'mistral' } });
    expect(component.choices[0]?.message.content).toMatch(/^mistral read/);
    expect((await answer({})).choices[0]?.message.content).toMatch(/^llama read/);
  });

  it('answers embeddings', async () => {
    expect(await (await invoke({ input: ['a', 'b'], dimensions: 64 })).json()).toMatchObject({
      object: 'list',
      data: [{ index: 0 }, { index: 1 }],
    });
  });

  it('gives the parts of a stream, whose borders mean nothing', async () => {
    const response = await invoke(chat(undefined, { stream: true }), { stream: true });
    expect(response.headers.get('content-type')).toBe('application/vnd.amazon.eventstream');
    expect(response.headers.get('x-amzn-sagemaker-content-type')).toBe('text/event-stream; charset=utf-8');
    const { frames } = await framesOf(response);
    const events = await eventsOf(frames);
    expect(textOf(events)).toBe('The capital of France is Paris.');
    expect(events.at(-1)).toBe('[DONE]');
    expect(frames.some(({ body }) => !body.toString().endsWith('\n\n'))).toBe(true);
  });

  it('gives an answer in one piece in the parts of a stream, too', async () => {
    const { frames } = await framesOf(await invoke(chat(), { stream: true }));
    expect(JSON.parse(Buffer.concat(frames.map(({ body }) => body)).toString())).toMatchObject({ object: 'chat.completion' });
  });
});

describe('an error', () => {
  it.each(['other-llama', 'signalbox-', 'signalbox-a_b'])('is a ValidationError for the endpoint %s, which is not there', async (name) => {
    const response = await invoke(chat(), { name });
    expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([400, 'ValidationError']);
    expect(await response.json()).toEqual({ Message: `Endpoint ${name} of account 000000000000 not found.` });
  });

  it.each<[string, unknown, RegExp]>([
    ['no JSON', '{', /not JSON/],
    ['no messages', {}, /'messages'/],
    ['too much', chat('[[too-long]]'), /context_length_exceeded/],
  ])('of the container for %s is a ModelError that holds its own', async (_name, body, message) => {
    const response = await invoke(body);
    expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([424, 'ModelError']);
    expect(await response.json()).toEqual({
      Message: expect.stringContaining('Received client error (400) from primary with message'),
      OriginalStatusCode: 400,
      OriginalMessage: expect.stringMatching(message),
      LogStreamArn: expect.stringContaining(`/aws/sagemaker/Endpoints/${ENDPOINT}`),
    });
  });

  describe.each([false, true])('by a fault, streaming: %s', (stream) => {
    it.each([
      [{ kind: 'error' }, 503, 'ServiceUnavailable'],
      [{ kind: 'error', status: 500 }, 500, 'InternalFailure'],
      [{ kind: 'error', status: 530 }, 530, 'InternalDependencyException'],
      [{ kind: 'error', status: 424 }, 424, 'ModelError'],
      [{ kind: 'error', status: 400 }, 400, 'ValidationError'],
      [{ kind: 'error', status: 408 }, 424, 'ModelError'],
      [{ kind: 'error', exception: 'ModelNotReadyException' }, 429, 'ModelNotReadyException'],
      [{ kind: 'throttle', retryAfterSeconds: 3 }, 429, 'ThrottlingException'],
    ])('%j is %d %s', async (fault, status, code) => {
      await simulator.setFault(ENDPOINT, fault);
      const response = await invoke(chat(), { stream });
      expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([status, code]);
      expect(await response.json()).toMatchObject({ Message: expect.any(String) });
      expect(await simulator.attempts()).toMatchObject([{ modelId: ENDPOINT, status, streaming: stream, fault: fault.kind }]);
    });
  });

  it('tells what the model itself answered', async () => {
    await simulator.setFault(ENDPOINT, { kind: 'error', status: 424, originalStatusCode: 503 });
    expect(await (await invoke(chat())).json()).toMatchObject({ OriginalStatusCode: 503 });
  });
});

describe('a stream that breaks', () => {
  const open = () => invoke(chat('[[tokens:100]]', { stream: true }), { stream: true });

  it('cut, ends with its connection', async () => {
    await simulator.setFault(ENDPOINT, { kind: 'cut-stream' });
    const { frames, isBroken } = await framesOf(await open());
    const events = await eventsOf(frames);
    expect([textOf(events).length, isBroken, events.includes('[DONE]')]).toEqual([40, true, false]);
  });

  it('in error, ends with a ModelStreamError', async () => {
    await simulator.setFault(ENDPOINT, { kind: 'error', exception: 'ModelStreamErrorException' });
    const { frames } = await framesOf(await open());
    const last = frames.at(-1);
    expect(last?.type).toBe('ModelStreamError');
    expect(JSON.parse(last?.body.toString() ?? '')).toMatchObject({ ErrorCode: 'StreamBroken' });
  });
});

it('refuses what it does not simulate, by name', async () => {
  const response = await fetch(`${simulator.http1Url}/endpoints/${ENDPOINT}/async-invocations`, { method: 'POST', body: '{}' });
  expect(response.status).toBe(501);
  expect(await response.json()).toMatchObject({ Message: expect.stringContaining('async-invocations') });
});

it.each([
  ['signalbox-llama-3-8b', 'llama-3-8b'],
  ['signalbox-', undefined],
  ['llama', undefined],
  ['signalbox-a_b', undefined],
  [`signalbox-${'a'.repeat(60)}`, undefined],
])('the endpoint %s serves %s', (name, model) => {
  expect(modelOfEndpoint(name)).toBe(model);
});
