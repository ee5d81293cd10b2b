import type { AnswerDelta, CallModel, ModelCall } from '@signalbox/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { modelCall } from '../__fixtures__/model-call.ts';
import { json, openEvents, type Provider, sse, startProvider } from '../__fixtures__/start-provider.ts';
import { completion, openAiTarget } from '../contract/openai-driver.ts';
import { createModelCaller } from '../create-model-caller.ts';

let provider: Provider;
let callModel: CallModel;

beforeEach(async () => {
  provider = await startProvider();
  callModel = createModelCaller();
});
afterEach(() => provider.stop());

const ask = (changes: Partial<ModelCall> = {}) => callModel({ ...modelCall(), target: openAiTarget(provider.url), ...changes });
const askStream = (changes: Partial<ModelCall> = {}) => ask({ limits: { totalMs: 5_000, firstTokenMs: 4_000, idleMs: 4_000 }, ...changes });
const choice = (delta: object, finish_reason: string | null = null, more: object = {}) =>
  sse({ choices: [{ index: 0, delta, finish_reason, ...more }] });
const usage = { prompt_tokens: 20, completion_tokens: 5, total_tokens: 25 };
const DONE = 'data: [DONE]\n\n';
const streams = (...events: string[]) => provider.answer((response) => void openEvents(response).end(events.join('')));

describe('a stream of a real server', () => {
  it('may have no [DONE]', async () => {
    streams(choice({ role: 'assistant', content: '' }), choice({ content: 'Paris.' }), choice({}, 'stop'), sse({ choices: [], usage }));
    expect(await askStream()).toMatchObject({ outcome: 'succeeded', usage: { inputTokens: 20, outputTokens: 5 } });
  });

  it('may bring the usage with its finish, or with every chunk', async () => {
    streams(
      sse({ choices: [{ index: 0, delta: { content: 'Paris.' } }], usage: { ...usage, completion_tokens: 1 } }),
      sse({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage }),
      DONE,
    );
    expect(await askStream()).toMatchObject({ outcome: 'succeeded', usage: { inputTokens: 20, outputTokens: 5 } });
  });

  it('may bring no usage, or null: it is estimated and says so', async () => {
    streams(sse({ choices: [{ index: 0, delta: { content: 'Paris.' }, finish_reason: 'stop' }], usage: null }), DONE);
    expect(await askStream()).toMatchObject({ outcome: 'succeeded', usage: { inputTokens: 8, outputTokens: 2, estimated: true } });
  });

  it('counts cached tokens apart', async () => {
    const cached = { ...usage, prompt_tokens_details: { cached_tokens: 15 } };
    streams(choice({ content: 'Paris.' }), choice({}, 'stop'), sse({ choices: [], usage: cached }), DONE);
    expect((await askStream()).usage).toEqual({ inputTokens: 5, outputTokens: 5, cacheReadTokens: 15 });
  });

  it('may stay open after [DONE] without holding the answer up', async () => {
    provider.answer((response) => void openEvents(response).write(choice({ content: 'Paris.' }, 'stop') + DONE));
    const startedAt = performance.now();
    expect(await askStream()).toMatchObject({ outcome: 'succeeded' });
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  it('may answer in JSON although it was asked to stream', async () => {
    provider.answer(json(200, completion({ text: 'Paris.', stop: 'end' })));
    const deltas: AnswerDelta[] = [];
    const reply = await askStream({ onDelta: (delta) => void deltas.push(delta) });
    expect(reply).toMatchObject({ outcome: 'succeeded', stopReason: 'end_turn', usage: { inputTokens: 9, outputTokens: 8 } });
    expect(deltas).toEqual([{ kind: 'text', index: 0, text: 'Paris.' }]);
  });

  it.each(['reasoning_content', 'reasoning'])('may reason in %s', async (field) => {
    streams(choice({ [field]: 'Hm, ' }), choice({ [field]: 'France.' }), choice({ content: 'Paris.' }), choice({}, 'stop'), DONE);
    const deltas: AnswerDelta[] = [];
    const reply = await askStream({ onDelta: (delta) => void deltas.push(delta) });
    expect(reply).toMatchObject({
      output: { message: { content: [{ reasoningContent: { reasoningText: { text: 'Hm, France.' } } }, { text: 'Paris.' }] } },
    });
    expect(deltas.map(({ kind, index }) => `${kind} ${index}`)).toEqual(['reasoning 0', 'reasoning 0', 'text 1']);
  });

  it('may call several tools, their pieces mixed', async () => {
    const call = (index: number, id?: string, name?: string, given = '') => ({
      tool_calls: [{ index, ...(id && { id }), function: { ...(name && { name }), arguments: given } }],
    });
    streams(
      choice(call(0, 'a', 'one')),
      choice(call(1, 'b', 'two', '{"x"')),
      choice(call(0, undefined, undefined, '{"y":1}')),
      choice(call(1, undefined, undefined, ':2}')),
      choice({}, 'tool_calls'),
      DONE,
    );
    expect(await askStream()).toMatchObject({
      stopReason: 'tool_use',
      output: {
        message: {
          content: [
            { toolUse: { toolUseId: 'a', name: 'one', input: { y: 1 } } },
            { toolUse: { toolUseId: 'b', name: 'two', input: { x: 2 } } },
          ],
        },
      },
    });
  });

  it('may give whole calls at once, all numbered 0, without ids, with input as an object, and finish by stop', async () => {
    const call = (name: string, id?: string) => ({
      tool_calls: [{ index: 0, ...(id && { id }), function: { name, arguments: { n: name } } }],
    });
    streams(choice(call('one', 'a')), choice(call('two', 'b')), choice({ content: '' }, 'stop'), DONE);
    expect(await askStream()).toMatchObject({
      stopReason: 'tool_use',
      output: {
        message: { content: [{ toolUse: { toolUseId: 'a', input: { n: 'one' } } }, { toolUse: { toolUseId: 'b', input: { n: 'two' } } }] },
      },
    });
    streams(choice({ tool_calls: [{ function: { name: 'one', arguments: '' } }] }), choice({}, 'tool_calls'), DONE);
    expect(await askStream()).toMatchObject({
      output: { message: { content: [{ toolUse: { toolUseId: 'call_0', name: 'one', input: {} } }] } },
    });
  });

  it('may name the sequence that it stopped at', async () => {
    streams(choice({ content: 'Par' }), choice({}, 'stop', { stop_reason: 'is' }), DONE);
    expect(await askStream()).toMatchObject({ stopReason: 'stop_sequence' });
  });

  it.each([
    ['length', 'max_tokens'],
    ['eos_token', 'end_turn'],
    ['a_reason_of_next_year', 'a_reason_of_next_year'],
  ])('that finishes by %s stops by %s', async (reason, stopReason) => {
    streams(choice({ content: 'Par' }, reason), DONE);
    expect(await askStream()).toMatchObject({ outcome: 'succeeded', stopReason });
  });
});

describe('a stream that is no answer', () => {
  it('because it has no finish is cut, [DONE] or not', async () => {
    streams(choice({ content: 'The capital is' }), DONE);
    expect(await askStream()).toMatchObject({ outcome: 'malformed', error: 'CutStream', usage: { estimated: true } });
    streams(choice({ content: 'The capital is' }), sse({ choices: [], usage }));
    expect(await askStream()).toMatchObject({ outcome: 'malformed', error: 'CutStream', usage: { inputTokens: 20, outputTokens: 5 } });
  });

  it.each(['abort', 'error'])('because it says %s is cut', async (reason) => {
    streams(choice({ content: 'The capital is' }), choice({}, reason), DONE);
    expect(await askStream()).toMatchObject({ outcome: 'malformed', error: 'CutStream' });
  });

  it('because an error came in the middle is that error, with what was used', async () => {
    streams(choice({ content: 'The capital is' }), sse({ error: { message: 'quotes the prompt', type: 'server_error', code: 503 } }), DONE);
    const reply = await askStream();
    expect(reply).toMatchObject({ outcome: 'faulted', error: 'server_error', status: 503, isTransient: true, usage: { estimated: true } });
    expect(JSON.stringify(reply)).not.toContain('quotes');
  });

  it.each([
    ['an error', json(200, { error: { message: 'no', type: 'server_error' } }), { outcome: 'faulted', error: 'server_error' }],
    ['a web page', json(200, '<html>'), { outcome: 'malformed' }],
    ['no choices', json(200, { choices: [] }), { outcome: 'malformed' }],
    ['another shape', json(200, { ok: true }), { outcome: 'malformed' }],
    ['a choice without a message', json(200, { choices: [{ finish_reason: 'stop' }] }), { outcome: 'malformed', error: 'EmptyAnswer' }],
    ['an answer without a finish', json(200, { choices: [{ message: { content: 'Par' } }] }), { outcome: 'malformed' }],
    [
      'a tool call whose input is no JSON',
      json(200, {
        choices: [{ message: { tool_calls: [{ id: 'a', function: { name: 'one', arguments: '{"x":' } }] }, finish_reason: 'tool_calls' }],
      }),
      { outcome: 'malformed', error: 'UnparseableAnswer' },
    ],
    [
      'a tool call without a name',
      json(200, { choices: [{ message: { tool_calls: [{ id: 'a', function: { arguments: '{}' } }] }, finish_reason: 'tool_calls' }] }),
      { outcome: 'malformed', error: 'UnparseableAnswer' },
    ],
  ])('is none by a 200 with %s either, streamed or whole', async (_name, reply, expected) => {
    provider.answer(reply);
    expect(await ask()).toMatchObject(expected);
    expect(await askStream()).toMatchObject(expected);
  });

  it.each(['whole', 'streamed'])('because the model refused has its reason for the caller, %s', async (form) => {
    const refused = {
      choices: [{ index: 0, message: { role: 'assistant', content: null, refusal: 'I cannot help with that.' }, finish_reason: 'stop' }],
      usage,
    };
    if (form === 'whole') provider.answer(json(200, refused));
    else
      streams(
        choice({ refusal: 'I cannot ' }),
        choice({ refusal: 'help with that.' }),
        choice({}, 'stop'),
        sse({ choices: [], usage }),
        DONE,
      );
    const deltas: AnswerDelta[] = [];
    expect(await (form === 'whole' ? ask() : askStream({ onDelta: (delta) => void deltas.push(delta) }))).toMatchObject({
      outcome: 'refused',
      error: 'refusal',
      providerMessage: 'I cannot help with that.',
      usage: { inputTokens: 20, outputTokens: 5 },
    });
    expect(deltas).toEqual([]);
  });
});

describe('what is sent', () => {
  it('goes to the base with its query, names us, and marks a probe of our own', async () => {
    provider.answer(json(200, completion({ text: 'Paris.', stop: 'end' })));
    await ask({ target: openAiTarget(provider.url, { baseUrl: `${provider.url}/openai/v1/?api-version=2` }), synthetic: true });
    const { url, headers } = provider.requests[0] ?? {};
    expect(url).toBe('/openai/v1/chat/completions?api-version=2');
    expect(headers).toMatchObject({ 'user-agent': 'signalbox', 'x-signalbox-synthetic': 'true', 'content-type': 'application/json' });
    expect(headers).not.toHaveProperty('authorization');
  });

  it('is not sent with a document or a video, which have no place in it', async () => {
    const bytes = Buffer.from('x').toString('base64');
    const document = { document: { format: 'pdf' as const, name: 'a', source: { bytes } } };
    const video = { video: { format: 'mp4' as const, source: { bytes } } };
    const content = (block: typeof document | typeof video) => ({
      messages: [{ role: 'user' as const, content: [{ text: 'Look' }, block] }],
    });
    for (const call of [ask, askStream]) {
      expect(await call({ content: content(document) })).toMatchObject({ outcome: 'rejected', error: 'DocumentNotSupported' });
      expect(await call({ content: content(video) })).toMatchObject({ outcome: 'rejected', error: 'VideoNotSupported' });
    }
    expect(provider.requests).toHaveLength(0);
  });
});
