import { readFileSync } from 'node:fs';
import type { CallModel } from '@signalbox/contracts';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { modelCall, streamedCall } from '../__fixtures__/model-call.ts';
import { frame, json, type Provider, startProvider, stream } from '../__fixtures__/start-provider.ts';
import { createBedrockCaller } from './create-bedrock-caller.ts';

const textReply = JSON.parse(readFileSync(new URL('./__fixtures__/converse-text.json', import.meta.url), 'utf8'));
const streamReply = stream(
  frame('messageStart', { role: 'assistant' }),
  frame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'Paris.' } }),
  frame('messageStop', { stopReason: 'end_turn' }),
  frame('metadata', { usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 } }),
);

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
  callModel = createBedrockCaller();
});
afterEach(() => provider.stop());
afterAll(() => {
  process.env = environment;
});

it('opens at most one connection per concurrent call over 1,000 calls, ten at a time', async () => {
  provider.answer(json(200, textReply));
  const outcomes = await callInLanes({ lanes: 10, callsPerLane: 100, call: () => callModel(modelCall()) });
  expect(new Set(outcomes)).toEqual(new Set(['succeeded']));
  expect(outcomes).toHaveLength(1000);
  expect(provider.connections()).toBeLessThanOrEqual(10);
});

it('gives the connection of a stream back, too', async () => {
  provider.answer(streamReply);
  const outcomes = await callInLanes({ lanes: 10, callsPerLane: 20, call: () => callModel(streamedCall()) });
  expect(new Set(outcomes)).toEqual(new Set(['succeeded']));
  expect(provider.connections()).toBeLessThanOrEqual(10);
});

it('repeats a call that met a stale connection once, on a fresh one, and counts nothing', async () => {
  provider.answer(json(200, textReply));
  await callModel(modelCall());
  provider.answer((response, request) => {
    if (request.count === 2) request.socket.resetAndDestroy();
    else json(200, textReply)(response, request);
  });
  expect(await callModel(modelCall())).toMatchObject({ outcome: 'succeeded' });
  expect(provider.requests).toHaveLength(3);
  expect(provider.connections()).toBe(2);
});

it('repeats a call that finds its connection closed by the provider', async () => {
  provider.answer(json(200, textReply));
  await callModel(modelCall());
  provider.answer((response, request) => {
    if (request.count === 2) request.socket.end();
    else json(200, textReply)(response, request);
  });
  expect(await callModel(modelCall())).toMatchObject({ outcome: 'succeeded' });
  expect(provider.requests).toHaveLength(3);
});

it('repeats a stream that met a stale connection in the same way', async () => {
  provider.answer(streamReply);
  await callModel(streamedCall());
  provider.answer((response, request) => (request.count === 2 ? request.socket.resetAndDestroy() : streamReply(response, request)));
  expect(await callModel(streamedCall())).toMatchObject({ outcome: 'succeeded' });
  expect(provider.requests).toHaveLength(3);
});

it('repeats no more than once: the second reset is a fault', async () => {
  provider.answer(json(200, textReply));
  await callModel(modelCall());
  provider.answer((_response, { socket }) => socket.resetAndDestroy());
  expect(await callModel(modelCall())).toMatchObject({ outcome: 'faulted', error: 'ECONNRESET', isTransient: true });
  expect(provider.requests).toHaveLength(3);
});

it('does not repeat a call that was reset on a fresh connection', async () => {
  provider.answer((_response, { socket }) => socket.resetAndDestroy());
  expect(await callModel(modelCall())).toMatchObject({ outcome: 'faulted', error: 'ECONNRESET', isTransient: true });
  expect(provider.requests).toHaveLength(1);
});

it('does not repeat a call on a reused connection once the answer has begun', async () => {
  provider.answer(json(200, textReply));
  await callModel(modelCall());
  provider.answer((response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' }).write('{"output":');
    setTimeout(() => response.destroy(), 20);
  });
  expect(await callModel(modelCall())).toMatchObject({ outcome: 'malformed', error: 'CutAnswer' });
  expect(provider.requests).toHaveLength(2);
});

it('does not repeat a call on a reused connection that broke off within its headers', async () => {
  provider.answer(json(200, textReply));
  await callModel(modelCall());
  provider.answer((_response, { socket }) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-ty');
    setTimeout(() => socket.destroy(), 20);
  });
  expect(await callModel(modelCall())).toMatchObject({ outcome: 'faulted', isTransient: true });
  expect(provider.requests).toHaveLength(2);
});

it('does not repeat a call that was worked on for longer than a stale connection takes to show', async () => {
  provider.answer(json(200, textReply));
  await callModel(modelCall());
  provider.answer((_response, { socket }) => {
    setTimeout(() => socket.resetAndDestroy(), 1_200);
  });
  expect(await callModel(modelCall())).toMatchObject({ outcome: 'faulted', error: 'ECONNRESET' });
  expect(provider.requests).toHaveLength(2);
});

it('repeats every one of ten calls that meet stale connections together', async () => {
  provider.answer(json(200, textReply));
  await Promise.all(Array.from({ length: 10 }, () => callModel(modelCall())));
  const before = provider.requests.length;
  provider.answer((response, request) =>
    request.count <= before + 10 ? request.socket.resetAndDestroy() : json(200, textReply)(response, request),
  );
  const replies = await Promise.all(Array.from({ length: 10 }, () => callModel(modelCall())));
  expect(replies.map((reply) => reply.outcome)).toEqual(Array.from({ length: 10 }, () => 'succeeded'));
  expect(provider.requests).toHaveLength(before + 20);
});

async function callInLanes({
  lanes,
  callsPerLane,
  call,
}: {
  lanes: number;
  callsPerLane: number;
  call: () => ReturnType<CallModel>;
}): Promise<string[]> {
  const lane = async () => {
    const outcomes: string[] = [];
    for (let n = 0; n < callsPerLane; n += 1) outcomes.push((await call()).outcome);
    return outcomes;
  };
  return (await Promise.all(Array.from({ length: lanes }, lane))).flat();
}
