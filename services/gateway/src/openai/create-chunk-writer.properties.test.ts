import type { AnswerDelta, Json } from '@signalbox/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerDeltas } from './answer-deltas.ts';
import { createChunkWriter } from './create-chunk-writer.ts';
import { clientOf, streamOf } from './testing/client-of.ts';
import { toChatCompletion } from './to-chat-completion.ts';

const MODEL = 'amazon.nova-lite-v1:0';
const USAGE = { inputTokens: 9, outputTokens: 3, cacheReadTokens: 4 };
const ID = { id: 'chatcmpl-1', created: 1_790_000_000 };

const words = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
const input = fc.dictionary(fc.constantFrom('a', 'b'), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 2 });
const block = fc.oneof(
  fc.record({ text: words }),
  fc.record({ reasoningContent: fc.record({ reasoningText: fc.record({ text: words }) }) }),
  fc.record({ toolUse: fc.record({ toolUseId: fc.uuid(), name: fc.constantFrom('weather', 'now'), input }) }),
);
const answer = fc
  .array(block, { minLength: 1, maxLength: 5 })
  .map((content) => JSON.parse(JSON.stringify({ message: { role: 'assistant', content } })) as Json);

/** The pieces of an answer, their texts cut anywhere. */
function cut(deltas: readonly AnswerDelta[], size: number): AnswerDelta[] {
  return deltas.flatMap((delta): AnswerDelta[] => {
    if (delta.kind === 'tool-use') return [delta];
    if (delta.kind === 'tool-input') return pieces(delta.json, size).map((json) => ({ ...delta, json }));
    return pieces(delta.text, size).map((text) => ({ ...delta, text }));
  });
}

function pieces(text: string, size: number): string[] {
  const characters = [...text];
  return Array.from({ length: Math.ceil(characters.length / size) }, (_, n) => characters.slice(n * size, (n + 1) * size).join(''));
}

/** What OpenAI's client makes of a stream: the message that it assembles, and the reasoning, of which it only passes the pieces on. */
async function assemble(text: string, pieceBytes: number) {
  const reasoning: string[] = [];
  const stream = clientOf(() => streamOf(text, pieceBytes)).chat.completions.stream({
    model: 'x',
    messages: [],
    stream_options: { include_usage: true },
  });
  stream.on('chunk', ({ choices }) =>
    reasoning.push((choices[0]?.delta as { reasoning_content?: string } | undefined)?.reasoning_content ?? ''),
  );
  return { completion: await stream.finalChatCompletion(), reasoning: reasoning.join('') };
}

async function expectSame(text: string, output: Json, pieceBytes: number): Promise<void> {
  const expected = toChatCompletion({ ...ID, output, stopReason: 'end_turn', usage: USAGE, model: MODEL });
  const message = expected.choices[0]?.message;
  const { completion, reasoning } = await assemble(text, pieceBytes);
  const [choice] = completion.choices;
  expect({ content: choice?.message.content, refusal: choice?.message.refusal, tool_calls: toCalls(choice?.message.tool_calls) }).toEqual({
    content: message?.content,
    refusal: message?.refusal,
    tool_calls: toCalls(message?.tool_calls),
  });
  expect(reasoning).toBe(message?.reasoning_content ?? '');
  expect(choice?.finish_reason).toBe('stop');
  expect([completion.id, completion.model, completion.created, completion.usage]).toEqual([
    expected.id,
    MODEL,
    expected.created,
    expected.usage,
  ]);
}

type Call = { id: string; type: string; function?: { name: string; arguments: string } };

function toCalls(calls: readonly object[] = []): unknown[] {
  return calls.map((call) => {
    const { id, type, function: called } = call as Call;
    return { id, type, name: called?.name, arguments: called?.arguments };
  });
}

describe('a streamed answer', () => {
  it('is to OpenAI’s client what the whole one is, however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(answer, fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 400 }), async (output, size, pieceBytes) => {
        const { delta, end } = createChunkWriter({ ...ID, includeUsage: true });
        const text = cut(answerDeltas(output), size).map((one) => delta(one, MODEL));
        await expectSame([...text, end({ stopReason: 'end_turn', usage: USAGE, model: MODEL })].join(''), output, pieceBytes);
      }),
      { numRuns: 60 },
    );
  });

  it('is the same when it was held until it was whole', async () => {
    await fc.assert(
      fc.asyncProperty(answer, async (output) => {
        const { comment, whole, end } = createChunkWriter({ ...ID, includeUsage: true });
        await expectSame(comment() + whole(output, MODEL) + end({ stopReason: 'end_turn', usage: USAGE, model: MODEL }), output, 64);
      }),
      { numRuns: 60 },
    );
  });
});
