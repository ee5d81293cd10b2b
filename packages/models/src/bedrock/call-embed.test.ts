import type { CallModel } from '@signalbox/contracts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { modelCall } from '../__fixtures__/model-call.ts';
import { awsError, json, type Provider, startProvider } from '../__fixtures__/start-provider.ts';
import { createBedrockCaller } from './create-bedrock-caller.ts';
import type { BedrockCall } from './to-converse-input.ts';

let provider: Provider;
let callModel: CallModel;
const environment = { ...process.env };

beforeAll(() => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' });
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

type Asked = Partial<BedrockCall> & { model: string; input: string | string[]; fields?: Record<string, string | number | boolean> };

function embed({ model, input, fields, ...changes }: Asked) {
  const target = { ...modelCall().target, model, modelId: `eu.${model}` };
  const content = { input, ...(fields && { additionalModelRequestFields: fields }) };
  return callModel(modelCall({ target, content, operation: 'embed', ...changes }));
}

/** A vector that tells which text it is of. */
const titanReply = (body: unknown) => {
  const { length } = (body as { inputText: string }).inputText;
  return { embedding: [length, 1], inputTextTokenCount: length };
};

describe('Titan', () => {
  const model = 'amazon.titan-embed-text-v2:0';
  const texts = Array.from({ length: 11 }, (_, n) => 'x'.repeat(n + 1));

  it('is called once for each text, a few at once, and the vectors stand in the order of the texts', async () => {
    let open = 0;
    let most = 0;
    provider.answer((response, request) => {
      most = Math.max(most, ++open);
      // Later texts answer sooner.
      setTimeout(
        () => {
          open--;
          json(200, titanReply(request.body))(response, request);
        },
        60 - 5 * titanReply(request.body).inputTextTokenCount,
      );
    });
    const reply = await embed({ model, input: texts });
    expect(reply).toEqual({
      outcome: 'succeeded',
      output: { embeddings: texts.map(({ length }) => [length, 1]) },
      stopReason: 'end_turn',
      usage: { inputTokens: 66, outputTokens: 0 },
    });
    expect(provider.requests).toHaveLength(11);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(4);
  });

  it('gives all or nothing: the first failure ends the rest, and what was used is told', async () => {
    provider.answer((response, request) => {
      const failed = (request.body as { inputText: string }).inputText.length === 3;
      if (failed) setTimeout(() => awsError(429, 'ThrottlingException', {}, { 'retry-after': '1' })(response, request), 80);
      else json(200, titanReply(request.body))(response, request);
    });
    const reply = await embed({ model, input: ['x', 'xx', 'xxx'] });
    expect(reply).toMatchObject({ outcome: 'throttled', retryAfterMs: 1000, usage: { inputTokens: 3, outputTokens: 0 } });
    expect(reply).not.toHaveProperty('output');
  });

  it('is asked for no further text after a failure', async () => {
    provider.answer(awsError(503, 'ServiceUnavailableException'));
    expect(await embed({ model, input: texts })).toMatchObject({ outcome: 'faulted', isTransient: true });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(provider.requests.length).toBeLessThanOrEqual(4);
  });

  it('is asked by its own body, with dimensions and fields of its own', async () => {
    provider.answer((response, request) => json(200, titanReply(request.body))(response, request));
    await embed({ model, input: 'one', fields: { dimensions: 256, normalize: false } });
    await embed({ model: 'amazon.titan-embed-image-v1', input: 'one', fields: { dimensions: 384 } });
    expect(provider.requests.map(({ body }) => body)).toEqual([
      { inputText: 'one', dimensions: 256, normalize: false },
      { inputText: 'one', embeddingConfig: { outputEmbeddingLength: 384 } },
    ]);
    expect(provider.requests[0]?.url).toBe('/model/eu.amazon.titan-embed-text-v2%3A0/invoke');
    expect(provider.requests[0]?.headers.authorization).toMatch(/\/bedrock\/aws4_request/);
  });
});

describe('Cohere', () => {
  const reply = (count: number) => Array.from({ length: count }, () => [1, 2]);

  it('takes 96 texts a call', async () => {
    provider.answer((response, request) => {
      const { length } = (request.body as { texts: string[] }).texts;
      json(200, { embeddings: { float: reply(length) } }, { 'x-amzn-bedrock-input-token-count': String(length) })(response, request);
    });
    const got = await embed({ model: 'cohere.embed-v4:0', input: Array.from({ length: 200 }, () => 'text'), fields: { dimensions: 512 } });
    expect(got).toMatchObject({ outcome: 'succeeded', output: { embeddings: reply(200) }, usage: { inputTokens: 200, outputTokens: 0 } });
    expect(provider.requests.map(({ body }) => (body as { texts: string[] }).texts.length).sort()).toEqual([8, 96, 96]);
    expect(provider.requests[0]?.body).toMatchObject({ input_type: 'search_document', embedding_types: ['float'], output_dimension: 512 });
  });

  it('may answer in its older form, and without a count, which is then estimated', async () => {
    provider.answer(json(200, { embeddings: reply(1), response_type: 'embeddings_floats' }));
    const got = await embed({ model: 'cohere.embed-english-v3', input: 'four', fields: { input_type: 'search_query' } });
    expect(got).toMatchObject({ output: { embeddings: [[1, 2]] }, usage: { inputTokens: 1, outputTokens: 0, estimated: true } });
    expect(provider.requests[0]?.body).toEqual({ texts: ['four'], input_type: 'search_query', embedding_types: ['float'] });
  });

  it('that answers with fewer vectors than texts, or with another length, is malformed', async () => {
    for (const embeddings of [
      reply(1),
      [[1, 2], [1]],
      [
        [1, 2],
        ['x', 'y'],
      ],
      [[], []],
    ]) {
      provider.answer(json(200, { embeddings: { float: embeddings } }));
      expect(await embed({ model: 'cohere.embed-v4:0', input: ['a', 'b'] })).toMatchObject({
        outcome: 'malformed',
        error: 'IncompleteEmbeddings',
      });
    }
  });
});

it('Nova is asked by its own body, and cuts no text unless asked to', async () => {
  provider.answer(json(200, { embeddings: [{ embeddingType: 'TEXT', embedding: [0.5, 1] }] }, { 'x-amzn-bedrock-input-token-count': '7' }));
  const got = await embed({
    model: 'amazon.nova-2-multimodal-embeddings-v1:0',
    input: 'one',
    fields: { dimensions: 256, embeddingPurpose: 'TEXT_RETRIEVAL' },
  });
  expect(got).toMatchObject({ output: { embeddings: [[0.5, 1]] }, usage: { inputTokens: 7, outputTokens: 0 } });
  expect(provider.requests[0]?.body).toEqual({
    taskType: 'SINGLE_EMBEDDING',
    singleEmbeddingParams: { embeddingPurpose: 'TEXT_RETRIEVAL', embeddingDimension: 256, text: { truncationMode: 'NONE', value: 'one' } },
  });
});

it('a model that embeds no texts is misconfigured, without a call', async () => {
  expect(await embed({ model: 'amazon.nova-lite-v1:0', input: 'one' })).toMatchObject({
    outcome: 'misconfigured',
    error: 'NoTextEmbeddings',
  });
  expect(provider.requests).toHaveLength(0);
});
