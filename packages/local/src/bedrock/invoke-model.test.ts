import { InvokeModelCommand } from '@aws-sdk/client-bedrock-runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { embedText } from './embed-text.ts';
import { startTestBedrock, type TestBedrock } from './test-bedrock.ts';

let simulator: TestBedrock;
beforeAll(async () => {
  simulator = await startTestBedrock();
});
afterAll(() => simulator.stop());

async function invoke(modelId: string, body: unknown) {
  const reply = await simulator.clients['HTTP/1.1'].send(
    new InvokeModelCommand({ modelId, body: JSON.stringify(body), contentType: 'application/json' }),
  );
  return JSON.parse(reply.body.transformToString());
}

const cosine = (left: number[], right: number[]) => left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0);
const embed = (text: string) => embedText({ text, modelId: 'm', dimensions: 1024, seed: 0 });

describe('InvokeModel', () => {
  it('answers Cohere embeddings, one for each text', async () => {
    const body = { texts: ['signal', 'track', 'signal'], input_type: 'search_document' };
    const { embeddings, response_type } = await invoke('cohere.embed-english-v3', body);
    expect(response_type).toBe('embeddings_floats');
    expect(embeddings.map((each: number[]) => each.length)).toEqual([1024, 1024, 1024]);
    expect(embeddings[0]).toEqual(embeddings[2]);
    const typed = await invoke('cohere.embed-v4:0', { ...body, embedding_types: ['float'], output_dimension: 256 });
    expect(typed.embeddings.float[1]).toHaveLength(256);
  });

  it('answers the first Titan model with 1,536 dimensions', async () => {
    expect((await invoke('amazon.titan-embed-text-v1', { inputText: 'x' })).embedding).toHaveLength(1536);
  });

  it('answers Anthropic messages with text and with a tool call', async () => {
    const body = {
      anthropic_version: 'bedrock-2023-05-31',
      max_tokens: 100,
      system: 'Be brief',
      messages: [{ role: 'user', content: 'Capital of Spain?' }],
    };
    expect(
      await invoke('anthropic.claude', { ...body, messages: [{ role: 'user', content: 'What is the capital of Spain?' }] }),
    ).toMatchObject({
      type: 'message',
      role: 'assistant',
      content: [{ type: 'text', text: 'The capital of Spain is Madrid.' }],
      stop_reason: 'end_turn',
      usage: { output_tokens: 8 },
    });
    const tools = [{ name: 'f', input_schema: { type: 'object', properties: { a: { const: 1 } } } }];
    const called = await invoke('anthropic.claude', { ...body, tools, tool_choice: { type: 'any' } });
    expect(called).toMatchObject({ content: [{ type: 'tool_use', name: 'f', input: { a: 1 } }], stop_reason: 'tool_use' });
    const next = [
      { role: 'assistant', content: called.content },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: called.content[0].id, content: 'done' }] },
    ];
    expect(await invoke('anthropic.claude', { ...body, tools, messages: [...body.messages, ...next] })).toMatchObject({
      stop_reason: 'end_turn',
    });
  });

  it('answers Nova messages', async () => {
    const body = {
      schemaVersion: 'messages-v1',
      messages: [{ role: 'user', content: [{ text: '[[tokens:90]]' }] }],
      inferenceConfig: { maxTokens: 10 },
    };
    expect(await invoke('amazon.nova-lite-v1:0', body)).toMatchObject({ stopReason: 'max_tokens', usage: { outputTokens: 10 } });
  });

  it.each([
    [{ prompt: 'hi' }, /does not know this body of 'some.model'.*Titan/],
    [{ inputText: '' }, /'inputText'/],
    [{ texts: [], input_type: 'search_query' }, /'texts'/],
    [{ texts: ['x'] }, /'input_type'/],
    [{ anthropic_version: 'bedrock-2023-05-31', messages: [{ role: 'user', content: 'x' }] }, /max_tokens/],
    [[1], /JSON object/],
  ])('refuses %j and says why', async (body, message) => {
    await expect(invoke('some.model', body)).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringMatching(message),
    });
  });
});

describe('an embedding', () => {
  it('lies near texts that share its words', () => {
    const text = embed('the signal protects the track');
    expect(cosine(text, embed('the signal protects the station'))).toBeGreaterThan(cosine(text, embed('bread and butter')) + 0.3);
    expect(cosine(text, text)).toBeCloseTo(1);
    expect(embed('!!!').every(Number.isFinite)).toBe(true);
  });
});
