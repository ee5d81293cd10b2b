import { EmbeddingsList } from '@signalbox/contracts';
import fc from 'fast-check';
import type OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { clientOf } from './testing/client-of.ts';
import { toEmbeddingsList } from './to-embeddings-list.ts';

const answered = { model: 'amazon.titan-embed-text-v2:0', usage: { inputTokens: 4, outputTokens: 0 } };

describe('a list of embeddings', () => {
  it('has the vectors in their order, as numbers', () => {
    const list = toEmbeddingsList({ ...answered, embeddings: [[0.25], [0.5, -1]], encodingFormat: 'float' });
    expect(EmbeddingsList.parse(list)).toEqual(list);
    expect(list as OpenAI.CreateEmbeddingResponse).toEqual({
      object: 'list',
      data: [
        { object: 'embedding', index: 0, embedding: [0.25] },
        { object: 'embedding', index: 1, embedding: [0.5, -1] },
      ],
      model: 'amazon.titan-embed-text-v2:0',
      usage: { prompt_tokens: 4, total_tokens: 4 },
    });
  });

  it('has them as little-endian 32-bit floats in base64', () => {
    const { data } = toEmbeddingsList({ ...answered, embeddings: [[1, -2]], encodingFormat: 'base64' });
    expect(data[0]?.embedding).toBe(Buffer.from('0000803f000000c0', 'hex').toString('base64'));
  });

  it('has no usage where the provider gave none', () => {
    expect(toEmbeddingsList({ embeddings: [], encodingFormat: 'float', model: 'x' })).not.toHaveProperty('usage');
  });

  it('is read by OpenAI’s client, which asks for base64 when nobody says otherwise', async () => {
    const vector = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(vector, { minLength: 1, maxLength: 3 }),
        fc.constantFrom('float', 'base64'),
        async (embeddings, encodingFormat) => {
          const client = clientOf(() => Response.json(toEmbeddingsList({ ...answered, embeddings, encodingFormat })));
          const { data } = await client.embeddings.create({ model: 'x', input: 'x' });
          // JSON has no -0.
          expect(data.map(({ embedding }) => embedding.map((value) => value + 0))).toEqual(
            embeddings.map((one) => one.map((value) => value + 0)),
          );
        },
      ),
    );
  });
});
