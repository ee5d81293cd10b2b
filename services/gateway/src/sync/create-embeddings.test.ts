import { routingTable } from '@signalbox/contracts/samples';
import { describe, expect, it } from 'vitest';
import { createCreateEmbeddings } from './create-embeddings.ts';
import { answered, syncWorld, tableWith, testReply } from './test-sync.ts';

const caller = { tenant: 'acme', scopes: ['route:default'] };
const table = tableWith({ operation: 'embed' });
const body = { model: 'default', input: ['one', 'two'] };
const vectors = answered('', {
  output: {
    embeddings: [
      [0.5, -1],
      [0.25, 2],
    ],
  },
  usage: { inputTokens: 4, outputTokens: 0 },
});

async function ask(world: ReturnType<typeof syncWorld>, asked: object = body) {
  const exchange = testReply();
  await createCreateEmbeddings(world.ports)({ caller, body: asked, reply: exchange.reply });
  return exchange.seen;
}

describe('embeddings', () => {
  it('are one vector for each text, in their order', async () => {
    const inputs: unknown[] = [];
    const world = syncWorld({
      table,
      answer: async ({ content }) => {
        inputs.push(content.input);
        return vectors;
      },
    });
    expect(await ask(world)).toMatchObject({
      status: 200,
      headers: { 'x-signalbox-target': 'nova-lite' },
      body: {
        object: 'list',
        data: [
          { index: 0, embedding: [0.5, -1] },
          { index: 1, embedding: [0.25, 2] },
        ],
        usage: { prompt_tokens: 4 },
      },
    });
    expect(inputs).toEqual([['one', 'two']]);
    expect(world.done.records).toMatchObject([{ status: 'succeeded', id: 'embd-id-1' }]);
  });

  it('are floats in base64 where the client asks for that', async () => {
    const { body: list } = await ask(syncWorld({ table, answer: async () => vectors }), { ...body, encoding_format: 'base64' });
    const [{ embedding }] = (list as { data: [{ embedding: string }] }).data;
    const bytes = Buffer.from(embedding, 'base64');
    expect([bytes.readFloatLE(0), bytes.readFloatLE(4)]).toEqual([0.5, -1]);
  });

  it('are refused on a route that is for something else', async () => {
    await expect(ask(syncWorld({ table: routingTable }))).rejects.toMatchObject({ status: 400, code: 'wrong_operation' });
  });
});
