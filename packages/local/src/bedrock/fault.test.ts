import { ConverseCommand, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTestBedrock, type TestBedrock, until } from './test-bedrock.ts';

const modelId = 'amazon.nova-lite-v1:0';
const protocols = ['HTTP/1.1', 'HTTP/2'] as const;
type Protocol = (typeof protocols)[number];
let simulator: TestBedrock;

beforeAll(async () => {
  simulator = await startTestBedrock({ seed: 42 });
});
afterAll(() => simulator.stop());
afterEach(() => simulator.reset());

const input = (text = '[[tokens:200]]') => ({ modelId, messages: [{ role: 'user' as const, content: [{ text }] }] });

function whole(protocol: Protocol, text?: string, abortSignal?: AbortSignal) {
  return simulator.clients[protocol].send(new ConverseCommand(input(text)), abortSignal ? { abortSignal } : {});
}

/** Reads a stream to its end or its error; says what came before. */
async function streamed(protocol: Protocol, abortSignal?: AbortSignal) {
  const { stream } = await simulator.clients[protocol].send(new ConverseStreamCommand(input()), abortSignal ? { abortSignal } : {});
  let text = '';
  let isEnded = false;
  try {
    for await (const event of stream ?? []) {
      text += event.contentBlockDelta?.delta?.text ?? '';
      isEnded ||= event.messageStop !== undefined;
    }
  } catch (error) {
    return { text, isEnded, error: error as Error };
  }
  return { text, isEnded, error: undefined };
}

async function settled(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'answered',
    (error: unknown) => error,
  );
}

const both = protocols.flatMap((protocol) => [
  { protocol, streaming: false },
  { protocol, streaming: true },
]);
const call = ({ protocol, streaming }: { protocol: Protocol; streaming: boolean }, abortSignal?: AbortSignal) =>
  streaming
    ? simulator.clients[protocol].send(new ConverseStreamCommand(input()), abortSignal ? { abortSignal } : {})
    : whole(protocol, undefined, abortSignal);

describe.each(both)('over $protocol, streaming: $streaming', (how) => {
  it.each([
    [{ kind: 'error' }, 'ServiceUnavailableException', 503],
    [{ kind: 'error', status: 500 }, 'InternalServerException', 500],
    [{ kind: 'error', status: 424 }, 'ModelErrorException', 424],
    [{ kind: 'error', status: 408 }, 'ModelTimeoutException', 408],
    [{ kind: 'error', status: 400 }, 'ValidationException', 400],
    [{ kind: 'error', status: 403 }, 'AccessDeniedException', 403],
    [{ kind: 'error', status: 404 }, 'ResourceNotFoundException', 404],
    [{ kind: 'error', status: 429 }, 'ThrottlingException', 429],
    [{ kind: 'error', status: 502 }, 'InternalServerException', 502],
    [{ kind: 'error', exception: 'ModelNotReadyException' }, 'ModelNotReadyException', 429],
    [{ kind: 'throttle' }, 'ThrottlingException', 429],
  ])('%j answers %s', async (fault, name, status) => {
    await simulator.setFault(modelId, fault);
    await expect(call(how)).rejects.toMatchObject({ name, $metadata: { httpStatusCode: status } });
    expect(await simulator.attempts()).toMatchObject([{ modelId, status, streaming: how.streaming, fault: fault.kind }]);
  });

  it('status 0 resets the connection', async () => {
    await simulator.setFault(modelId, { kind: 'error', status: 0 });
    const error = await settled(call(how));
    expect(error).toBeInstanceOf(Error);
    expect((error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode).toBeUndefined();
    expect(await simulator.attempts()).toMatchObject([{ status: 0, fault: 'error' }]);
  });

  it('latency comes before the answer', async () => {
    await simulator.setFault(modelId, { kind: 'latency', latencyMs: 150 });
    const startedAt = performance.now();
    await call(how);
    expect(performance.now() - startedAt).toBeGreaterThan(145);
  });

  it('hang is visible while it lasts and ends when the faults are cleared', async () => {
    await simulator.setFault(modelId, { kind: 'hang' });
    const hanging = settled(call(how));
    await until(async () => (await simulator.attempts()).length === 1);
    const [pending] = await simulator.attempts();
    expect(pending).toMatchObject({ status: 0, fault: 'hang' });
    await simulator.admin('DELETE', '/faults');
    expect(await hanging).toBeInstanceOf(Error);
    expect((await simulator.attempts())[0]?.durationMs).toBeGreaterThanOrEqual(pending?.durationMs ?? 0);
  });

  it('hang ends after forSeconds', async () => {
    await simulator.setFault(modelId, { kind: 'hang', forSeconds: 0.1 });
    expect(await settled(call(how))).toBeInstanceOf(Error);
    expect(await settled(call(how))).toBe('answered');
    expect(await simulator.faults()).toMatchObject([{ hits: 1, active: false }]);
  });

  it('hang ends when the client gives up', async () => {
    await simulator.setFault(modelId, { kind: 'hang' });
    await expect(call(how, AbortSignal.timeout(100))).rejects.toMatchObject({ name: 'AbortError' });
    await simulator.untilIdle();
    expect(await simulator.attempts()).toMatchObject([{ status: 0, fault: 'hang' }]);
  });
});

describe.each(protocols)('a stream over %s', (protocol) => {
  it('is cut after so many tokens', async () => {
    await simulator.setFault(modelId, { kind: 'cut-stream', afterTokens: 40 });
    const { text, isEnded, error } = await streamed(protocol);
    expect(text).toHaveLength(160);
    expect(isEnded).toBe(false);
    expect(error).toBeInstanceOf(Error);
  });

  it('is cut before its end when the answer is shorter than afterTokens', async () => {
    await simulator.setFault(modelId, { kind: 'cut-stream', afterTokens: 5_000 });
    const { text, isEnded, error } = await streamed(protocol);
    expect({ length: text.length, isEnded, failed: error instanceof Error }).toEqual({ length: 800, isEnded: false, failed: true });
  });

  it('stalls after so many tokens until the fault is cleared', async () => {
    await simulator.setFault(modelId, { kind: 'stall-stream', afterTokens: 40 });
    const stalled = streamed(protocol);
    await until(async () => (await simulator.attempts())[0]?.status === 200);
    expect(await Promise.race([stalled, new Promise((resolve) => setTimeout(resolve, 300, 'stalled'))])).toBe('stalled');
    await simulator.admin('DELETE', `/faults/${encodeURIComponent(modelId)}`);
    const { text, isEnded, error } = await stalled;
    expect({ length: text.length, isEnded, failed: error instanceof Error }).toEqual({ length: 160, isEnded: false, failed: true });
  });

  it('holds a corrupted frame', async () => {
    await simulator.setFault(modelId, { kind: 'malformed', afterTokens: 3 });
    const { text, isEnded, error } = await streamed(protocol);
    expect(text).toHaveLength(12);
    expect(isEnded).toBe(false);
    expect(error?.message).toMatch(/checksum/i);
  });

  it('ends with an exception of its own', async () => {
    await simulator.setFault(modelId, { kind: 'error', exception: 'ModelStreamErrorException', afterTokens: 5 });
    const { text, isEnded, error } = await streamed(protocol);
    expect(text).toHaveLength(20);
    expect(isEnded).toBe(false);
    expect(error).toMatchObject({ name: 'ModelStreamErrorException', originalStatusCode: 500 });
  });
});

describe.each(protocols)('an answer in one piece over %s', (protocol) => {
  it('is cut in the middle of its body', async () => {
    await simulator.setFault(modelId, { kind: 'cut-stream' });
    expect(await settled(whole(protocol))).toBeInstanceOf(Error);
    expect(await simulator.attempts()).toMatchObject([{ status: 200, fault: 'cut-stream' }]);
  });

  it('stalls in the middle of its body until the fault is cleared', async () => {
    await simulator.setFault(modelId, { kind: 'stall-stream' });
    const stalled = settled(whole(protocol));
    await until(async () => (await simulator.attempts())[0]?.status === 200);
    expect(await Promise.race([stalled, new Promise((resolve) => setTimeout(resolve, 200, 'stalled'))])).toBe('stalled');
    await simulator.admin('DELETE', '/faults');
    expect(await stalled).toBeInstanceOf(Error);
  });

  it('is not JSON', async () => {
    await simulator.setFault(modelId, { kind: 'malformed' });
    expect(await settled(whole(protocol))).toMatchObject({ name: 'SyntaxError' });
  });
});

describe('a fault', () => {
  const outcomes = async (count: number) => {
    const hits: boolean[] = [];
    for (let index = 0; index < count; index += 1) hits.push((await settled(whole('HTTP/1.1', 'hello'))) !== 'answered');
    return hits;
  };

  it('hits the share of calls its rate says, the same ones each time', async () => {
    await simulator.setFault(modelId, { kind: 'error', rate: 0.3 });
    const first = await outcomes(40);
    await simulator.setFault(modelId, { kind: 'error', rate: 0.3 });
    expect(await outcomes(40)).toEqual(first);
    const share = first.filter(Boolean).length / 40;
    expect(share).toBeGreaterThan(0.1);
    expect(share).toBeLessThan(0.5);
  });

  it('never hits with rate 0', async () => {
    await simulator.setFault(modelId, { kind: 'error', rate: 0 });
    expect(await outcomes(5)).toEqual([false, false, false, false, false]);
  });

  it('hits so many times and no more', async () => {
    await simulator.setFault(modelId, { kind: 'throttle', times: 2 });
    expect(await outcomes(4)).toEqual([true, true, false, false]);
    expect(await simulator.faults()).toMatchObject([{ modelId, hits: 2, active: false }]);
  });

  it('is over after forSeconds', async () => {
    await simulator.setFault(modelId, { kind: 'error', forSeconds: 0.2 });
    expect(await outcomes(1)).toEqual([true]);
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(await outcomes(1)).toEqual([false]);
  });

  it('hits its own model only, and a later one replaces it', async () => {
    await simulator.setFault('another.model', { kind: 'error' });
    expect(await outcomes(1)).toEqual([false]);
    await simulator.setFault(modelId, { kind: 'throttle' });
    await simulator.setFault(modelId, { kind: 'error', status: 500 });
    await expect(whole('HTTP/1.1')).rejects.toMatchObject({ name: 'InternalServerException' });
    expect(await simulator.faults()).toHaveLength(2);
  });

  it('never hides what the caller did wrong', async () => {
    await simulator.setFault(modelId, { kind: 'error' });
    await expect(whole('HTTP/1.1', '[[tokens:0]]')).rejects.toMatchObject({ name: 'ServiceUnavailableException' });
    await expect(simulator.clients['HTTP/1.1'].send(new ConverseCommand({ modelId, messages: [] }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });

  it('tells when to come back', async () => {
    await simulator.setFault(modelId, { kind: 'throttle', retryAfterSeconds: 7 });
    const response = await fetch(`${simulator.http1Url}/model/${modelId}/converse`, { method: 'POST', body: JSON.stringify(input()) });
    expect([response.status, response.headers.get('retry-after'), response.headers.get('x-amzn-errortype')]).toEqual([
      429,
      '7',
      'ThrottlingException',
    ]);
  });
});

describe("the simulator's URLs", () => {
  it.each([
    [{ kind: 'explode' }, /'kind'.*\[error, throttle/],
    [{}, /'kind'/],
    [{ kind: 'error', rate: 2 }, /'rate'.*1/],
    [{ kind: 'error', color: 'red' }, /'color'/],
    [{ kind: 'error', status: 200 }, /'status'.*400 to 599/],
    [{ kind: 'hang', times: 0 }, /'times'/],
    [{ kind: 'hang', forSeconds: -1 }, /'forSeconds'/],
    [{ kind: 'latency', latencyMs: 'soon' }, /'latencyMs'.*number/],
    ['nonsense', /'fault'/],
  ])('refuse the fault %j and name what is wrong', async (fault, problem) => {
    const { status, body } = await simulator.admin('PUT', '/faults/x', fault);
    expect(status).toBe(400);
    expect(body.message).toMatch(problem);
    expect(await simulator.faults()).toEqual([]);
  });

  it('answer a fault as it is understood, and take every documented field', async () => {
    const fault = { kind: 'error', rate: 0.5, status: 503, retryAfterSeconds: 2, latencyMs: 0, afterTokens: 40, forSeconds: 60, times: 1 };
    const arn = 'arn:aws:bedrock:us-east-1:1:inference-profile/us.model-v1:0';
    expect(await simulator.setFault(arn, fault)).toEqual({ status: 200, body: { modelId: arn, ...fault, hits: 0, active: true } });
    expect(await simulator.admin('GET', `/faults/${encodeURIComponent(arn)}`)).toMatchObject({ status: 200, body: fault });
    expect(await simulator.admin('DELETE', `/faults/${encodeURIComponent(arn)}`)).toEqual({ status: 200, body: { cleared: 1 } });
    expect(await simulator.admin('GET', `/faults/${encodeURIComponent(arn)}`)).toMatchObject({ status: 404 });
  });

  it('refuse other methods and leave other paths alone', async () => {
    expect(await simulator.admin('POST', '/attempts')).toMatchObject({ status: 405 });
    expect(await simulator.admin('PATCH', '/faults/x')).toMatchObject({ status: 405 });
    expect(await simulator.admin('PUT', '/faults', { kind: 'hang' })).toMatchObject({ status: 400 });
    expect(await simulator.admin('GET', '/faultsx')).toMatchObject({ status: 501 });
  });

  it('list attempts in order of arrival until they are deleted', async () => {
    const before = Date.now();
    await whole('HTTP/1.1', 'one');
    await streamed('HTTP/2');
    const attempts = await simulator.attempts();
    expect(attempts).toMatchObject([
      { modelId, region: 'eu-central-1', status: 200, streaming: false },
      { modelId, region: 'eu-central-1', status: 200, streaming: true },
    ]);
    expect(attempts[0]).not.toHaveProperty('fault');
    expect(attempts.every(({ at, durationMs }) => at >= before && durationMs > 0)).toBe(true);
    await simulator.admin('DELETE', '/attempts');
    expect(await simulator.attempts()).toEqual([]);
  });
});

it.each(protocols)('a stream over %s that is cut as if all were well ends cleanly and is not whole', async (protocol) => {
  await simulator.setFault(modelId, { kind: 'cut-stream', how: 'end' });
  const { text, isEnded, error } = await streamed(protocol);
  expect({ length: text.length, isEnded, error }).toEqual({ length: 40, isEnded: false, error: undefined });
});
